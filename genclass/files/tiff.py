"""TIFFs without metadata, and those whose samples Pillow has no mode for: 16-bit colours, fractions, alpha beside grey.

Such a one is opened as the grey picture of its bytes, many times as wide; Pillow unpacks that, of any compression.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from PIL.ExifTags import Base

from genclass.files.deep import Samples
from genclass.files.tidy import Tidy
from genclass.files.tiff_directory import Directory

LOSSLESS = (1, 5, 8, 32773, 32946, 34925, 50000)  # compressions that keep bytes as they are
KINDS = {1: "u", 2: "i", 3: "f"}  # of samples
SIZES = {"u": (8, 16, 32, 64), "i": (16, 32, 64), "f": (16, 32, 64)}
WHITE_IS_ZERO, RGB = 0, 2
SUMS, SUMS_OF_FRACTIONS = 2, 3  # predictors
PREMULTIPLIED = 1  # alpha


@dataclass(frozen=True)
class Layout:
    """How samples lie in the bytes of a TIFF.

    Attributes:
        size: (width, height).
        kind: of a sample, in the file's order of bytes.
        channels: of a pixel.
        colours: how many of these are colours.
        alpha: which of these is alpha, or None.
        premultiplied: whether colours were multiplied with it.
        negative: whether zero is white.
        planes: whether each channel lies alone.
        predictor: how neighbours were subtracted.
        tile: pixels of a row that were subtracted from one another.
        across: pixels of a row with those that fill the last tile.
    """

    size: tuple[int, int]
    kind: np.dtype
    channels: int
    colours: int
    alpha: int | None
    premultiplied: bool
    negative: bool
    planes: bool
    predictor: int
    tile: int
    across: int

    @property
    def bytes(self) -> int:
        """Of a pixel."""
        return self.channels * self.kind.itemsize

    @property
    def together(self) -> int:
        """Channels that lie side by side."""
        return 1 if self.planes else self.channels


def tidy(data: bytes) -> tuple[Tidy, Layout | None]:
    """A TIFF without metadata; its layout, where ``load`` can read it and Pillow can't.

    Raises:
        struct.error: it is cut short, or damaged.
    """
    directory = Directory(data)
    orientation = directory.values(Base.Orientation, 1)[0]
    found = Tidy(directory.changed({}), directory.profile(), orientation, animated=directory.following > 0)
    return found, _layout(directory)


def _layout(directory: Directory) -> Layout | None:
    bits, format_ = directory.values(Base.BitsPerSample, 1), directory.values(Base.SampleFormat, 1)
    channels = directory.values(Base.SamplesPerPixel, 1)[0]
    photometric = directory.values(Base.PhotometricInterpretation, 0)[0]
    colours, kind = 3 if photometric == RGB else 1, KINDS.get(format_[0], "")
    known = bits[0] == 8 and (photometric == RGB or channels == 1)
    if (
        len({*bits}) > 1 or len({*format_}) > 1 or bits[0] not in SIZES.get(kind, ()) or known
        or photometric > RGB or not colours <= channels <= colours + 4
        or directory.values(Base.Compression, 1)[0] not in LOSSLESS or directory.values(Base.FillOrder, 1)[0] != 1
    ):  # fmt: skip
        return None
    extra = directory.values(Base.ExtraSamples, *([2] if (colours, channels) == (3, 4) else []))
    alpha = next((index for index, what in enumerate(extra[: channels - colours]) if what in (1, 2)), None)
    width = directory.values(Base.ImageWidth)[0]
    tile = directory.values(Base.TileWidth, width)[0]
    return Layout(
        (width, directory.values(Base.ImageLength)[0]), np.dtype(f"{directory.order}{kind}{bits[0] // 8}"), channels,
        colours, None if alpha is None else colours + alpha, alpha is not None and extra[alpha] == PREMULTIPLIED,
        photometric == WHITE_IS_ZERO, directory.values(Base.PlanarConfiguration, 1)[0] == 2 and channels > 1,
        directory.values(Base.Predictor, 1)[0], tile, -(-width // tile) * tile,
    )  # fmt: skip


def load(data: bytes, layout: Layout) -> "InBytes":
    """The pixels of a TIFF.

    Raises:
        OSError, ValueError, SyntaxError: it is damaged.
    """
    images = []
    for plane in _planes(Directory(data), layout):
        image = Image.open(io.BytesIO(plane), formats=("TIFF",))
        image.load()
        images.append(image)
    return InBytes(layout, tuple(images))


def _planes(directory: Directory, layout: Layout) -> Iterator[bytes]:
    """TIFFs of grey bytes: one, or one for each channel that lies alone."""
    each = layout.together * layout.kind.itemsize
    tags: dict[int, tuple[int, ...]] = {
        Base.BitsPerSample: (8,), Base.SampleFormat: (1,), Base.SamplesPerPixel: (1,), Base.PlanarConfiguration: (1,),
        Base.PhotometricInterpretation: (1,), Base.Predictor: (1,), Base.ImageWidth: (layout.across * each,),
    }  # fmt: skip
    tiled = Base.TileWidth in directory.entries
    if tiled:
        tags[Base.TileWidth] = (layout.tile * each,)
    if not layout.planes:
        yield directory.changed(tags, without=(Base.ExtraSamples,))
        return
    places = (Base.TileOffsets, Base.TileByteCounts) if tiled else (Base.StripOffsets, Base.StripByteCounts)
    lists = {int(tag): directory.values(tag) for tag in places}
    for channel in range(layout.channels):
        parts = {tag: values[channel * len(values) // layout.channels :][: len(values) // layout.channels]
                 for tag, values in lists.items()}  # fmt: skip
        yield directory.changed(tags | parts, without=(Base.ExtraSamples,))


@dataclass(frozen=True)
class InBytes:
    """The pixels of a layout in loaded grey images of its bytes; ``rows`` as of ``deep.DeepPixels``."""

    layout: Layout
    images: tuple[Image.Image, ...]

    @property
    def size(self) -> tuple[int, int]:
        return self.layout.size

    def rows(self, top: int, bottom: int) -> Samples:
        layout, parts = self.layout, []
        for image in self.images:
            parts.append(self._samples(np.asarray(image.crop((0, top, image.width, bottom)))))
        values = np.concatenate(parts, 2)[:, : layout.size[0]]
        colours = values[..., : layout.colours]
        if layout.alpha is None:
            return Samples(colours, negative=layout.negative)
        alpha = values[..., layout.alpha]
        if layout.premultiplied:
            colours = _divided(colours, alpha)
        return Samples(colours, alpha, layout.negative)

    def _samples(self, rows: np.ndarray) -> np.ndarray:
        """[H, across, together] in this machine's order of bytes."""
        layout, height = self.layout, len(rows)
        size, together = layout.kind.itemsize, layout.together
        if layout.predictor == SUMS_OF_FRACTIONS:  # Adobe's technical note 3 for TIFF: bytes by their weight, summed
            summed = rows.reshape(height, -1, layout.tile * size, together).cumsum(2, np.uint8)
            by_weight = summed.reshape(height, -1, size, layout.tile * together).swapaxes(2, 3)
            values = np.ascontiguousarray(by_weight).view(layout.kind.newbyteorder(">"))
        else:
            values = np.ascontiguousarray(rows).view(layout.kind)
        values = values.astype(layout.kind.newbyteorder("="), copy=False)
        if layout.predictor == SUMS:
            whole = values.view(f"u{size}").reshape(height, -1, layout.tile, together)
            values = whole.cumsum(2, whole.dtype).view(values.dtype)
        return values.reshape(height, layout.across, together)


def _divided(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Colours as they were before they were multiplied with alpha."""
    whole = colours.dtype.kind in "iu"
    most = np.iinfo(colours.dtype).max if whole else 1
    shares = np.divide(alpha, most, dtype=np.float64).clip(1e-9, 1)[..., None]
    found = (colours / shares).clip(0, most)
    return np.rint(found).astype(colours.dtype) if whole else found.astype(colours.dtype)
