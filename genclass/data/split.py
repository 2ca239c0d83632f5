"""An image set of someone's own pictures: with the split that it came with, or a part held out as test."""

from collections.abc import Sequence

import numpy as np
import torch

from genclass.data.folders import Pictures
from genclass.data.imageset import ImageSet
from genclass.data.reading import notes
from genclass.data.reading.names import MAX_CLASSES
from genclass.data.reading.notes import Note, note
from genclass.data.reading.readings import Reading
from genclass.errors import GenClassError

HELD_OUT = 5  # one of so many images of a class


def from_pictures(name: str, pictures: Pictures) -> ImageSet:
    """An image set: in one channel if all are grey, without classes if there is one only.

    A split that the pictures came with is kept. Else every fifth image of a class is held out as test, and one at least
    where there are two. Copies of an image then stay on the same side: a copy that was trained on would be no test.

    Raises:
        GenClassError: ``all_the_same`` or ``too_many_classes``.
    """
    told, pictures = about(pictures), pictures.settled()
    names = sorted(set(pictures.labels))
    if len(names) > MAX_CLASSES:
        raise GenClassError("too_many_classes", most=MAX_CLASSES)
    labels = torch.tensor([names.index(label) for label in pictures.labels], dtype=torch.uint8)
    same = copies(pictures.images)
    if len(same) > 1 and not any(same):
        raise GenClassError("all_the_same", count=len(same))
    test = torch.tensor(_held_out(pictures, same))
    images = _grey_if_grey(pictures.images)
    classes, skipped = names if len(names) > 1 else [], list(pictures.faults)
    return ImageSet(
        name, classes, images[~test], labels[~test], images[test], labels[test], skipped=skipped, notes=told
    )


def about(pictures: Pictures) -> list[Note]:
    """What is said of pictures before they are trained on: their classes with counts, what is left out and why, what is
    split."""
    settled = pictures.settled()
    same = copies(settled.images)
    test = _held_out(settled, same)
    return [
        _classes(settled.taken),
        *settled.taken.notes,
        *notes.of_files("set_unread", pictures.faults),
        *notes.of_files("set_remarked", pictures.remarks),
        *notes.smaller(settled.sides, settled.images.shape[-1]),
        *_split(settled, test, same),
    ]


def _classes(reading: Reading) -> Note:
    counts = reading.counts()
    if len(counts) < 2:
        return note("set_no_classes", count=sum(counts.values()))
    kind = reading.source.partition("-")[0] or "hand"
    told = {"count": len(counts), "classes": notes.counted(counts)}
    if kind == "column":
        return note("set_by_column", **told, column=reading.source.partition("-")[2], list=reading.where)
    return note(f"set_by_{kind}", **told)


def _split(pictures: Pictures, test: Sequence[bool], same: Sequence[int]) -> list[Note]:
    held = sum(test)
    values = {"train": len(test) - held, "test": held}
    if not held:
        return []
    if "test" not in pictures.taken.parts:
        return [note("set_split", **values)]
    learnt = {first for first, tested in zip(same, test) if not tested}
    again = sum(tested and first in learnt for first, tested in zip(same, test))
    return [note("set_kept", **values), *([note("set_copies", count=again)] if again else [])]


def copies(images: np.ndarray) -> list[int]:
    """For each image [N, ...] the index of the first that is equal to it: a list of N ints."""
    first: dict[bytes, int] = {}
    return [first.setdefault(image.tobytes(), index) for index, image in enumerate(images)]


def _held_out(pictures: Pictures, same: Sequence[int]) -> list[bool]:
    """Which images are tested on: those of the split that they came with; of those without one, by the place of each
    among the different images of its class."""
    labels, parts = pictures.labels, pictures.taken.parts
    if "test" not in parts:  # nothing of it could be read
        parts = [""] * len(parts)
    places: dict[str, dict[int, int]] = {}
    for original, label, part in zip(same, labels, parts):
        if not part:
            of_class = places.setdefault(label, {})
            of_class.setdefault(original, len(of_class))
    return [part == "test" if part else _is_held_out(places[label][original], len(places[label]))
            for original, label, part in zip(same, labels, parts)]  # fmt: skip


def _is_held_out(place: int, different: int) -> bool:
    return place % HELD_OUT == HELD_OUT - 1 or 1 < different < HELD_OUT and place == different - 1


def _grey_if_grey(images: np.ndarray) -> torch.Tensor:
    """Drop to one channel if the three are equal in every image."""
    grey = (images == images[:, :1]).all()
    return torch.from_numpy(images[:, :1].copy() if grey else images)
