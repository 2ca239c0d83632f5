"""Plain damage to small images, to see what a classifier withstands."""

import io

import numpy as np
from PIL import Image, ImageFilter

from genclass.errors import check_number
from genclass.files.images import as_channels_first, to_pil

# name: (least, most); 0 does nothing
RANGES = {"blur": (0, 3), "noise": (0, 80), "rotation": (-90, 90), "jpeg": (0, 95)}


def corrupt(pixels: np.ndarray, blur: float = 0, noise: float = 0, rotation: float = 0, jpeg: float = 0) -> np.ndarray:
    """Damage one image: turn it, blur it, add noise, compress it, in this order.

    Args:
        pixels: uint8 [H, W, C], C = 1 or 3.
        blur: radius of a Gaussian, in pixels.
        noise: standard deviation of Gaussian noise, in 1/255; always the same noise.
        rotation: degrees, anticlockwise; what comes in at the corners repeats the border.
        jpeg: loss, 100 less the quality.

    Returns:
        uint8 [H, W, C].

    Raises:
        GenClassError: ``not_a_number`` or ``out_of_range``.
    """
    given = {"blur": blur, "noise": noise, "rotation": rotation, "jpeg": jpeg}
    for name, value in given.items():
        check_number(name, value, *RANGES[name])
    image = _turn(pixels, rotation) if rotation else to_pil(pixels)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    if noise:
        image = _add_noise(image, noise)
    if jpeg:
        image = _compress(image, 100 - round(jpeg))
    return as_channels_first(np.array(image)).transpose(1, 2, 0)


def _turn(pixels: np.ndarray, degrees: float) -> Image.Image:
    height, width = pixels.shape[:2]
    margin = max(height, width) // 2
    wide = to_pil(np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    turned = wide.rotate(degrees, Image.Resampling.BICUBIC)
    return turned.crop((margin, margin, margin + width, margin + height))


def _add_noise(image: Image.Image, deviation: float) -> Image.Image:
    values = np.asarray(image, np.float32)
    noise = np.random.default_rng(0).normal(0, deviation, values.shape)
    return Image.fromarray((values + noise).round().clip(0, 255).astype(np.uint8))


def _compress(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)
