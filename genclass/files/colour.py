"""Pixels of any kind to sRGB on white: profiles are followed as browsers do, those that can't be are left aside."""

import functools
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

from genclass.files import deep
from genclass.files.deep import DeepPixels, Levels, Samples

LARGEST = 4_000_000  # bytes of a profile
SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}  # modes of PIL, and how profiles call them
SAME = 2  # of 255: profiles that change no colour more are of sRGB


def to_srgb(pixels: Image.Image | Samples, profile: bytes | None = None, levels: Levels | None = None) -> Image.Image:
    """A PIL image of mode RGB, without anything beside its pixels: transparency lies on white.

    Args:
        pixels: a PIL image of any mode but deep ones, or deep pixels.
        profile: an ICC profile; one for other colours than those of the picture, or that can't be read, is ignored.
        levels: of deep pixels; by default these ones' own.
    """
    if isinstance(pixels, Samples):
        levels = levels or deep.levels([pixels])
        colours, alpha = _deep_to_srgb(deep.light(pixels, levels), profile), deep.opacity(pixels, levels)
        found = _on_white(colours, None if alpha is None else Image.fromarray(alpha))
    else:
        colours, alpha_band = _parted(pixels)
        found = _on_white(_converted(colours, profile), alpha_band)
    found.info = {}
    return found


def rows(pixels: Image.Image | DeepPixels, top: int, bottom: int) -> Image.Image | Samples:
    """A band of a picture, which ``to_srgb`` takes."""
    if isinstance(pixels, Image.Image):
        return pixels.crop((0, top, pixels.width, bottom))
    return pixels.rows(top, bottom)


def _parted(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours of mode L, RGB, CMYK or LAB, and the alpha of an 8-bit image."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode))
        grey, image = image.mode in ("L", "LA", "1"), image.convert("RGBA")
        return image.convert("RGB").convert("L" if grey else "RGB"), image.getchannel("A")
    if image.mode in ("CMYK", "LAB"):
        return image, None
    return image.convert("L" if image.mode in ("1", "L") else "RGB"), None


def _converted(colours: Image.Image, profile: bytes | None) -> Image.Image:
    transform = _lab_to_srgb() if colours.mode == "LAB" else _transform(profile, colours.mode)
    return colours.convert("RGB") if transform is None else transform.apply(colours)


def _deep_to_srgb(values: np.ndarray, profile: bytes | None) -> Image.Image:
    """The image of floats [H, W, C], 0 to 255.

    Little CMS is reached with 8 bits only, too few where dark colours lie close, as in linear pictures: between the
    colours of two such steps the answer is interpolated.
    """
    mode = "RGB" if values.shape[2] == 3 else "L"
    transform = _transform(profile, mode)
    if transform is None:
        return _image(np.rint(values).astype(np.uint8)).convert("RGB")
    base = values.clip(0, 254).astype(np.uint8)
    found = start = np.asarray(transform.apply(_image(base)), np.float32)
    for channel in range(values.shape[2]):
        after = base.copy()
        after[..., channel] += 1
        step = np.asarray(transform.apply(_image(after)), np.float32) - start
        found = found + step * (values[..., channel] - base[..., channel])[..., None]
    return Image.fromarray(np.rint(found).clip(0, 255).astype(np.uint8))


def _image(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values if values.shape[2] == 3 else values[..., 0])


def _on_white(colours: Image.Image, alpha: Image.Image | None) -> Image.Image:
    if alpha is None:
        return colours
    colours.putalpha(alpha)
    return Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert("RGB")


@functools.cache
def _lab_to_srgb() -> ImageCms.ImageCmsTransform:
    """Takes as long to make as to convert a million pixels with."""
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


@dataclass(frozen=True)
class _Greys:
    """A transform of greys. Little CMS keeps a table of 33, which is 10 of 255 off in the shadows of linear ones;
    without one it takes half a second for a million pixels."""

    curve: list[int]

    def apply(self, image: Image.Image) -> Image.Image:
        """As ``ImageCms.ImageCmsTransform`` does it."""
        return image.point(self.curve).convert("RGB")


@functools.lru_cache(maxsize=8)
def _transform(profile: bytes | None, mode: str) -> "ImageCms.ImageCmsTransform | _Greys | None":
    """From the colours of a profile to sRGB; None where there is nothing to do, or nothing that can be done."""
    if not profile or len(profile) > LARGEST:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != SPACES[mode]:
            return None
        flags = ImageCms.Flags.NOOPTIMIZE if mode == "L" else ImageCms.Flags.NONE
        exact = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", flags=flags)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    every = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    found = _Greys([*exact.apply(every).getchannel("R").tobytes()]) if mode == "L" else exact
    return None if _changes_nothing(found, mode) else found


def _changes_nothing(transform: ImageCms.ImageCmsTransform | _Greys, mode: str) -> bool:
    """Whether all colours of a grid stay: most profiles are of sRGB."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    grid = {"L": steps[None], "RGB": np.stack(np.meshgrid(steps, steps, steps), -1).reshape(9, 81, 3)}.get(mode)
    if grid is None:
        return False
    before, image = Image.fromarray(grid).convert("RGB"), Image.fromarray(grid)
    after = np.asarray(transform.apply(image), np.int16)
    return bool(np.abs(after - np.asarray(before)).max() <= SAME)
