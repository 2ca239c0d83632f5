"""Untrusted files to upright RGB pixels: the one place where an upload is opened.

Only formats of an allow-list are tried, and the size is checked in the header, before any pixel is decoded.
"""

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from genclass.errors import GenClassError

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
SUFFIXES = (".png", ".apng", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
MAX_MEGAPIXELS = 24
MAX_JPEG_MEGAPIXELS = 64  # phones make them, and Pillow decodes them at reduced size
MAX_RATIO = 50
ENOUGH = 1024  # pixels on the shorter side of a JPEG: no network here sees more than a few dozen
DEPTHS = (8, 10, 12, 14, 16)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# What Pillow's decoders raise over files with some bytes changed at random.
FAULTS = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, EOFError, OverflowError, MemoryError,
          struct.error)  # fmt: skip

# Pillow warns of large images, where our limit is stricter, and of odd metadata, which nobody here reads.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True)
class Picture:
    """A decoded file.

    Attributes:
        image: a PIL image of mode RGB, upright, transparency on white.
        animated: whether the file holds more images, of which this is the first.
    """

    image: Image.Image
    animated: bool


def decode(source):
    """The RGB image of an untrusted file; arguments and errors as for ``read``."""
    return read(source).image


def read(source):
    """Decode one untrusted image.

    A JPEG of more than ``ENOUGH`` pixels on both sides is decoded at a half, a quarter or an eighth of its size.

    Args:
        source: a path or the file's bytes.

    Returns:
        A ``Picture``.

    Raises:
        GenClassError: ``not_an_image``, ``heic_image``, ``broken_image``, ``not_finite``, ``image_too_large`` or
            ``image_too_long``.
    """
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as image:
            _check_size(image)
            if image.format in ("JPEG", "MPO"):
                _decode_less(image)
            image.load()
            return Picture(to_rgb(ImageOps.exif_transpose(image)), _is_animated(image))
    except UnidentifiedImageError as error:
        raise _unidentified(source) from error
    except Image.DecompressionBombError as error:
        raise GenClassError("image_too_large", megapixels=MAX_MEGAPIXELS, jpeg=MAX_JPEG_MEGAPIXELS) from error
    except FAULTS as error:
        raise GenClassError("broken_image") from error


def _check_size(image):
    width, height = image.size
    most = MAX_JPEG_MEGAPIXELS if image.format in ("JPEG", "MPO") else MAX_MEGAPIXELS
    if width * height > most * 1e6:
        raise GenClassError("image_too_large", megapixels=MAX_MEGAPIXELS, jpeg=MAX_JPEG_MEGAPIXELS)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise GenClassError("image_too_long", width=width, height=height, ratio=MAX_RATIO)


def _decode_less(image):
    """Let libjpeg scale while it decodes: at least by two where the whole would be above the common limit."""
    width, height = image.size
    large = width * height > MAX_MEGAPIXELS * 1e6
    least = min(ENOUGH, min(width, height) // 2) if large else ENOUGH
    image.draft(image.mode, (least, least))


def _is_animated(image):
    return image.format != "MPO" and getattr(image, "is_animated", False)


def _unidentified(source):
    """The error for what no allowed format recognises."""
    start = source[:16] if isinstance(source, bytes) else _first_bytes(source)
    if not start:
        return GenClassError("broken_image")
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return GenClassError("heic_image")
    return GenClassError("not_an_image", formats=", ".join(FORMATS))


def _first_bytes(path):
    with open(path, "rb") as file:
        return file.read(16)


def to_rgb(image):
    """Any PIL image as RGB: deep greys are scaled by range (PIL would clip them), transparency lies on white.

    Raises:
        GenClassError: ``not_finite``.
    """
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_to_eight_bits(np.asarray(image)))
    elif image.mode == "LAB":
        image = ImageCms.profileToProfile(
            image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode)).convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _to_eight_bits(values):
    """uint8 of deep greys. Whole numbers are scaled by the least usual depth that holds them all, so that the 12 bits
    that many sensors write into 16 are not black; fractions by 0 to 1; everything else from its least to its most.
    """
    values = values.astype(np.float64)
    if not np.isfinite(values).all():
        raise GenClassError("not_finite")
    low, high = values.min(), values.max()
    if low >= 0 and (values == np.round(values)).all():
        low, high = 0, next((2**depth - 1 for depth in DEPTHS if high < 2**depth), high)
    elif low >= 0 and high <= 1:
        low, high = 0, 1
    return np.uint8(np.round((values - low) / max(high - low, 1e-9) * 255))
