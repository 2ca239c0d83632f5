"""Pixels: decode and check an upload, uint8 <-> float (the one place), sheets of images, text in a PNG.

Knows nothing about models or data sets.
"""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from genclass.errors import GenClassError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_MEGAPIXELS = 50
MAX_RATIO = 30
TEXT_KEY = "genclass"


def decode(source):
    """Decode one untrusted image, upright by its EXIF orientation, transparency on white.

    Args:
        source: a path or the file's bytes.

    Returns:
        A PIL image of mode RGB.

    Raises:
        GenClassError: ``not_an_image``, ``broken_image``, ``image_too_large`` or ``image_too_long``; size is checked
            from the header, before pixels are decoded.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_size(*image.size)
            image.load()
            return to_rgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise GenClassError("not_an_image", formats=", ".join(FORMATS)) from error
    except Image.DecompressionBombError as error:
        raise GenClassError("image_too_large", megapixels=MAX_MEGAPIXELS) from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
        raise GenClassError("broken_image") from error


def _check_size(width, height):
    if width * height > MAX_MEGAPIXELS * 1e6:
        raise GenClassError("image_too_large", megapixels=MAX_MEGAPIXELS)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise GenClassError("image_too_long", width=width, height=height, ratio=MAX_RATIO)


def to_rgb(image):
    """Any PIL image as RGB: 16-bit greys are scaled by range (PIL would clip them), transparency lies on white."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, np.float64)
        low, high = values.min(), values.max()
        image = Image.fromarray(np.uint8((values - low) / max(high - low, 1e-9) * 255))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def fit(image, size, channels):
    """Centre-crop a PIL image to a square and resize it.

    Returns:
        uint8 [channels, size, size]; ``channels`` is 1 (luma) or 3.
    """
    square = ImageOps.fit(to_rgb(image), (size, size), Image.Resampling.LANCZOS)
    return as_channels_first(np.asarray(square if channels == 3 else square.convert("L")))


def as_channels_first(pixels):
    """uint8 [H, W] or [H, W, C] as [C, H, W]."""
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def to_float(images):
    """uint8 0..255 to float32 0..1, any shape."""
    return images.float().div(255)


def to_uint8(images):
    """Float 0..1 to uint8 0..255, rounded, any shape; values outside are clipped."""
    return images.mul(255).round().clamp(0, 255).to(torch.uint8)


def sheet(images, columns, gap=0):
    """Lay images on a grid, row by row, on black.

    Args:
        images: uint8 [N, H, W, C], C = 1 or 3.
        columns: images in a row.
        gap: pixels between images.

    Returns:
        uint8 [rows * (H + gap) - gap, columns * (W + gap) - gap, C].
    """
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    grid = np.zeros((rows * (height + gap), columns * (width + gap), channels), np.uint8)
    for index, image in enumerate(images):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        grid[top : top + height, left : left + width] = image
    return grid[: rows * (height + gap) - gap, : columns * (width + gap) - gap]


def to_pil(pixels):
    """uint8 [H, W, C], C = 1 or 3, as a PIL image of mode L or RGB."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def png_bytes(pixels, text=None):
    """Encode uint8 [H, W, C] as PNG; ``text`` is kept under the key ``genclass``."""
    info = PngImagePlugin.PngInfo()
    if text is not None:
        info.add_itxt(TEXT_KEY, text)
    buffer = io.BytesIO()
    to_pil(pixels).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def png_text(source):
    """The text that ``png_bytes`` stored.

    Args:
        source: a path or the file's bytes.

    Raises:
        GenClassError: ``no_recipe`` where there is none, else as ``decode``.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    decode(data)
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.load()
        text = getattr(image, "text", {}).get(TEXT_KEY)
    if text is None:
        raise GenClassError("no_recipe")
    return str(text)
