"""Pictures in folders, one for each class, on disk or in a zip: read one by one, the broken ones counted.

``from_pictures`` makes an image set of them, with a part held out as test.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import numpy as np
import torch

from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError, printable
from genclass.files import archive, budget, walk
from genclass.files.decode import SUFFIXES, Source, check_together, decode
from genclass.files.images import fit

MAX_IMAGES = 100_000
MAX_CLASSES = 200
IN_PAGE = archive.Limits(entries=20_000, size=200_000_000, pixels=budget.PIXELS)
LONGEST_NAME = 40
# Times the side that is needed, which a JPEG keeps: the small picture is the same within 3 of 255, no farther than
# ``fit`` is from exact resizing. At 4 times it would be 17, where the sides are no multiples of 8.
DECODED = 8
File = tuple[str, str, Callable[[], Source]]  # (class name, file name, gives its path or its bytes)


@dataclass
class Pictures:
    """Small pictures with the names of their classes.

    Attributes:
        images: uint8 [N, 3, side, side].
        labels: a class name for each; an empty text belongs to no class.
        skipped: names of the files that looked like pictures and could not be read.
    """

    images: np.ndarray
    labels: list[str]
    skipped: list[str] = field(default_factory=list)


def read(path: Path, side: int, limits: archive.Limits = archive.UNLIMITED) -> Pictures:
    """Read a folder or a zip; the class is the name of the folder that a picture lies in.

    Args:
        side: pixels to which pictures are cropped and resized.
        limits: what a zip may hold, and how many pixels.

    Returns:
        ``Pictures`` in the order of class and file name.

    Raises:
        GenClassError: what ``found`` and ``decoded`` raise.
    """
    return decoded(found(path, limits), side, pixels_of(path, limits))


def found(path: Path, limits: archive.Limits = archive.UNLIMITED) -> list[File]:
    """The picture files of a folder or a zip, in the order of class and file name; none has been opened.

    Raises:
        GenClassError: ``too_many_images``, or what ``archive.entries`` raises.
    """
    files = sorted(_in_zip(path, limits) if path.is_file() else _in_folder(path), key=lambda entry: entry[:2])
    if any(label for label, *_ in files):  # beside class folders, loose images belong to no class
        files = [entry for entry in files if entry[0]]
    if len(files) > MAX_IMAGES:
        raise GenClassError("too_many_images", most=MAX_IMAGES)
    return files


def pixels_of(path: Path, limits: archive.Limits) -> float | None:
    """How many pixels the pictures of a folder or a zip may have together, or None: as many as they like."""
    if limits.pixels is None:
        return None
    return budget.pixels_for([path] if path.is_file() else walk.pictures(path), limits.pixels)


def decoded(files: Sequence[File], side: int, most: float | None = None) -> Pictures:
    """The ``Pictures`` of files that have been found. Where one source is named more than once, it is decoded once.

    Args:
        most: pixels that all of them may have together: their headers are looked at first.

    Raises:
        GenClassError: ``no_images`` if none can be read, ``too_many_pixels``.
    """
    sources = list(dict.fromkeys(source for *_, source in files))
    if most is not None:
        check_together(sources, DECODED * side, most)
    left = budget.Budget(most)
    small = {source: _small(source, side, left) for source in sources}
    good = [(label, image) for label, _, source in files if (image := small[source]) is not None]
    if not good:
        raise GenClassError("no_images")
    skipped = [printable(name) for _, name, source in files if small[source] is None]
    return Pictures(np.stack([image for _, image in good]), [label for label, _ in good], skipped)


def _small(source: Callable[[], Source], side: int, left: budget.Budget) -> np.ndarray | None:
    """uint8 [3, side, side], or None: one broken picture must not cost the others."""
    try:
        image = fit(decode(source(), DECODED * side, left), side, 3)
    except GenClassError:
        image = None
    left.check()
    return image


def _in_folder(root: Path) -> Iterator[File]:
    for path in walk.pictures(root):
        inside = path.relative_to(root)
        if _is_picture(inside):
            yield class_of(inside), str(inside), functools.partial(Path, path)


def _in_zip(path: Path, limits: archive.Limits) -> list[File]:
    entries = archive.entries(path, limits)
    seen = [entry for entry in entries if _is_picture(entry.path) and not walk.is_hidden(entry.path)]
    inner = next((entry.path for entry in entries if entry.path.suffix.lower() in archive.ARCHIVES), None)
    if inner and not seen:  # the pictures may lie there
        raise GenClassError("zip_nested", path=printable(inner))
    return [(class_of(entry.path), str(entry.path), entry.read) for entry in seen]


def _is_picture(path: PurePath) -> bool:
    return path.suffix.lower() in SUFFIXES


def class_of(path: PurePath) -> str:
    """The class of a picture by its path inside a set: the folder it lies in, or an empty text."""
    return "" if len(path.parts) == 1 else class_name(path.parts[-2])


def class_name(text: str) -> str:
    """A class name that can be shown: no control characters, not too long, never empty."""
    return printable(text, LONGEST_NAME).strip() or "?"


def from_pictures(name: str, pictures: Pictures) -> ImageSet:
    """An image set of someone's own: in one channel if all are grey, without classes if there is one folder only.

    Every fifth image of a class is held out as test, and one at least where there are two. Copies of an image stay on
    the same side: a copy that was trained on would be no test.

    Raises:
        GenClassError: ``all_the_same`` or ``too_many_classes``.
    """
    names = sorted(set(pictures.labels))
    if len(names) > MAX_CLASSES:
        raise GenClassError("too_many_classes", most=MAX_CLASSES)
    labels = torch.tensor([names.index(label) for label in pictures.labels], dtype=torch.uint8)
    same = copies(pictures.images)
    if len(same) > 1 and not any(same):
        raise GenClassError("all_the_same", count=len(same))
    test = _held_out(same, pictures.labels)
    images = _grey_if_grey(pictures.images)
    classes = names if len(names) > 1 else []
    return ImageSet(name, classes, images[~test], labels[~test], images[test], labels[test], pictures.skipped)


def copies(images: np.ndarray) -> list[int]:
    """For each image [N, ...] the index of the first that is equal to it: a list of N ints."""
    first: dict[bytes, int] = {}
    return [first.setdefault(image.tobytes(), index) for index, image in enumerate(images)]


def _held_out(same: list[int], labels: list[str]) -> torch.Tensor:
    """bool [N]: the test images, by the place of each among the different images of its class."""
    places: dict[str, dict[int, int]] = {}
    for original, label in zip(same, labels):
        of_class = places.setdefault(label, {})
        of_class.setdefault(original, len(of_class))
    found = []
    for original, label in zip(same, labels):
        different, place = len(places[label]), places[label][original]
        found.append(place % 5 == 4 or 1 < different < 5 and place == different - 1)
    return torch.tensor(found)


def _grey_if_grey(images: np.ndarray) -> torch.Tensor:
    """Drop to one channel if the three are equal in every image."""
    grey = (images == images[:, :1]).all()
    return torch.from_numpy(images[:, :1].copy() if grey else images)
