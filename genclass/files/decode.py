"""Untrusted files to upright sRGB pixels: the one place where an upload is opened.

Only formats of an allow-list are tried, and the size is checked in the header, before any pixel is decoded. Large
pictures are decoded one at a time and come out smaller: little more memory is taken than their format's decoder needs.
Of many files the headers are added up first: ``check_together``.
"""

import contextlib
import math
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from genclass.errors import GenClassError
from genclass.files import colour, deep, formats, memory, pixels
from genclass.files.budget import Budget
from genclass.files.deep import DeepPixels
from genclass.files.formats import Source
from genclass.files.pixels import Loaded, Opened

# What names of such files usually end in: others have to be looked into.
SUFFIXES = tuple(
    ".png .apng .jpg .jpeg .jpe .jfif .webp .avif .heic .heif .hif .gif .bmp .dib .tif .tiff .pbm .pgm .ppm .pnm "
    ".pfm".split()
)
MAX_MEGAPIXELS = 24
MAX_JPEG_MEGAPIXELS = 64  # phones make them, and Pillow decodes them at reduced size, unless they are progressive
# Decoders that hold the picture several times; that of HEIF takes 7 bytes a pixel, and phones make 48 million.
MEGAPIXELS = {"WEBP": 13, "AVIF": 13, "HEIF": 50}
MAX_PLAIN_MEGAPIXELS = 1  # of a PPM in digits, which takes a second or two
MAX_DEEP_BYTES = 160_000_000  # of a TIFF's samples
LARGE = 2e6  # pixels: of such pictures one is decoded at a time
BAND = 1e6  # pixels of such a picture that are converted together
MAX_RATIO = 50
ENOUGH = 1024  # pixels on the shorter side: no network here sees more than a few dozen
LONGEST = 8192  # pixels on the longer side
SLOWEST = 25e6  # pixels a second of honest pictures: most are decoded four times as fast
GRACE = 0.001  # seconds that any file may take
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
# What Pillow's decoders raise over files with some bytes changed at random.
FAULTS = (OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, EOFError, OverflowError, MemoryError,
          struct.error)  # fmt: skip

# Pillow warns of large images, where our limit is stricter, and of odd metadata, which nobody here reads.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True)
class Picture:
    """A decoded file.

    Attributes:
        image: a PIL image of mode RGB, upright, in sRGB, transparency on white.
        animated: whether the file holds more images, of which this is the first.
        texts: {key: text} that a PNG carries.
        notes: what there is to know of it, as errors that nobody raises: ``cut_short``.
    """

    image: Image.Image
    animated: bool
    texts: dict[str, str] = field(default_factory=dict)
    notes: tuple[GenClassError, ...] = ()


_one_large = threading.Lock()


def decode(source: Source | Image.Image, least: int = ENOUGH, budget: Budget | None = None) -> Image.Image:
    """The RGB image of an untrusted file or a PIL image; arguments and errors as for ``read``."""
    return read(source, least, budget).image


def read(source: Source | Image.Image, least: int = ENOUGH, budget: Budget | None = None) -> Picture:
    """Decode one untrusted image.

    A picture of more than ``LARGE`` pixels comes out smaller, by a whole factor that leaves ``ENOUGH`` on its shorter
    side; a JPEG of more than ``least`` on both is decoded at a half, a quarter or an eighth of its size.

    Args:
        source: a path, the file's bytes, or a PIL image, which is turned and converted as its file would be.
        least: pixels on the shorter side that a JPEG keeps.
        budget: what it costs is taken from it; whether that was too much the caller checks.

    Raises:
        GenClassError: ``not_an_image``, ``unusual_image``, ``broken_image``, ``cannot_open``, ``not_finite``,
            ``image_too_large`` or ``image_too_long``.
    """
    if isinstance(source, Image.Image):
        return _read_image(source)
    with _checked(source, least, budget or Budget()) as (opened, large):
        with _alone(opened.image) if large else contextlib.nullcontext():
            return _read(opened)


def _read(opened: Opened) -> Picture:
    return _picture(pixels.load(opened), _is_large(opened.size))


def to_rgb(image: Image.Image) -> Image.Image:
    """A PIL image of any kind as RGB, in sRGB and on white, of its own size and not turned.

    Raises:
        GenClassError: ``not_finite``.
    """
    return _whole(pixels.as_pixels(image), pixels.profile_of(image))


def _read_image(image: Image.Image) -> Picture:
    """As the file of a PIL image, where that has not been decoded and Pillow would lose something of it."""
    data = pixels.content_of(image)
    if data is not None:
        return read(data)
    try:
        image.load()
    except FAULTS as error:
        raise GenClassError("broken_image") from error
    return _picture(pixels.of_image(image), _is_large(image.size))


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
def _checked(source: Source, least: int, budget: Budget) -> Iterator[tuple[Opened, bool]]:
    """(A file whose header is allowed, whether it is large); errors as for ``read``. What is done with it is paid for
    by its pixels or, if that takes far longer than they explain, by the time: crafted files are slow in many ways."""
    cost, started = 0.0, time.thread_time()
    try:
        with pixels.opened(source) as opened:
            _check_size(opened)
            large = _is_large(opened.size)
            cost = _prepare(opened, least)
            yield opened, large
    except UnidentifiedImageError as error:
        raise formats.refusal(formats.first_bytes(source)) from error
    except Image.DecompressionBombError as error:
        raise _too_large(MAX_MEGAPIXELS) from error
    except (PermissionError, FileNotFoundError) as error:
        raise GenClassError("cannot_open") from error
    except FAULTS as error:
        raise GenClassError("broken_image") from error
    finally:
        budget.take(max(cost, SLOWEST * (time.thread_time() - started - GRACE)))


@contextlib.contextmanager
def _alone(image: ImageFile | None) -> Iterator[None]:
    """Keep other large pictures waiting, and give back what this one took before the next one comes."""
    with _one_large:
        try:
            yield
        finally:
            if image is not None:
                image.close()
            memory.give_back()


def _check_size(opened: Opened) -> None:
    width, height = opened.size
    most = _megapixels(opened)
    if width * height > 1e6 * (MAX_JPEG_MEGAPIXELS if opened.kind == "JPEG" and not opened.progressive else most):
        raise _too_large(most)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise GenClassError("image_too_long", width=width, height=height, ratio=MAX_RATIO)


def _megapixels(opened: Opened) -> int:
    """How many an image of its kind may have."""
    if opened.layout:
        return min(MAX_MEGAPIXELS, MAX_DEEP_BYTES // (1_000_000 * opened.layout.bytes))
    return MAX_PLAIN_MEGAPIXELS if opened.codec == "ppm_plain" else MEGAPIXELS.get(opened.kind, MAX_MEGAPIXELS)


def _too_large(most: int) -> GenClassError:
    return GenClassError("image_too_large", megapixels=most, jpeg=MAX_JPEG_MEGAPIXELS)


def _is_large(size: tuple[int, int]) -> bool:
    return size[0] * size[1] > LARGE


def _prepare(opened: Opened, least: int) -> float:
    """Have a JPEG decoded at reduced size: at least by two where the whole would be above the common limit.

    Returns:
        The pixels that decoding costs: between those before and after, as part of the work is the same for every size.
    """
    width, height = opened.size
    if opened.kind == "JPEG" and opened.image is not None:
        large = width * height > MAX_MEGAPIXELS * 1e6
        least = min(least, min(width, height) // 2) if large else least
        opened.image.draft(opened.image.mode, (least, least))
    return math.sqrt(width * height * opened.size[0] * opened.size[1])


def _picture(loaded: Loaded, large: bool) -> Picture:
    band = _in_bands if large else _whole
    rgb = band(loaded.pixels, loaded.profile)
    turn = TURNS.get(loaded.orientation) if isinstance(loaded.orientation, int) else None
    rgb = rgb if turn is None else rgb.transpose(turn)
    return Picture(rgb, loaded.animated, loaded.texts, (GenClassError("cut_short"),) if loaded.cut else ())


def _whole(source: Image.Image | DeepPixels, profile: bytes | None) -> Image.Image:
    return colour.to_srgb(colour.rows(source, 0, source.size[1]), profile)


def _in_bands(source: Image.Image | DeepPixels, profile: bytes | None) -> Image.Image:
    """The RGB image of a large one, made smaller on the way."""
    width, height = source.size
    factor = max(1, min(source.size) // ENOUGH, max(source.size) // LONGEST)
    step = max(1, int(BAND) // width // factor) * factor
    bands = [(top, min(top + step, height)) for top in range(0, height, step)]
    levels = None if isinstance(source, Image.Image) else deep.levels(source.rows(*band) for band in bands)
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top, bottom in bands:
        small.paste(
            colour.to_srgb(colour.rows(source, top, bottom), profile, levels).reduce(factor), (0, top // factor)
        )
    return small
