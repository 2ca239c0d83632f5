"""Uploads of every kind that people have, and of kinds that nobody should."""

import functools
import io
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image

from genclass.data import folders
from genclass.errors import GenClassError
from genclass.files import decode
from genclass.files.images import fit
from genclass.files.preprocess import centre
from tests.helpers import encode, furthest


def turned(tag):
    """EXIF data that ask a viewer to turn the picture."""
    exif = Image.Exif()
    exif[0x0112] = tag
    return exif


def deep(image, factor, kind=np.uint16):
    return Image.fromarray((np.asarray(image, np.float64) * factor).astype(kind))


def veiled(image):
    """The picture with an alpha channel that hides nothing."""
    alpha = image.convert("RGBA")
    alpha.putalpha(255)
    return alpha


def draw_scene():
    """A picture of few colours, all of them grey or of full strength, so that a palette loses nothing."""
    grid = np.zeros((48, 48, 3), np.uint8)
    grid[8:40, 8:24] = 200
    grid[16:32, 28:44] = (255, 0, 0)
    grid[36:44, 4:20] = (0, 255, 255)
    return Image.fromarray(grid)


def colour_encodings(scene):
    """``{name: (bytes, exact)}`` of one picture: 26 ways to write it in colour."""
    more = scene.rotate(90)
    cmyk = Image.merge("CMYK", [*(channel.point(lambda v: 255 - v) for channel in scene.split()),
                                Image.new("L", scene.size)])  # fmt: skip
    palette = scene.quantize(16)
    whole = {
        "png": ("PNG", scene, {}),
        "png, no filter": ("PNG", scene, {"compress_level": 0}),
        "png, palette": ("PNG", palette, {}),
        "png, 4-bit palette": ("PNG", palette, {"bits": 4}),
        "png, opaque alpha": ("PNG", veiled(scene), {}),
        "png, orientation": ("PNG", scene.transpose(Image.Transpose.ROTATE_90), {"exif": turned(6)}),
        "apng": ("PNG", scene, {"save_all": True, "append_images": [more]}),
        "webp, lossless": ("WEBP", scene, {"lossless": True}),
        "webp, lossless, alpha": ("WEBP", veiled(scene), {"lossless": True}),
        "webp, animated": ("WEBP", scene, {"lossless": True, "save_all": True, "append_images": [more]}),
        "gif": ("GIF", scene, {}),
        "gif, palette": ("GIF", palette, {"interlace": 1}),
        "gif, animated": ("GIF", scene, {"save_all": True, "append_images": [more]}),
        "bmp": ("BMP", scene, {}),
        "bmp, palette": ("BMP", palette, {}),
        "tiff": ("TIFF", scene, {}),
        "tiff, lzw": ("TIFF", scene, {"compression": "tiff_lzw"}),
        "tiff, deflate": ("TIFF", scene, {"compression": "tiff_adobe_deflate"}),
        "tiff, cmyk": ("TIFF", cmyk, {}),
        "tiff, two pages": ("TIFF", scene, {"save_all": True, "append_images": [more]}),
    }
    lossy = {
        "jpeg": ("JPEG", scene, {"quality": 95, "subsampling": 0}),
        "jpeg, progressive": ("JPEG", scene, {"quality": 95, "subsampling": 0, "progressive": True}),
        "jpeg, orientation": ("JPEG", scene.transpose(Image.Transpose.ROTATE_180),
                              {"quality": 95, "subsampling": 0, "exif": turned(3)}),
        "jpeg, cmyk": ("JPEG", cmyk, {"quality": 95, "subsampling": 0}),
        "webp": ("WEBP", scene, {"quality": 95}),
        "avif": ("AVIF", scene, {"quality": 95, "subsampling": "4:4:4"}),
    }  # fmt: skip
    every = [(name, entry, True) for name, entry in whole.items()]
    every += [(name, entry, False) for name, entry in lossy.items()]
    return {name: (encode(image, kind, **options), exact) for name, (kind, image, options), exact in every}


def grey_encodings(scene):
    """The same for its grey version: 8 ways, deep ones among them."""
    grey = scene.convert("L")
    return {
        "png, grey": encode(grey, "PNG"),
        "png, grey and alpha": encode(grey.convert("LA"), "PNG"),
        "png, 16 bits": encode(deep(grey, 257), "PNG"),
        "png, 12 bits in 16": encode(deep(grey, 4095 / 255), "PNG"),
        "tiff, 16 bits": encode(deep(grey, 257), "TIFF"),
        "tiff, 32 bits": encode(deep(grey, 257, np.int32), "TIFF"),
        "tiff, fractions": encode(deep(grey, 1 / 255, np.float32), "TIFF"),
        "jpeg, grey": encode(grey, "JPEG", quality=100),
    }


SCENE = draw_scene()
COLOUR, GREY = colour_encodings(SCENE), grey_encodings(SCENE)


def test_there_are_at_least_thirty_encodings():
    assert len(COLOUR) + len(GREY) >= 30


@pytest.mark.parametrize("name", COLOUR)
def test_the_same_picture_in_colour(name):
    data, exact = COLOUR[name]
    found = decode.decode(data)
    assert found.mode == "RGB" and found.size == SCENE.size
    if exact:
        assert furthest(found, SCENE) <= 1
    else:  # colours bleed over hard edges, by a pixel or two
        difference = np.abs(np.int16(fit(found, 12, 3)) - np.int16(fit(SCENE, 12, 3)))
        assert difference.mean() < 4 and difference.max() < 64


@pytest.mark.parametrize("name", GREY)
def test_the_same_picture_in_grey(name):
    most = 2 if "jpeg" in name else 1
    assert furthest(decode.decode(GREY[name]), SCENE.convert("L").convert("RGB")) <= most


@pytest.mark.parametrize("name", COLOUR)
def test_only_the_first_image_of_many_is_taken_and_it_is_told(name):
    picture = decode.read(COLOUR[name][0])
    assert picture.animated == any(word in name for word in ("animated", "apng", "two pages"))


def test_transparency_lies_on_white():
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert np.asarray(decode.decode(encode(clear, "PNG"))).min() == 255
    palette = Image.new("P", (4, 4), 0)
    assert np.asarray(decode.decode(encode(palette, "PNG", transparency=0))).min() == 255


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = Image.fromarray(np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16))
    grey = np.asarray(decode.decode(encode(ramp, "PNG")))[..., 0].ravel()
    assert furthest(grey, np.arange(256)) == 0


def test_values_of_any_range_are_scaled_into_sight():
    values = Image.fromarray(np.linspace(-3, 7, 64, dtype=np.float32).reshape(8, 8))
    grey = np.asarray(decode.decode(encode(values, "TIFF")))[..., 0]
    assert grey.min() == 0 and grey.max() == 255


def refused(data):
    with pytest.raises(GenClassError) as caught:
        decode.decode(data)
    assert str(caught.value).endswith(".")
    return caught.value.code


HOLLOW_HEIC = struct.pack(">I", 24) + b"ftypheic" + bytes(12)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "broken_image"),
        (b"hello, this is text", "not_an_image"),
        (b"\x89PNG\r\n\x1a\n", "unusual_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"<!doctype html><title>x</title>", "not_an_image"),
        (b"%PDF-1.7\n", "not_an_image"),
        (HOLLOW_HEIC, "unusual_image"),
    ],
)
def test_refuses_what_is_no_image(data, code, tmp_path):
    assert refused(data) == code
    (tmp_path / "upload.png").write_bytes(data)  # by its path, and whatever its name says
    assert refused(tmp_path / "upload.png") == code


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF", "PPM"])
def test_bytes_changed_at_random_are_decoded_or_refused(kind, photo):
    data, random = encode(photo, kind), np.random.default_rng(0)
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(4):
            changed[random.integers(min(len(data), 300))] = random.integers(256)
        try:
            assert decode.decode(bytes(changed)).mode == "RGB"
        except GenClassError as error:
            assert error.code in (
                "broken_image", "unusual_image", "not_an_image", "image_too_large", "image_too_long", "not_finite"
            )  # fmt: skip


def test_the_content_decides_not_the_name(tmp_path):
    (tmp_path / "wrong.gif").write_bytes(encode(SCENE, "PNG"))
    assert furthest(decode.decode(tmp_path / "wrong.gif"), SCENE) == 0


def test_refuses_values_that_are_no_numbers():
    values = np.zeros((4, 4), np.float32)
    values[1, 1] = np.nan
    assert refused(encode(Image.fromarray(values), "TIFF")) == "not_finite"


def test_refuses_very_long_images():
    assert refused(encode(Image.new("L", (5_100, 100)), "PNG")) == "image_too_long"
    assert decode.decode(encode(Image.new("L", (5_000, 100)), "PNG")).size == (5_000, 100)


def header_only_png(side):
    """A bomb: a PNG whose header promises far more than any machine could hold; its pixels are not there."""
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(b"")[:2])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_000, 14_000, 60_000])
def test_refuses_very_large_images_before_decoding(side):
    assert refused(header_only_png(side)) == "image_too_large"  # decoding it would find it broken


def test_large_jpegs_are_decoded_at_reduced_size():
    photo = encode(Image.new("RGB", (8_000, 5_000), "teal"), "JPEG")
    assert decode.decode(photo).size == (2_000, 1_250)
    assert decode.decode(encode(Image.new("L", (8_000, 700)), "JPEG")).size == (8_000, 700)
    assert refused(encode(Image.new("L", (8_100, 8_000)), "JPEG")) == "image_too_large"


def test_a_long_jpeg_above_the_common_limit_is_halved_at_least():
    long = encode(Image.new("L", (30_000, 900)), "JPEG")
    assert max(decode.decode(long).size) <= 15_000


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "I;16", "F", "L"])
def test_large_pictures_come_out_smaller_and_the_same(mode, orientation):
    """In bands, whatever they hold: as if the whole had been decoded, then made smaller."""
    ramp = Image.linear_gradient("L").resize((2100, 2050))
    deeper = {"I;16": lambda: deep(ramp, 10), "F": lambda: deep(ramp, 1 / 255, np.float32)}
    picture, kind = deeper.get(mode, lambda: ramp.convert(mode))(), "TIFF" if mode == "F" else "PNG"
    found = decode.decode(encode(picture, kind, exif=turned(orientation)))
    upright = ramp if orientation == 1 else ramp.transpose(Image.Transpose.ROTATE_270)
    scale = 2550 / 4095 if mode == "I;16" else 1  # ten times 255 needs 12 bits
    expected = fit(upright.resize(found.size, Image.Resampling.BOX), 32, 3) * scale
    assert sorted(found.size) == [1025, 1050]
    assert np.abs(fit(found, 32, 3) - expected).max() <= 2


def test_long_pictures_are_padded_without_a_square_of_their_length():
    long = Image.new("RGB", (40_000, 850), "red")
    assert (fit(long, 32, 3, "pad") == np.array([255, 0, 0])[:, None, None]).all()


def test_what_a_large_picture_took_goes_back(monkeypatch, photo):
    given_back = []
    monkeypatch.setattr(decode.memory, "give_back", lambda: given_back.append("all"))
    decode.decode(encode(photo, "PNG"))
    assert not given_back
    decode.decode(encode(photo.resize((1500, 1500)), "PNG"))
    assert given_back == ["all"]


class Watched:
    """A lock that tells when it is asked for."""

    def __init__(self):
        self.lock, self.asked = threading.Lock(), threading.Event()

    def __enter__(self):
        self.asked.set()
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_one_large_picture_is_decoded_at_a_time(monkeypatch):
    one, found, data = Watched(), [], encode(Image.new("L", (2000, 1200)), "PNG")
    monkeypatch.setattr(decode, "_one_large", one)
    large = threading.Thread(target=lambda: found.append(decode.decode(data)))
    with one.lock:
        large.start()
        assert one.asked.wait(60)
        assert decode.decode(encode(Image.new("L", (1000, 1200)), "PNG")).size == (1000, 1200)
        assert found == []
    large.join(60)
    assert len(found) == 1


@pytest.mark.parametrize(
    "kind, side, options", [("WEBP", 3700, {"method": 0}), ("JPEG", 5000, {"progressive": True, "quality": 20})]
)
def test_decoders_that_need_more_memory_get_smaller_pictures(kind, side, options):
    with pytest.raises(GenClassError) as caught:
        decode.decode(encode(Image.new("L" if kind == "JPEG" else "RGB", (side, side)), kind, **options))
    assert caught.value.code == "image_too_large"


def never(*_):
    raise AssertionError("decoded")


def check(files, most):
    decode.check_together([functools.partial(bytes, data) for data in files], decode.ENOUGH, most)


def test_pictures_are_added_up_before_the_first_is_decoded(monkeypatch):
    monkeypatch.setattr(decode, "_read", never)
    pictures = [encode(Image.new("1", (1000, 1000)), "PNG")] * 3
    check([*pictures, b"no picture", header_only_png(60_000)], most=3e6)
    with pytest.raises(GenClassError) as caught:
        check(pictures, most=2.9e6)
    assert caught.value.code == "too_many_pixels"


def test_of_a_reduced_jpeg_less_is_counted():
    check([encode(Image.new("L", (8000, 5000)), "JPEG")], most=11e6)  # decoded at a quarter of its size


def test_a_header_that_takes_long_counts_by_its_time():
    """A JPEG of one pixel behind 30,000 comments."""
    jpeg = encode(Image.new("L", (1, 1)), "JPEG")
    crafted = jpeg[:2] + b"\xff\xfe\0\4no" * 30_000 + jpeg[2:]
    with pytest.raises(GenClassError) as caught:
        check([crafted] * 5, most=100_000)
    assert caught.value.code == "too_many_pixels"


@pytest.mark.parametrize("side", [(2000, 1500), (1500, 2000), (1030, 520), (2048, 2048)])
def test_a_jpeg_decoded_at_reduced_size_gives_the_same_small_picture(side):
    """As exact resizing of the whole picture gives it; as its areas do, where sides are whole multiples."""
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    photo = encode(Image.fromarray(noise).resize(side, Image.Resampling.BICUBIC), "JPEG", quality=95)
    whole, reduced = Image.open(io.BytesIO(photo)), decode.decode(photo, folders.DECODED * 32)
    assert min(reduced.size) >= 256 and reduced.width < whole.width
    exact = whole.resize((32, 32), Image.Resampling.LANCZOS, box=centre(*whole.size))
    assert furthest(fit(reduced, 32, 3).transpose(1, 2, 0), exact) <= 3
    areas = [image.resize((32, 32), Image.Resampling.BOX, box=centre(*image.size)) for image in (reduced, whole)]
    assert side != (2048, 2048) or furthest(*areas) <= 2
