"""Pixels of more than 8 bits, or of numbers that are no bytes: PIL has no modes for most of them, and clips the others.

They stay where a decoder left them and are taken out in bands of rows, as large pictures are converted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genclass.errors import GenClassError

DEPTHS = (8, 10, 12, 14, 16)
Levels = tuple[float, float]  # (least, most)


@dataclass(frozen=True)
class Samples:
    """Some rows.

    Attributes:
        colours: numbers of any type [H, W, C], C = 1 or 3.
        alpha: the same [H, W], or bool; None: nothing is transparent.
        negative: whether zero is white.
    """

    colours: np.ndarray
    alpha: np.ndarray | None = None
    negative: bool = False


class DeepPixels(Protocol):
    """A loaded picture."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        ...

    def rows(self, top: int, bottom: int) -> Samples:
        """Those from ``top`` to before ``bottom``."""
        ...


@dataclass(frozen=True)
class OneBand:
    """Of a loaded PIL image of mode I or F.

    Attributes:
        image: of any of its variants, such as I;16B.
        clear: the grey that is transparent, or None.
        negative: whether white is zero, and PIL has not turned it.
    """

    image: Image.Image
    clear: int | None = None
    negative: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def rows(self, top: int, bottom: int) -> Samples:
        grey = np.asarray(self.image.crop((0, top, self.image.width, bottom)))
        alpha = None if self.clear is None else grey != self.clear
        return Samples(grey[..., None], alpha, self.negative)


@dataclass(frozen=True)
class TwoBytes:
    """Of the bytes of 16-bit samples, which lie in two 8-bit images.

    Attributes:
        high, low: loaded, of the same mode, RGB or RGBA.
        clear: the colour that is transparent, or None.
    """

    high: Image.Image
    low: Image.Image
    clear: tuple[int, ...] | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.high.size

    def rows(self, top: int, bottom: int) -> Samples:
        box = (0, top, self.high.width, bottom)
        values = np.asarray(self.high.crop(box)).astype(np.uint16) << 8
        values |= np.asarray(self.low.crop(box))
        if self.clear is not None:
            return Samples(values[..., :3], (values[..., :3] != np.array(self.clear, np.uint16)).any(2))
        return Samples(values[..., :3], values[..., 3] if values.shape[2] == 4 else None)


@dataclass(frozen=True)
class GreyAlphaBytes:
    """Of the four bytes of 16-bit grey and alpha, which lie in a loaded image of mode RGBA, the high one first."""

    image: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def rows(self, top: int, bottom: int) -> Samples:
        values = np.ascontiguousarray(self.image.crop((0, top, self.image.width, bottom))).view(">u2")
        return Samples(values[..., :1], values[..., 1])


@dataclass(frozen=True)
class OfMost:
    """Of whole numbers from 0 to ``most``; ``values`` are [H, W, 1 or 3]."""

    values: np.ndarray
    most: int

    @property
    def size(self) -> tuple[int, int]:
        return self.values.shape[1], self.values.shape[0]

    def rows(self, top: int, bottom: int) -> Samples:
        found = np.minimum(self.values[top:bottom], self.most).astype(np.uint32) * 255
        return Samples(((found + self.most // 2) // self.most).astype(np.uint8))


def is_deep(image: Image.Image) -> bool:
    """Whether a PIL image has values that PIL would clip."""
    return image.mode.startswith(("I", "F"))


def levels(parts: Iterable[Samples]) -> Levels:
    """(least, most) of a picture, given in parts. Whole numbers have the least usual depth that holds them all, so that
    the 12 bits that many sensors write into 16 are not black; fractions 0 to 1; everything else its own.

    Raises:
        GenClassError: ``not_finite``.
    """
    low, high, whole, stretched = np.inf, -np.inf, True, True
    for values in _counted(parts):
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise GenClassError("not_finite")
        low, high = min(low, float(values.min())), max(high, float(values.max()))
        whole = whole and (values.dtype.kind in "iu" or bool((values == np.rint(values)).all()))
        stretched = stretched and values.dtype.str[1:] == "u2" and not np.any(values % 257)
    if stretched and low >= 0:  # 8 bits once, however dark
        return 0, 65535
    if low >= 0 and whole:
        return 0, next((2**depth - 1 for depth in DEPTHS if high < 2**depth), high)
    return (0, 1) if low >= 0 and high <= 1 else (low, high)


def _counted(parts: Iterable[Samples]) -> Iterator[np.ndarray]:
    """All that has the depth of the picture: an alpha of whole numbers too."""
    for part in parts:
        yield part.colours
        if part.alpha is not None and part.alpha.dtype.kind == "u":
            yield part.alpha


def light(samples: Samples, within: Levels) -> np.ndarray:
    """float32 [H, W, C], 0 to 255: how bright the rows of a picture are that has these levels."""
    found = _scaled(samples.colours, within)
    return 255 - found if samples.negative else found


def _scaled(values: np.ndarray, within: Levels) -> np.ndarray:
    low, high = within
    exact = np.dtype(np.float32 if values.dtype.itemsize <= 2 else np.float64)  # float32 holds 16 bits exactly
    found: NDArray[np.floating] = values.astype(exact)
    found -= low
    found *= 255 / max(high - low, 1e-9)
    return found.clip(0, 255, out=found).astype(np.float32, copy=False)


def opacity(samples: Samples, within: Levels) -> np.ndarray | None:
    """uint8 [H, W] of the alpha of rows, or None."""
    if samples.alpha is None:
        return None
    if samples.alpha.dtype == bool:
        return samples.alpha * np.uint8(255)
    whole = samples.alpha.dtype.kind in "iu"
    return np.rint(_scaled(samples.alpha, within if whole else (0, 1))).astype(np.uint8)
