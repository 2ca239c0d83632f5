"""Crafted pictures: each a function that gives the bytes of one file that was made to do harm, or is merely odd."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image, PngImagePlugin

MEGA = 1_000_000
SOUND = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(width=60, height=40, mode="RGB"):
    """A picture of any size whose every row is the same."""
    row = Image.linear_gradient("L").rotate(90).resize((width, 1))
    return row.resize((width, height)).convert(mode)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, depth=8, colour=2, body=b"", before=b""):
    """A PNG as it stands in the specification, whatever its header claims."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")


def flat_png(width, height, depth, colour):
    """A whole PNG of zeros, which packs a thousandfold."""
    bits = width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    palette = chunk(b"PLTE", bytes(range(6))) if colour == 3 else b""
    return png(width, height, depth, colour, bytes((1 + (bits + 7) // 8) * height), palette)


def packed(megabytes):
    """So much of nothing, packed."""
    return zlib.compress(bytes(megabytes * MEGA), 9)


def frames(kind, count, size=(60, 40), **options):
    shades = [Image.new("RGB", size, (index % 256, index // 256, 0)) for index in range(count)]
    return saved(shades[0], kind, save_all=True, append_images=shades[1:], **options)


def text_png(**chunks):
    info = PngImagePlugin.PngInfo()
    for name, data in chunks.items():
        info.add(name.rstrip("_").encode(), data)
    return saved(gradient(), "PNG", pnginfo=info)


def many_texts(count, each):
    info = PngImagePlugin.PngInfo()
    for index in range(count):
        info.add_text(f"key{index}", "x" * each)
    return saved(gradient(), "PNG", pnginfo=info)


def floats(*values):
    """A TIFF of float32 that holds these among others."""
    pixels = np.linspace(0, 1, 2400, dtype=np.float32).reshape(40, 60)
    pixels.flat[: len(values)] = values
    return saved(Image.fromarray(pixels), "TIFF")


def tagged(orientation):
    """A JPEG with this orientation in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(gradient(), "JPEG", exif=exif)


def looping_tiff():
    """A TIFF whose first directory names itself as the next."""
    data = bytearray(saved(gradient(), "TIFF"))
    start = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * entries, start)
    return bytes(data)


def upside_down():
    """A BMP whose rows are said to come from the top."""
    data = bytearray(saved(gradient(), "BMP"))
    struct.pack_into("<i", data, 22, -40)
    return bytes(data)


def without(data, name):
    """A PNG without one of its chunks."""
    place = data.index(name) - 4
    length = struct.unpack_from(">I", data, place)[0]
    return data[:place] + data[place + 12 + length :]


def zipped_picture():
    buffer = io.BytesIO(saved(gradient(), "PNG"))
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    return buffer.getvalue()


def large(kind, width, height, mode="RGB", **options):
    return lambda: saved(gradient(width, height, mode), kind, **options)


SMALL = {
    "header of 2³¹ pixels a side": lambda: png(2**31 - 1, 2**31 - 1),
    "header of no pixels": lambda: png(0, 40),
    "header of depth 3": lambda: png(60, 40, depth=3),
    "1-bit bomb": lambda: flat_png(13_300, 13_300, 1, 0),
    "png that ends before its pixels": lambda: png(5000, 4000, 8, 2, bytes(1000)),
    "png with more than its pixels": lambda: png(2, 2, 8, 2, bytes(5 * MEGA)),
    "one row": lambda: flat_png(65_000, 1, 8, 2),
    "one column": lambda: flat_png(1, 65_000, 8, 2),
    "one pixel": lambda: flat_png(1, 1, 8, 6),
    "49:1": lambda: flat_png(4900, 100, 8, 0),
    "text bomb": lambda: text_png(zTXt=b"genclass\0\0" + packed(20)),
    "international text bomb": lambda: text_png(iTXt=b"genclass\0\1\0\0\0" + packed(20)),
    "profile bomb": lambda: png(60, 40, 8, 2, bytes(181 * 40), chunk(b"iCCP", b"sRGB\0\0" + packed(20))),
    "200 texts": lambda: many_texts(200, 10_000),
    "text of 2 MB": lambda: many_texts(1, 2 * MEGA),
    "text that is no text": lambda: text_png(tEXt=b"genclass\0" + bytes(range(256))),
    "recipe of another kind": lambda: text_png(tEXt=b"genclass\0" + b"[" * 50_000),
    "png without its palette": lambda: without(flat_png(60, 40, 8, 3), b"PLTE"),
    "png with a wrong sum": lambda: saved(gradient(), "PNG").replace(b"IDAT", b"IDAT\0", 1),
    "16-bit grey": lambda: flat_png(60, 40, 16, 0),
    "16-bit with transparency": lambda: flat_png(60, 40, 16, 6),
    "2-bit grey": lambda: flat_png(60, 40, 2, 0),
    "grey with transparency": lambda: saved(gradient(mode="LA"), "PNG"),
    "cmyk": lambda: saved(gradient(mode="CMYK"), "JPEG"),
    "lab": lambda: saved(gradient(mode="LAB"), "TIFF"),
    "not a number": lambda: floats(float("nan")),
    "infinite": lambda: floats(float("inf"), float("-inf")),
    "below nothing": lambda: floats(-1e38, 1e38),
    "32-bit whole numbers": lambda: saved(gradient(mode="I"), "TIFF"),
    "tiff that names itself": looping_tiff,
    "tiff of 300 pages": lambda: frames("TIFF", 300),
    "tiff with a tag of 1 MB": lambda: saved(gradient(), "TIFF", tiffinfo={37510: "x" * MEGA}),
    "gif of 500 frames": lambda: frames("GIF", 500),
    "gif of no pixels": lambda: b"GIF89a" + bytes(7) + b";",
    "gif that asks for more": lambda: b"GIF89a" + struct.pack("<HH", 65_535, 300) + bytes(3) + b",",
    "apng of 300 frames": lambda: frames("PNG", 300),
    "webp of 100 frames": lambda: frames("WEBP", 100),
    "orientation 6": lambda: tagged(6),
    "orientation 99": lambda: tagged(99),
    "orientation in a torn table": lambda: saved(gradient(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"),
    "profile of 1 MB": lambda: saved(gradient(), "JPEG", icc_profile=bytes(MEGA)),
    "jpeg of no rows": lambda: saved(gradient(), "JPEG").replace(b"\x00\x28\x00\x3c", b"\x00\x00\x00\x3c", 1),
    "jpeg in a loop of markers": lambda: b"\xff\xd8" + b"\xff\xe1\x00\x02" * 200_000,
    "jpeg of filling": lambda: b"\xff\xd8" + b"\xff" * MEGA,
    "png of empty pieces": lambda: png(60, 40, 8, 2, bytes(181 * 40), chunk(b"tEXt", b"") * 100_000),
    "gif of empty pieces": lambda: b"GIF89a" + struct.pack("<HH", 60, 40) + bytes(3) + b"!\xfe\x00" * 200_000,
    "bmp upside down": upside_down,
    "picture and zip": zipped_picture,
    "picture and page": lambda: saved(gradient(), "GIF") + b"<script>alert(1)</script>",
    "nothing": bytes,
    "signature alone": lambda: b"\x89PNG\r\n\x1a\n",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
    "format that is not allowed": lambda: saved(gradient(), "PPM"),
    "icon": lambda: saved(gradient(), "ICO"),
    "heic": lambda: struct.pack(">I", 24) + b"ftypheic" + bytes(12),
} | {f"half a {kind}": lambda kind=kind: saved(gradient(600, 400), kind)[:-200] for kind in SOUND}  # fmt: skip

LARGE = {  # as large as may be, or a little larger: minutes to make, and some hundred MB
    "png": large("PNG", 6000, 4000, compress_level=1),
    "png with transparency": large("PNG", 6000, 4000, "RGBA", compress_level=1),
    "png of 16 bits": large("PNG", 6000, 4000, "I;16", compress_level=1),
    "png with a palette": large("PNG", 6000, 4000, "P", compress_level=1, transparency=0),
    "png on its side": large("PNG", 34_000, 690, "RGBA", compress_level=1),
    "png over the limit": large("PNG", 6100, 4000, compress_level=1),
    "jpeg of 64 megapixels": large("JPEG", 8000, 8000),
    "progressive jpeg": large("JPEG", 8000, 8000, progressive=True, subsampling=0),
    "cmyk jpeg": large("JPEG", 8000, 8000, "CMYK"),
    "progressive jpeg of 24 megapixels": large("JPEG", 6000, 4000, progressive=True, subsampling=0),
    "webp of 24 megapixels": large("WEBP", 6000, 4000, method=0),
    "lossless webp": large("WEBP", 6000, 4000, "RGBA", lossless=True, method=0, quality=0),
    "webp": large("WEBP", 4000, 3000, "RGBA", method=0),
    "avif": large("AVIF", 4000, 3000, "RGBA", speed=10),
    "gif": large("GIF", 6000, 4000, "P"),
    "bmp": large("BMP", 6000, 4000),
    "tiff": large("TIFF", 6000, 4000, compression="tiff_deflate"),
    "tiff of floats": large("TIFF", 6000, 4000, "F"),
    "tiff of whole numbers": large("TIFF", 6000, 4000, "I"),
    "lab tiff": large("TIFF", 6000, 4000, "LAB"),
}
