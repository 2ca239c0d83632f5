"""Sets of images in the making, kept while a visitor adds to them: a small file each, which outlives a reload.

A draft lies in ``$GENCLASS_RUNS/.drafts`` under a secret id that only the visitor's browser keeps. Its pictures are
small already: of what was uploaded nothing else stays. Drafts that nobody has touched for a day are deleted. Where
there are too many, that address loses one from which there are the most, and of its visitors the one who holds the most
their own oldest.
"""

import functools
import json
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock
from safetensors import safe_open
from safetensors.torch import save_file

from genclass import paths
from genclass.data import folders, split
from genclass.data.folders import Found, Pictures
from genclass.data.imageset import ImageSet
from genclass.data.reading.names import class_name as shown_name
from genclass.data.reading.notes import Note, note
from genclass.data.reading.readings import Reading, chosen
from genclass.errors import GenClassError
from genclass.files import atomic, budget
from genclass.train.run.layout import Owner
from genclass.train.settings import IMAGE_SIZES

ID = re.compile(r"^[0-9a-f]{32}\Z")
LARGE, SMALL = IMAGE_SIZES[-1], IMAGE_SIZES[0]  # pixels of a picture's side: of few, and at least
MANY = 1000  # pictures: from here on they are kept smaller, so that all of them take no more than so many do
KEPT_SECONDS = 24 * 3600
KEPT_DRAFTS = 200
KEPT_BYTES = 2_000_000_000
MOST = folders.IN_PAGE.entries or folders.MAX_IMAGES
NAME = "my-images"


@dataclass
class Draft:
    """A set in the making.

    Attributes:
        id: 32 hexadecimal digits.
        name: what the set is called.
        pictures: ``folders.Pictures`` of ``side_for`` so many of them.
    """

    id: str
    name: str
    pictures: Pictures

    def counts(self) -> dict[str, int]:
        """``{class: images}`` in the classes' order."""
        return self.pictures.taken.counts()

    def read_by(self) -> str | None:
        """The ``source`` of the reading that is taken, where there are others."""
        return self.pictures.taken.source if len(self.pictures.readings) > 1 else None

    def imageset(self, side: int = LARGE) -> ImageSet:
        """What is trained on, of so many pixels at most.

        Raises:
            GenClassError: ``no_images``, or what ``split.from_pictures`` raises.
        """
        if not self.counts():
            raise GenClassError("no_images")
        return split.from_pictures(self.name, self.pictures.at_most(side))


def read(draft_id: object) -> Draft:
    """The draft with this id; a new and empty one where there is none."""
    if not isinstance(draft_id, str) or not ID.match(draft_id):
        draft_id = secrets.token_hex(16)
    path = _path(draft_id)
    if not path.exists():
        return Draft(draft_id, NAME, Pictures(np.zeros((0, 3, LARGE, LARGE), np.uint8), [folders.by_hand([])]))
    with safe_open(path, framework="pt") as file:
        words = {key: json.loads(value) for key, value in file.metadata().items()}
        images = file.get_tensor("images").numpy()
    known = words.get("remarks", {}), words.get("sides", [])
    return Draft(draft_id, words["name"], Pictures(images, *_told(words), *known))


@dataclass(frozen=True)
class Outline:
    """A draft without its pictures.

    Attributes:
        classes: of those that are learnt from, as many as there are.
        side: pixels of the pictures' side.
        sides: of each picture the pixels of its shorter side as it came, as far as that is less.
    """

    classes: int
    side: int
    sides: list[int]


def outline(draft_id: object) -> Outline:
    """What is to be known of a draft before it is trained on, read without its pictures; of none an empty one."""
    path = _path(draft_id) if isinstance(draft_id, str) and ID.match(draft_id) else None
    if path is None or not path.exists():
        return Outline(0, LARGE, [])
    with safe_open(path, framework="pt") as file:
        words = {key: json.loads(value) for key, value in file.metadata().items()}
        side = file.get_slice("images").get_shape()[-1]
    labels = _told(words)[0][0].labels
    sides = [min(known, side) for known in words.get("sides") or [side] * len(labels)]
    kept = [known for known, label in zip(sides, labels) if label is not None]
    return Outline(len(set(labels) - {None}), side, kept)


def _told(words: dict[str, Any]) -> tuple[list[Reading], dict[str, Note]]:
    """The readings and faults of a draft's file; an earlier version knew one reading, and no reasons."""
    if "readings" in words:
        return [Reading(**reading) for reading in words["readings"]], words["faults"]
    return [folders.by_hand(words["labels"])], dict.fromkeys(words["skipped"], note("broken_image"))


def add(draft_id: object, class_name: object, files: Sequence[tuple[str, Path]], owner: Owner | None = None) -> Draft:
    """Add picture files to a class, which may be new; those that can't be read are counted.

    Args:
        files: (name, path) of each.
        owner: whose a new draft is; its marks are hexadecimal digits.

    Raises:
        GenClassError: ``not_text``, ``nameless_class``, ``no_images``, ``too_many_images``, ``too_many_pixels`` or
            ``too_many_classes``.
    """
    if not isinstance(class_name, str):
        raise GenClassError("not_text", field="class")
    if not class_name.strip():
        raise GenClassError("nameless_class")
    side = _side(draft_id, len(files))
    label, sources = shown_name(class_name), dict[Path, functools.partial[Path]]()
    # The same file by another name is the same source.
    given = [sources.setdefault(path.resolve(), functools.partial(Path, path)) for _, path in files]
    found = Found([name for name, _ in files], given, [folders.by_hand([label] * len(files))])
    return _add(draft_id, folders.decoded(found, side, budget.pixels_for(sources)), owner)


def add_zip(draft_id: object, path: Path, name: str, owner: Owner | None = None) -> Draft:
    """Add a zip of one folder for each class; the set takes its name. Of all readings of its classes the pictures are
    kept, so that another can be taken with ``read_as``.

    Args:
        owner: as for ``add``.

    Raises:
        GenClassError: what ``folders.read`` raises, ``too_many_images`` or ``too_many_classes``.
    """
    found = folders.found(path, folders.IN_PAGE)
    side = _side(draft_id, len(found.names))
    pictures = decoded(found, side, folders.pixels_of(path, folders.IN_PAGE))
    for reading in pictures.readings:
        reading.labels[:] = [shown_name(name) if label == "" else label for label in reading.labels]
    return _add(draft_id, pictures, owner, name)


def read_as(draft_id: object, source: object) -> Draft:
    """The draft with another reading of its classes.

    Raises:
        GenClassError: ``unknown_reading``.
    """
    with _lock():
        draft = read(draft_id)
        found = chosen(draft.pictures.readings, str(source))
        return _write(replace(draft, pictures=replace(draft.pictures, readings=found)))


def _side(draft_id: object, more: int) -> int:
    """Before any of them is opened: how large so many more pictures are kept.

    Raises:
        GenClassError: ``too_many_images``.
    """
    count = len(read(draft_id).pictures.images) + more
    if count > MOST:
        raise GenClassError("too_many_images", most=MOST)
    return side_for(count)


def side_for(count: int) -> int:
    """How large so many pictures are kept."""
    return next((side for side in reversed(IMAGE_SIZES) if count * side**2 <= MANY * LARGE**2), SMALL)


def decoded(found: Found, side: int, most: float | None) -> Pictures:
    """As ``folders.decoded``; of many that would cost too much so large, the pictures are kept as small as can be."""
    try:
        return folders.decoded(found, side, most)
    except GenClassError as error:
        if error.code != "too_many_pixels" or side in (LARGE, SMALL):
            raise
        return folders.decoded(found, SMALL, most)


def remove(draft_id: object, class_name: object) -> Draft:
    """The draft without a class."""
    with _lock():
        draft = read(draft_id)
        labels = draft.pictures.taken.labels
        kept = [index for index, label in enumerate(labels) if label != class_name]
        if not any(labels[index] is not None for index in kept):  # no other reading of what is gone
            kept = []
        return _write(replace(draft, pictures=draft.pictures.only(kept)))


def discard(draft_id: object) -> Draft:
    """Forget a draft; returns a new and empty one."""
    with _lock():
        _path(read(draft_id).id).unlink(missing_ok=True)
    return read(None)


def _add(draft_id: object, more: Pictures, owner: Owner | None, name: str | None = None) -> Draft:
    with _lock():
        draft = read(draft_id)
        pictures = _joined(draft.pictures, more)
        if len(pictures.images) > MOST:
            raise GenClassError("too_many_images", most=MOST)
        if len(pictures.taken.counts()) > folders.MAX_CLASSES:
            raise GenClassError("too_many_classes", most=folders.MAX_CLASSES)
        return _write(replace(draft, name=name or draft.name, pictures=pictures), owner)


def _joined(old: Pictures, more: Pictures) -> Pictures:
    """Both together, in each reading of the newer, or of the older where that has one only."""
    if len(more.readings) > 1:
        old = old.settled()
    pairs = [(one, other) for one in old.readings for other in more.readings]
    side = min(part.images.shape[-1] for part in (old, more) if len(part.images) or part is more)
    old, more = old.at_most(side), more.at_most(side)
    ways = [_both(one, other) for one, other in pairs]
    told = old.faults | more.faults, old.remarks | more.remarks, old.sides + more.sides
    return Pictures(np.concatenate([old.images, more.images]), ways, *told)


def _both(old: Reading, more: Reading) -> Reading:
    told = more if more.source else old
    return replace(told, labels=old.labels + more.labels, parts=old.parts + more.parts, notes=old.notes + more.notes)


def _write(draft: Draft, owner: Owner | None = None) -> Draft:
    path = _path(draft.id, owner)
    pictures = draft.pictures
    words = {"name": draft.name, "readings": list(map(asdict, pictures.readings)), "faults": pictures.faults,
             "remarks": pictures.remarks, "sides": pictures.sides}  # fmt: skip
    tensor = torch.from_numpy(np.ascontiguousarray(pictures.images))
    with atomic.writing(path) as partial:
        save_file({"images": tensor}, partial, metadata={key: json.dumps(value) for key, value in words.items()})
    _forget_old(path.parent)
    return draft


def _forget_old(folder: Path) -> None:
    atomic.clear_partials(folder)  # whoever writes holds the lock
    found = [(path.stat(), path) for path in folder.glob("*.safetensors")]
    kept = sorted([_Kept(path, stat.st_size, stat.st_mtime) for stat, path in found], key=lambda one: one.written)
    gone = [one for one in kept if time.time() - one.written > KEPT_SECONDS]
    kept = kept[len(gone) :]
    while len(kept) > KEPT_DRAFTS or sum(one.size for one in kept) > KEPT_BYTES:
        gone.append(_most(_most(kept, 1), 2)[0])
        kept.remove(gone[-1])
    for one in gone:
        one.path.unlink()


def _most(kept: list["_Kept"], marks: int) -> list["_Kept"]:
    """Those of whoever holds the most, told by so many marks."""
    shares: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for one in kept:
        shares[one.marks()[:marks]] += one.share()
    whose = max(shares, key=shares.__getitem__)
    return [one for one in kept if one.marks()[:marks] == whose]


@dataclass
class _Kept:
    """A draft's file with its bytes and the time of its last change; its name tells whose it is."""

    path: Path
    size: int
    written: float

    def marks(self) -> tuple[str, ...]:
        """Of the address, and of the visitor there; an earlier version kept none, or that of the address alone."""
        return tuple(self.path.name.split(".")[1:-1])

    def share(self) -> float:
        """Of all that may be kept."""
        return self.size / KEPT_BYTES + 1 / KEPT_DRAFTS


def _path(draft_id: str, owner: Owner | None = None) -> Path:
    """Where a draft lies, or would as a new one of ``owner``."""
    folder = paths.runs_dir() / ".drafts"
    marks = (owner.address, owner.visitor) if owner else ()
    new = folder / ".".join([draft_id, *marks, "safetensors"])
    return next(folder.glob(f"{draft_id}.*safetensors"), new)


def _lock() -> FileLock:
    """Hold it from reading a draft to writing it, or pictures of another event could be lost."""
    folder = paths.runs_dir() / ".drafts"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / ".lock")
