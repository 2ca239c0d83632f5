"""Untrusted files to upright RGB pixels: the one place where an upload is opened.

Only formats of an allow-list are tried, and the size is checked in the header, before any pixel is decoded. Large
pictures are decoded one at a time and come out smaller: little more memory is taken than their format's decoder needs.
Of many files the headers are added up first: ``check_together``.
"""

import contextlib
import functools
import io
import math
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from genclass.errors import GenClassError
from genclass.files import memory
from genclass.files.budget import Budget

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
SUFFIXES = (".png", ".apng", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
MAX_MEGAPIXELS = 24
MAX_JPEG_MEGAPIXELS = 64  # phones make them, and Pillow decodes them at reduced size, unless they are progressive
MEGAPIXELS = {"WEBP": 13, "AVIF": 13}  # their decoders hold the picture several times
LARGE = 2e6  # pixels: of such pictures one is decoded at a time
BAND = 1e6  # pixels of such a picture that are converted together
EXIF_ORIENTATION = 0x0112
MAX_RATIO = 50
ENOUGH = 1024  # pixels on the shorter side: no network here sees more than a few dozen
LONGEST = 8192  # pixels on the longer side
MOST_READS = 100_000  # of one file: the largest photos take some thousand
SLOWEST = 25e6  # pixels a second of honest pictures: most are decoded four times as fast
GRACE = 0.001  # seconds that any file may take
DEPTHS = (8, 10, 12, 14, 16)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# What Pillow's decoders raise over files with some bytes changed at random.
FAULTS = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, EOFError, OverflowError, MemoryError,
          struct.error)  # fmt: skip

Source = Path | str | bytes  # a file's path, or what is in it
Levels = tuple[float, float]  # (least, most)

# Pillow warns of large images, where our limit is stricter, and of odd metadata, which nobody here reads.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True)
class Picture:
    """A decoded file.

    Attributes:
        image: a PIL image of mode RGB, upright, transparency on white.
        animated: whether the file holds more images, of which this is the first.
        texts: {key: text} that a PNG carries.
    """

    image: Image.Image
    animated: bool
    texts: dict[str, str] = field(default_factory=dict)


_one_large = threading.Lock()


class _Counted(io.BufferedIOBase):
    """A file with a limit on how often it is read: Pillow would read one of millions of tiny pieces for minutes."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise OSError("too many pieces")
        return super().read(size)


class _Bytes(_Counted, io.BytesIO):
    pass


class _File(_Counted, io.BufferedReader):
    pass


def _opened(source: Source) -> _Bytes | _File:
    return _Bytes(source) if isinstance(source, bytes) else _File(open(source, "rb", buffering=0))


def decode(source: Source, least: int = ENOUGH, budget: Budget | None = None) -> Image.Image:
    """The RGB image of an untrusted file; arguments and errors as for ``read``."""
    return read(source, least, budget).image


def read(source: Source, least: int = ENOUGH, budget: Budget | None = None) -> Picture:
    """Decode one untrusted image.

    A picture of more than ``LARGE`` pixels comes out smaller, by a whole factor that leaves ``ENOUGH`` on its shorter
    side; a JPEG of more than ``least`` on both is decoded at a half, a quarter or an eighth of its size.

    Args:
        source: a path or the file's bytes.
        least: pixels on the shorter side that a JPEG keeps.
        budget: what it costs is taken from it; whether that was too much the caller checks.

    Raises:
        GenClassError: ``not_an_image``, ``heic_image``, ``broken_image``, ``not_finite``, ``image_too_large`` or
            ``image_too_long``.
    """
    with _checked(source, least, budget or Budget()) as (image, large):
        with _alone(image) if large else contextlib.nullcontext():
            return _read(image)


def check_together(sources: Iterable[Callable[[], Source]], least: int, most: float) -> None:
    """Read the headers of many files and add up what decoding them will cost, before any of them is decoded.

    Args:
        sources: each gives a path or the file's bytes; what can't be read costs only the time that it takes.
        least: as for ``read``.
        most: pixels of all together.

    Raises:
        GenClassError: ``too_many_pixels``.
    """
    budget = Budget(most)
    for source in sources:
        with contextlib.suppress(GenClassError), _checked(source(), least, budget):
            pass
        budget.check()


@contextlib.contextmanager
def _checked(source: Source, least: int, budget: Budget) -> Iterator[tuple[ImageFile, bool]]:
    """(An image whose header is allowed, whether it is large); errors as for ``read``. What is done with it is paid for
    by its pixels or, if that takes far longer than they explain, by the time: crafted files are slow in many ways."""
    cost, started = 0.0, time.thread_time()
    try:
        with _opened(source) as file, Image.open(file, formats=FORMATS) as image:
            _check_size(image)
            large = _is_large(image)
            cost = _prepare(image, least)
            yield image, large
    except UnidentifiedImageError as error:
        raise _unidentified(source) from error
    except Image.DecompressionBombError as error:
        raise _too_large(MAX_MEGAPIXELS) from error
    except FAULTS as error:
        raise GenClassError("broken_image") from error
    finally:
        budget.take(max(cost, SLOWEST * (time.thread_time() - started - GRACE)))


@contextlib.contextmanager
def _alone(image: Image.Image) -> Iterator[None]:
    """Keep other large pictures waiting, and give back what this one took before the next one comes."""
    with _one_large:
        try:
            yield
        finally:
            image.close()
            memory.give_back()


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    most = MEGAPIXELS.get(str(image.format), MAX_MEGAPIXELS)
    if width * height > 1e6 * (MAX_JPEG_MEGAPIXELS if _is_jpeg(image) and "progressive" not in image.info else most):
        raise _too_large(most)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise GenClassError("image_too_long", width=width, height=height, ratio=MAX_RATIO)


def _too_large(most: int) -> GenClassError:
    return GenClassError("image_too_large", megapixels=most, jpeg=MAX_JPEG_MEGAPIXELS)


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")


def _is_large(image: Image.Image) -> bool:
    return image.width * image.height > LARGE


def _prepare(image: ImageFile, least: int) -> float:
    """Have a JPEG decoded at reduced size: at least by two where the whole would be above the common limit.

    Returns:
        The pixels that decoding costs: between those before and after, as part of the work is the same for every size.
    """
    width, height = image.size
    if _is_jpeg(image):
        large = width * height > MAX_MEGAPIXELS * 1e6
        least = min(least, min(width, height) // 2) if large else least
        image.draft(image.mode, (least, least))
    return math.sqrt(width * height * image.width * image.height)


def _read(image: ImageFile) -> Picture:
    image.load()
    rgb = _in_bands(image) if _is_large(image) else to_rgb(ImageOps.exif_transpose(image))
    return Picture(rgb, _is_animated(image), getattr(image, "text", {}))


def _in_bands(image: Image.Image) -> Image.Image:
    """The RGB image of a large loaded one, upright, made smaller on the way."""
    factor = max(1, min(image.size) // ENOUGH, max(image.size) // LONGEST)
    rows = max(1, int(BAND) // image.width // factor) * factor
    boxes = [(0, top, image.width, min(top + rows, image.height)) for top in range(0, image.height, rows)]
    levels = _levels(np.asarray(image.crop(box)) for box in boxes) if _is_deep(image) else None
    small = Image.new("RGB", [-(-side // factor) for side in image.size])
    for box in boxes:
        small.paste(to_rgb(image.crop(box), levels).reduce(factor), (0, box[1] // factor))
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = image.getexif().get(EXIF_ORIENTATION, 1)
    small.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(small)


def _is_animated(image: Image.Image) -> bool:
    return image.format != "MPO" and getattr(image, "is_animated", False)


def _unidentified(source: Source) -> GenClassError:
    """The error for what no allowed format recognises."""
    start = source[:16] if isinstance(source, bytes) else _first_bytes(source)
    if not start:
        return GenClassError("broken_image")
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return GenClassError("heic_image")
    return GenClassError("not_an_image", formats=", ".join(FORMATS))


def _first_bytes(path: Path | str) -> bytes:
    with open(path, "rb") as file:
        return file.read(16)


def to_rgb(image: Image.Image, levels: Levels | None = None) -> Image.Image:
    """Any PIL image as RGB: deep greys are scaled by range (PIL would clip them), transparency lies on white.

    Args:
        levels: (least, most) of deep greys; by default this image's own.

    Raises:
        GenClassError: ``not_finite``.
    """
    if _is_deep(image):
        values = np.asarray(image)
        image = Image.fromarray(_to_eight_bits(values, *(levels or _levels([values]))))
    elif image.mode == "LAB":
        image = _lab_to_srgb().apply(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert({"La": "LA", "RGBa": "RGBA"}.get(image.mode, image.mode)).convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


@functools.cache
def _lab_to_srgb() -> ImageCms.ImageCmsTransform:
    """Takes as long to make as to convert a million pixels with."""
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


def _is_deep(image: Image.Image) -> bool:
    return image.mode.startswith(("I", "F"))


def _levels(parts: Iterable[np.ndarray]) -> Levels:
    """(least, most) of deep greys, given in arrays. Whole numbers have the least usual depth that holds them all, so
    that the 12 bits that many sensors write into 16 are not black; fractions 0 to 1; everything else its own.

    Raises:
        GenClassError: ``not_finite``.
    """
    low, high, whole = np.inf, -np.inf, True
    for part in parts:
        if not np.isfinite(part).all():
            raise GenClassError("not_finite")
        low, high = min(low, float(part.min())), max(high, float(part.max()))
        whole = whole and (part.dtype.kind in "iu" or bool((part == np.rint(part)).all()))
    if low >= 0 and whole:
        return 0, next((2**depth - 1 for depth in DEPTHS if high < 2**depth), high)
    return (0, 1) if low >= 0 and high <= 1 else (low, high)


def _to_eight_bits(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """uint8 of deep greys between two levels."""
    scaled = values.astype(np.float64)
    scaled -= low
    scaled *= 255 / max(high - low, 1e-9)
    return np.rint(scaled, out=scaled).astype(np.uint8)
