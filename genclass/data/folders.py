"""Pictures in folders, on disk or in a zip: found, their classes read, decoded one by one, the broken ones named."""

import functools
import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import numpy as np
import torch

from genclass.data.reading import readings, tables
from genclass.data.reading.names import MAX_CLASSES as MAX_CLASSES
from genclass.data.reading.notes import Note, counted, note, some
from genclass.data.reading.readings import Reading
from genclass.errors import GenClassError, printable
from genclass.files import archive, budget, decode, formats, sizes, walk, zip_names
from genclass.files.formats import Source
from genclass.files.images import fit, resized
from genclass.files.preprocess import PLAIN, Preprocess

MAX_IMAGES = 100_000
IN_PAGE = archive.Limits(entries=20_000, size=200_000_000, pixels=budget.PIXELS)
# Times the side that is needed, which a JPEG keeps: the small picture is the same within 3 of 255, no farther than
# ``fit`` is from exact resizing. At 4 times it would be 17, where the sides are no multiples of 8.
DECODED = 8
NO_TEXT = re.compile("[\udc80-\udcff]")  # what bytes that are no UTF-8 become in a name
# (its path inside the set, gives its path or its bytes, gives its path or its first bytes)
File = tuple[PurePosixPath, Callable[[], Source], Callable[[], Source]]


@dataclass(frozen=True)
class Found:
    """Picture files before they are decoded.

    Attributes:
        names: the path of each inside its set.
        sources: of each, gives its path or its bytes.
        readings: of their classes, that which is taken first.
        faults: what is wrong with files that turned out to be no pictures, by their names.
    """

    names: list[str]
    sources: Sequence[Callable[[], Source]]
    readings: list[Reading]
    faults: dict[str, Note] = field(default_factory=dict)


@dataclass
class Pictures:
    """Small pictures with the names of their classes.

    Attributes:
        images: uint8 [N, 3, side, side].
        readings: ways to tell their classes; that which is taken comes first.
        faults: what is wrong with each file that can't be read, by its name.
        remarks: what there is to know of others that can.
        sides: of each the pixels of its shorter side as it came, as far as that is less than those of ``images``.
    """

    images: np.ndarray
    readings: list[Reading]
    faults: dict[str, Note] = field(default_factory=dict)
    remarks: dict[str, Note] = field(default_factory=dict)
    sides: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        side = self.images.shape[-1]  # that they are no smaller is what is taken where nothing is known
        self.sides = [min(known, side) for known in self.sides or [side] * len(self.images)]

    @property
    def taken(self) -> Reading:
        return self.readings[0]

    @property
    def labels(self) -> list[str]:
        """The class of each; an empty text where it has none."""
        return [label or "" for label in self.taken.labels]

    def settled(self) -> "Pictures":
        """Those that have a class in the reading that is taken, and no other reading."""
        kept = [index for index, label in enumerate(self.taken.labels) if label is not None]
        return replace(self, readings=self.readings[:1]).only(kept)

    def only(self, kept: Sequence[int]) -> "Pictures":
        """Some of the pictures, by their indices."""
        readings = [_only(reading, kept) for reading in self.readings]
        sides = [self.sides[index] for index in kept]
        return replace(self, images=self.images[list(kept)], readings=readings, sides=sides)

    def at_most(self, side: int) -> "Pictures":
        """The same, no larger than so many pixels."""
        if side >= self.images.shape[-1]:
            return self
        return replace(self, images=resized(torch.from_numpy(self.images), side).numpy())


def by_hand(labels: Sequence[str]) -> Reading:
    """The reading of pictures whose classes somebody told: a name for each, or an empty text."""
    return Reading("", list(labels), [""] * len(labels), [])


def _only(reading: Reading, kept: Sequence[int]) -> Reading:
    labels, parts = [reading.labels[index] for index in kept], [reading.parts[index] for index in kept]
    return replace(reading, labels=labels, parts=parts)


def read(
    path: Path,
    side: int,
    limits: archive.Limits = archive.UNLIMITED,
    classes_from: str | None = None,
    preprocess: Preprocess = PLAIN,
) -> Pictures:
    """Read a folder or a zip.

    Args:
        side: pixels to which pictures are cropped and resized.
        limits: what a zip may hold, and how many pixels.
        classes_from: the ``source`` of the reading to take; None: the likeliest.
        preprocess: how they are made small.

    Returns:
        ``Pictures`` in the order of their paths, those that the reading leaves out not among them.

    Raises:
        GenClassError: what ``found`` and ``decoded`` raise.
    """
    files = found(path, limits, classes_from)
    taken, *others = files.readings
    kept = [index for index, label in enumerate(taken.labels) if label is not None]
    names, sources = [files.names[index] for index in kept], [files.sources[index] for index in kept]
    told = [*taken.notes, *map(_offered, others)]
    one = replace(_only(taken, kept), notes=told)
    return decoded(Found(names, sources, [one], files.faults), side, pixels_of(path, limits), preprocess)


def _offered(other: Reading) -> Note:
    return note("set_other", classes=counted(other.counts()), option=f"--classes-from {other.source}")


def found(path: Path, limits: archive.Limits = archive.UNLIMITED, classes_from: str | None = None) -> Found:
    """The picture files of a folder or a zip in the order of their paths, and what their classes may be.

    Files with unusual endings are looked into; those that are no pictures are named, and play no part in what the
    classes are.

    Raises:
        GenClassError: ``too_many_images``, ``unknown_reading``, ``zip_nested`` where other archives are all there is,
            or what ``archive.entries`` raises.
    """
    files = sorted(_in_zip(path, limits) if path.is_file() else _in_folder(path), key=lambda file: file[0])
    pictures = [file for file in files if walk.may_be_picture(file[0])]
    if len(pictures) > MAX_IMAGES:
        raise GenClassError("too_many_images", most=MAX_IMAGES)
    faults = _no_pictures(pictures)
    kept = [file for file in pictures if str(file[0]) not in faults]
    archives = [str(inside) for inside, *_ in files if inside.suffix.lower() in archive.ARCHIVES]
    if archives and not kept:  # the pictures may lie there
        raise GenClassError("zip_nested", path=printable(archives[0]))
    faults |= dict.fromkeys(archives, note("packed"))
    paths = [inside for inside, *_ in kept]
    lists, unread = _lists(files, math.inf if limits.size is None else tables.LARGEST)
    ways = readings.chosen(readings.readings(paths, lists), classes_from)
    faults = {_shown(name): fault for name, fault in (faults | unread).items()}
    return Found([_shown(str(inside)) for inside in paths], [source for _, source, _ in kept], ways, faults)


def _shown(name: str) -> str:
    return printable(name, len(name))


def pixels_of(path: Path, limits: archive.Limits) -> float | None:
    """How many pixels the pictures of a folder or a zip may have together, or None: as many as they like."""
    if limits.pixels is None:
        return None
    return budget.pixels_for([path] if path.is_file() else walk.pictures(path), limits.pixels)


def decoded(files: Found, side: int, most: float | None = None, preprocess: Preprocess = PLAIN) -> Pictures:
    """The ``Pictures`` of files that have been found. Where one source is named more than once, it is decoded once.

    Args:
        most: pixels that all of them may have together: their headers are looked at first.

    Raises:
        GenClassError: ``no_images`` if there are none, ``none_readable`` if none of them can be read,
            ``too_many_pixels``.
    """
    sources = list(dict.fromkeys(files.sources))
    if most is not None:
        decode.check_together(sources, DECODED * side, most)
    left = budget.Budget(most)
    small = {source: _small(source, side, left, preprocess) for source in sources}
    good: dict[int, np.ndarray] = {}
    sides: list[int] = []
    faults, remarks = dict(files.faults), dict[str, Note]()
    for index, (name, source) in enumerate(zip(files.names, files.sources)):
        seen = small[source]
        if isinstance(seen, GenClassError):
            faults[name] = seen.as_dict()
        else:
            good[index], shorter, told = seen
            sides.append(shorter)
            if told:
                remarks[name] = told[0].as_dict()
    if not any(files.readings[0].labels[index] is not None for index in good):
        raise _nothing(faults)
    found = [_only(reading, [*good]) for reading in files.readings]
    return Pictures(np.stack([*good.values()]), found, faults, remarks, sides)


def _nothing(faults: dict[str, Note]) -> GenClassError:
    if not faults:
        return GenClassError("no_images")
    reason = next(iter(faults.values()))
    return GenClassError("none_readable", count=len(faults), names=some(list(faults)), reason=reason)


def _small(
    source: Callable[[], Source], side: int, left: budget.Budget, preprocess: Preprocess
) -> tuple[np.ndarray, int, tuple[GenClassError, ...]] | GenClassError:
    """(uint8 [3, side, side], pixels of its shorter side, what there is to know of it), or what is wrong: one broken
    picture must not cost the others."""
    try:
        picture = decode.read(source(), DECODED * side, left)
        return fit(picture.image, side, 3, preprocess=preprocess), min(picture.image.size), picture.notes
    except GenClassError as error:
        return error
    finally:
        left.check()


def _no_pictures(files: Iterable[File]) -> dict[str, Note]:
    """What is wrong with each of those files that can't be opened, or that neither their endings nor their contents
    make pictures."""
    found = {}
    for inside, _, start in files:
        try:
            begins = None if inside.suffix.lower() in decode.SUFFIXES else formats.first_bytes(start())
            if begins is not None and formats.kind_of(begins) is None:
                raise formats.refusal(begins)
        except OSError:
            found[str(inside)] = note("cannot_open")
        except GenClassError as error:
            found[str(inside)] = error.as_dict()
    return found


def _lists(files: Iterable[File], most: float) -> tuple[dict[PurePosixPath, bytes], dict[str, Note]]:
    """(What lists beside the pictures hold, up to ``most`` bytes together, what is wrong with the others)."""
    found, faults = dict[PurePosixPath, bytes](), dict[str, Note]()
    for inside, source, _ in files:
        if tables.is_table(inside):
            try:
                content = source()
                found[inside] = content if isinstance(content, bytes) else Path(content).read_bytes()
            except OSError:
                faults[str(inside)] = note("cannot_open")
            except GenClassError as error:
                faults[str(inside)] = error.as_dict()
            if sum(map(len, found.values())) > most:
                del found[inside]
                faults[str(inside)] = note("list_too_large", size=sizes.in_words(tables.LARGEST))
    return found, faults


def _in_folder(root: Path) -> list[File]:
    files = walk.files(root)
    inside = _as_text([path.relative_to(root).as_posix() for path in files])
    sources = [functools.partial(Path, path) for path in files]
    return [(PurePosixPath(name), source, source) for name, source in zip(inside, sources)]


def _as_text(names: Sequence[str]) -> list[str]:
    """Names of files as text: a zip that another system made may have been unpacked with the bytes of its own."""
    raw = [bool(NO_TEXT.search(name)) for name in names]
    decoded = iter(zip_names.decoded([os.fsencode(name) for name, odd in zip(names, raw) if odd]))
    return [next(decoded) if odd else name for name, odd in zip(names, raw)]


def _in_zip(path: Path, limits: archive.Limits) -> list[File]:
    entries = [entry for entry in archive.entries(path, limits) if not walk.is_hidden(entry.path)]
    return [(entry.path, entry.read, functools.partial(entry.read, formats.START)) for entry in entries]
