"""From a file, or a PIL image, to its pixels as they were stored, with what is to be known to show them."""

import contextlib
import io
import math
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile

from genclass.files import deep, formats, profiles, tidy, tiff
from genclass.files.deep import DeepPixels
from genclass.files.formats import Source
from genclass.files.tidy import Tidy

MOST_READS = 100_000  # of one file: the largest photos take some thousand
OF_COLOURS = slice(16, 20)  # where an ICC profile says whose
END_OF_JPEG = b"\xff\xd9"
# How Pillow is told to hand out what it drops: the low bytes of 16-bit samples, or all four of grey with alpha.
LOW_BYTES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}
GREY_ALPHA = "LA;16B"
GREYS = {"L;2": 85, "L;4": 17}  # what makes a PNG's greys bytes, but for Pillow not the transparent one

NOTHING = dict.fromkeys(("JPEG", "WEBP"), range(122, 138))  # what decoders leave where nothing came; others: zeros


class _Counted(io.BufferedIOBase):
    """A file with a limit on how often it is read: Pillow would read one of millions of tiny pieces for minutes.

    Attributes:
        ending: what comes once after the end, for a decoder that would go no further without.
        cut: whether that was needed.
    """

    reads = 0
    ending = b""
    cut = False

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise OSError("too many pieces")
        found = super().read(size)
        if not found and self.ending:
            found, self.ending, self.cut = self.ending, b"", True
        return found


class _Bytes(_Counted, io.BytesIO):
    pass


class _File(_Counted, io.BufferedReader):
    pass


@dataclass
class Opened:
    """A file whose header has been read.

    Attributes:
        kind: one of ``formats.FORMATS``.
        tidy: what was taken out of it.
        image: as Pillow sees it; None for samples that it has no mode for:
        layout: theirs.
        file: what Pillow reads.
    """

    kind: str
    tidy: Tidy
    image: ImageFile | None = None
    layout: tiff.Layout | None = None
    file: _Bytes | _File | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.layout.size if self.layout else cast(ImageFile, self.image).size

    @property
    def codec(self) -> str:
        """What Pillow calls the decoder."""
        return self.image.tile[0].codec_name if self.image and self.image.tile else ""

    @property
    def progressive(self) -> bool:
        """Whether it is a JPEG that is held as a whole while it is decoded."""
        return self.image is not None and "progressive" in self.image.info


@dataclass
class Loaded:
    """Pixels as they were stored.

    Attributes:
        pixels: a PIL image of at most 8 bits a sample, or deep ones.
        profile: an ICC profile, or None.
        orientation: as Exif has it: 1 to 8, or nonsense.
        animated: whether there are more images.
        cut: whether the file ends early.
        texts: the recipe in a PNG.
    """

    pixels: Image.Image | DeepPixels
    profile: bytes | None
    orientation: object
    animated: bool = False
    cut: bool = False
    texts: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """Read the header of a file.

    Raises:
        GenClassError: ``broken_image`` for an empty file, ``not_an_image``.
        UnidentifiedImageError: no decoder takes it.
        Exception: whatever else Pillow raises of broken files.
    """
    start = formats.first_bytes(source)
    kind = formats.kind_of(start)
    if kind is None:
        raise formats.refusal(start)
    found, layout = Tidy(b""), None
    if kind == "TIFF":
        found, layout = tiff.tidy(_content(source))
    elif kind in tidy.TIDY:
        found = tidy.TIDY[kind](_content(source))
    if layout:
        yield Opened(kind, found, layout=layout)
        return
    with _Bytes(found.data) if found.data else _reading(source) as file:
        try:
            image = _opened(file, kind)
        except UnidentifiedImageError:
            if kind != "JPEG":
                raise
            found = tidy.jpeg(_content(source))
            image = _opened(file := _Bytes(found.data), kind)
        with image:
            yield Opened(kind, found, image, file=file)


def _content(source: Source) -> bytes:
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _reading(source: Source) -> _Bytes | _File:
    return _Bytes(source) if isinstance(source, bytes) else _File(open(source, "rb", buffering=0))


def _opened(file: _Bytes | _File, kind: str) -> ImageFile:
    image = Image.open(file, formats=("AVIF", "HEIF") if kind in ("AVIF", "HEIF") else (kind,))
    file.ending = END_OF_JPEG if kind == "JPEG" else b""
    return image


def load(source: Opened) -> Loaded:
    """Decode what has been opened.

    Raises:
        Exception: whatever Pillow raises of broken files.
    """
    beside = source.tidy
    if source.layout:
        samples = tiff.load(beside.data, source.layout)
        return Loaded(samples, beside.profile, beside.orientation, beside.animated)
    image, file = cast(ImageFile, source.image), cast(_Bytes | _File, source.file)
    if source.codec == "ppm":
        return Loaded(_unpacked(image, file), None, 1)
    args = image.tile[0].args if image.tile else None
    if args == GREY_ALPHA:
        image.tile = [image.tile[0]._replace(args="RGBA")]
    cut = _loaded(image) or file.cut or beside.cut
    if cut and _is_empty(image, NOTHING.get(source.kind, (0,))):
        raise OSError("nothing came")
    pixels = _png_pixels(image, args, beside.data) if source.kind == "PNG" else as_pixels(image)
    orientation = orientation_of(image) if beside.orientation is None else beside.orientation
    return Loaded(pixels, beside.profile or profile_of(image), orientation, beside.animated or _is_animated(image), cut,
                  beside.texts)  # fmt: skip


def _loaded(image: ImageFile) -> bool:
    """Decode as far as it goes.

    Returns:
        Whether the file ended early.
    """
    try:
        image.load()
    except OSError as error:
        if "truncated" not in str(error):
            raise
        image.tile = []  # what has come stays
        return True
    return False


def _is_empty(image: ImageFile, nothing: Container[int]) -> bool:
    return all(value in nothing for value in np.ravel(image.getextrema()))


def _png_pixels(image: ImageFile, args: object, data: bytes) -> Image.Image | DeepPixels:
    """Those of a loaded PNG, which Pillow was told to unpack with ``args``."""
    clear = image.info.get("transparency")
    if args == GREY_ALPHA:
        return deep.GreyAlphaBytes(image)
    if args in LOW_BYTES:
        low = Image.open(io.BytesIO(data), formats=("PNG",))
        low.tile = [low.tile[0]._replace(args=LOW_BYTES[str(args)])]
        _loaded(low)
        return deep.TwoBytes(image, low, clear if isinstance(clear, tuple) else None)
    if args in GREYS and isinstance(clear, int):
        image.info["transparency"] = clear * GREYS[str(args)]
    return as_pixels(image)


def _unpacked(image: ImageFile, file: _Bytes | _File) -> deep.OfMost:
    """A PPM whose most is not 255; Pillow takes a second for a million of its samples."""
    _, _, offset, args = image.tile[0]
    most = cast(tuple[str, int], args)[1]
    file.seek(offset)
    shape = (image.height, image.width, len(image.getbands()))
    values = np.frombuffer(file.read(), ">u2" if most > 255 else np.uint8, math.prod(shape))
    return deep.OfMost(values.reshape(shape), most)


def as_pixels(image: Image.Image) -> Image.Image | DeepPixels:
    """A loaded PIL image, or its deep pixels."""
    if image.mode == "L" and image.format == "JPEG" and image.info.get("icc_profile", b"")[OF_COLOURS] == b"RGB ":
        return image.convert("RGB")  # so that its profile is followed, as in browsers; of a grey PNG they don't
    if not deep.is_deep(image):
        return image
    clear, tags = image.info.get("transparency"), getattr(image, "tag_v2", {})
    negative = tags.get(Base.PhotometricInterpretation) == 0
    return deep.OneBand(image, clear if isinstance(clear, int) else None, negative)


def orientation_of(image: Image.Image) -> object:
    """As Exif has it; broken Exif turns nothing."""
    try:
        return image.getexif().get(Base.Orientation, 1)
    except tidy.BROKEN:
        return 1


def profile_of(image: Image.Image) -> bytes | None:
    """The ICC profile that a PIL image came with, or one made from what else its file said."""
    info = image.info
    if isinstance(found := info.get("icc_profile"), bytes):
        return found
    with contextlib.suppress(*tidy.BROKEN):
        if numbers := info.get("nclx_profile"):
            return profiles.numbered(numbers["color_primaries"], numbers["transfer_characteristics"])
        if "gamma" in info and "srgb" not in info:
            return profiles.of_png(info["gamma"], info.get("chromaticity"))
    return None


def _is_animated(image: ImageFile) -> bool:
    return image.format != "MPO" and getattr(image, "is_animated", False)


def content_of(image: Image.Image) -> bytes | None:
    """The file of a PIL image that has not been decoded yet, as Pillow might lose some of its samples; or None."""
    file = getattr(image, "fp", None)
    known = image.format in (*formats.FORMATS, "MPO")
    if not known or file is None or not getattr(image, "tile", None) or image.tell():
        return None
    place = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(place)
    return data


def of_image(image: Image.Image) -> Loaded:
    """A PIL image that has been decoded."""
    return Loaded(as_pixels(image), profile_of(image), orientation_of(image))
