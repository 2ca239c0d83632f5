"""Pixels: cropped or padded to a square, uint8 <-> float (the one place), sheets of images, PNGs large enough to share.

Knows nothing about models or data sets.
"""

import functools
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps, PngImagePlugin

from genclass.errors import check_choice
from genclass.files.decode import to_rgb
from genclass.files.preprocess import PLAIN, Preprocess
from genclass.files.tidy import TEXT_KEY

CHUNK = 256  # images that are resized together
FITS = ("crop", "pad")
SIZES = ("stored", "large")  # of a picture that is kept
SHARED = 512  # pixels on the shorter side of a large one at least,
MOST_SHARED = 32_000_000  # and on all of it at most: a row of 122 images
DARK = 25  # of 255: paper in a photo, turned into black, is not all black
PADDED = 2048  # pixels of a side that is padded at most


def fit(image: Image.Image, size: int, channels: int, how: str = "crop", preprocess: Preprocess = PLAIN) -> np.ndarray:
    """Make a PIL image a small square.

    Args:
        how: ``crop`` to its centre, or ``pad`` to a square with the mean colour of its border.
        preprocess: as a model wants it.

    Returns:
        uint8 [channels, size, size]; ``channels`` is 1 (luma) or 3.
    """
    image = to_rgb(image)
    if check_choice("fit", how, FITS) == "pad" and image.width != image.height:
        image.thumbnail((PADDED, PADDED), Image.Resampling.LANCZOS)  # a long one would make a square of gigabytes
        side = max(image.size)
        image = ImageOps.pad(image, (side, side), color=border_colour(image))
    small = preprocess.square(image, size, whole=how == "pad")
    return as_channels_first(np.asarray(small if channels == 3 else small.convert("L")))


def border_colour(image: Image.Image) -> tuple[int, ...]:
    """Mean colour of the outermost pixels of an RGB image: three ints."""
    pixels = np.asarray(image)
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return tuple(int(value) for value in np.concatenate(edges).mean(0).round())


def onto_black(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Make dark strokes on a light ground light on black, as digits and clothes are in their data sets.

    A ground that is not quite white, such as paper in a photo, becomes black.

    Args:
        pixels: uint8 [1, H, W].

    Returns:
        (uint8 [1, H, W], whether it was inverted). Of the 120,000 images of MNIST and Fashion-MNIST, which are light
        on black already, none is; of their negatives, every one.
    """
    edges = np.concatenate([pixels[0, 0], pixels[0, -1], pixels[0, :, 0], pixels[0, :, -1]])
    if edges.mean() <= 127:
        return pixels, False
    ground = max(np.percentile(edges, 90), 1.0)
    return (255 * (1 - pixels / ground)).clip(0, 255).round().astype(np.uint8), True


def roughness(images: torch.Tensor) -> torch.Tensor:
    """float32 [N]: mean squared difference of neighbouring pixels, over the variance of uint8 images [N, C, H, W].

    Natural images are smooth, far below 1 (Field, 1987, on their 1/f² spectra); white noise has 2, a plain area 0.
    """
    x = to_float(images)
    steps = x.diff(dim=3).square().mean((1, 2, 3)) + x.diff(dim=2).square().mean((1, 2, 3))
    return steps / 2 / x.var((2, 3), correction=0).mean(1).clamp(min=1e-6)


def lit_border(images: torch.Tensor) -> torch.Tensor:
    """float32 [N]: the share of the outermost pixels of uint8 images [N, C, H, W] that are brighter than a dark ground.

    Where a set shows things light on black its pictures have little of it; in a photo hardly a border is dark.
    """
    brightest = images.amax(1)
    edges = [brightest[:, 0], brightest[:, -1], brightest[:, 1:-1, 0], brightest[:, 1:-1, -1]]
    return (torch.cat(edges, 1) > DARK).float().mean(1)


def as_channels_first(pixels: np.ndarray) -> np.ndarray:
    """uint8 [H, W] or [H, W, C] as [C, H, W]."""
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def to_float(images: torch.Tensor) -> torch.Tensor:
    """uint8 0..255 to float32 0..1, any shape."""
    return images.float().div(255)


def normalised(x: torch.Tensor, scale: Mapping[str, float | Sequence[float]]) -> torch.Tensor:
    """Floats 0..1 [N, C, H, W] less a scale's ``mean``, over its ``std``: a number each, or one for each channel."""
    mean, std = (
        x.new_tensor(value)[:, None, None] if isinstance(value, Sequence) else value
        for value in (scale["mean"], scale["std"])
    )
    return (x - mean) / std


def to_uint8(images: torch.Tensor) -> torch.Tensor:
    """Float 0..1 to uint8 0..255, rounded, any shape; values outside are clipped."""
    return images.mul(255).round().clamp(0, 255).to(torch.uint8)


def resized(images: torch.Tensor, side: int) -> torch.Tensor:
    """uint8 images [N, C, S, S] as [N, C, side, side]; those that have that size already as they are."""
    if images.shape[-1] == side:
        return images
    if not len(images):
        return images.new_zeros(0, images.shape[1], side, side)
    change = functools.partial(F.interpolate, size=(side, side), mode="bilinear", antialias=True)
    return torch.cat([to_uint8(change(to_float(some))) for some in images.split(CHUNK)])


def sheet(images: np.ndarray, columns: int, gap: int = 0) -> np.ndarray:
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


def to_pil(pixels: np.ndarray) -> Image.Image:
    """uint8 [H, W, C] as a PIL image: C = 1 or 3 of mode L or RGB, 2 or 4 with alpha."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def sized(images: np.ndarray, size: str, step: int = 1) -> np.ndarray:
    """Images as they are stored, or large enough to share: each pixel becomes a square of pixels.

    Args:
        images: uint8 [..., H, W, C].
        size: one of ``SIZES``.
        step: the side of that square is a multiple of it.

    Raises:
        GenClassError: ``bad_choice``.
    """
    height, width = images.shape[-3:-1]
    shorter = min(height, width)
    wanted = SHARED if check_choice("size", size, SIZES) == "large" else shorter
    most = math.isqrt(MOST_SHARED // (height * width))
    times = max(1, min(-(-wanted // (shorter * step)), most // step)) * step
    return images.repeat(times, -3).repeat(times, -2) if times > 1 else images


def jpeg_bytes(pixels: np.ndarray) -> bytes:
    """Encode uint8 [H, W, C], C = 1 or 3, as a JPEG whose faults are not seen, the colours of each pixel kept."""
    buffer = io.BytesIO()
    to_pil(pixels).save(buffer, "JPEG", quality=92, subsampling=0)
    return buffer.getvalue()


def png_bytes(pixels: np.ndarray, text: str | None = None, size: str = "stored") -> bytes:
    """Encode uint8 [H, W, C] as PNG, ``sized``; ``text`` is kept under the key ``genclass``."""
    info = PngImagePlugin.PngInfo()
    if text is not None:
        info.add_itxt(TEXT_KEY, text)
    buffer = io.BytesIO()
    to_pil(sized(pixels, size)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()
