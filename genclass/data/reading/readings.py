"""Which class each picture of a folder or zip belongs to: every reading that is possible, the likeliest first.

Classes are the first level at which folders differ; what lies deeper belongs to its class. Where folders tell none, a
list beside the pictures does, or the beginnings of their names.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from genclass.data.reading import asides, notes, parts, stems
from genclass.data.reading.names import MAX_CLASSES, class_names
from genclass.data.reading.notes import Note
from genclass.data.reading.parts import NONE, TEST, TRAIN, VAL
from genclass.data.reading.tables import columns
from genclass.errors import GenClassError

NOTHING = "nothing"
NAMES = "names"
Told = Callable[[int], str | None]  # from a picture's index to its class


@dataclass(frozen=True)
class Reading:
    """One way to tell the classes of pictures.

    Attributes:
        source: ``folder-N`` (the Nth folder on the way to a picture), ``column-NAME`` of a list, ``names`` of files or
            ``nothing``.
        labels: the class of each picture; an empty text where the set has none, None where the picture is left out.
        parts: ``train`` or ``test`` where the set came with a split, else an empty text.
        notes: what is left out and why.
        where: the list, of a column.
    """

    source: str
    labels: list[str | None]
    parts: list[str]
    notes: list[Note]
    where: str = ""

    def counts(self) -> dict[str, int]:
        """``{class: pictures}`` in the classes' order."""
        return dict(sorted(Counter(label for label in self.labels if label is not None).items()))


@dataclass(frozen=True)
class _Layout:
    """How pictures lie in folders.

    Attributes:
        folders: those on the way to each.
        aside: indices of masks and the like.
        split: the depth of the folders train and test, or None.
        part: of each.
        learnt: indices of the pictures whose folders say what the classes are.
    """

    paths: Sequence[PurePath]
    folders: list[tuple[str, ...]]
    aside: set[int]
    split: int | None
    part: list[str]
    learnt: list[int]


def readings(paths: Sequence[PurePath], lists: Mapping[PurePosixPath, bytes] | None = None) -> list[Reading]:
    """All readings of pictures by their paths inside a set, each with other classes; one at least, the likeliest first.

    Args:
        lists: what files beside the pictures hold that may tell their classes.
    """
    laid = _lay_out(paths)
    by_folder, by_column = _by_folders(laid, asides=False), _by_columns(laid, lists or {})
    numbered = _is_numbered(by_folder)
    found = [*by_column, *_by_names(laid), *by_folder] if numbered else [*by_folder, *by_column]
    found = [reading for reading in found if 1 < len(reading.counts()) <= MAX_CLASSES or reading is found[0]]
    found = found or _by_names(laid)
    if not found or found[0].source == NAMES or _share(laid, found[0]) < 0.5:
        found.append(_reading(laid, NOTHING, lambda index: None if index in laid.aside else ""))
    return _different([*found, *_by_folders(laid, asides=True)])


def chosen(found: Sequence[Reading], source: str | None) -> list[Reading]:
    """The readings with that of a source first; None: as they are.

    Raises:
        GenClassError: ``unknown_reading``.
    """
    first = [reading for reading in found if reading.source == source] if source is not None else found[:1]
    if not first:
        choices = ", ".join(reading.source for reading in found)
        raise GenClassError("unknown_reading", name=str(source)[:60], choices=choices)
    return [*first, *(reading for reading in found if reading is not first[0])] if source is not None else [*found]


def _lay_out(paths: Sequence[PurePath]) -> _Layout:
    folders = [parts.folders_of(path) for path in paths]
    aside = asides.asides(paths)
    images = {index: names for index, names in enumerate(folders) if index not in aside}
    split, part = parts.split(images)
    learnt = [index for index in images if split is None or part[index] == TRAIN]
    return _Layout(paths, folders, aside, split, [part.get(index, "") for index in range(len(paths))], learnt)


def _by_folders(laid: _Layout, asides: bool) -> list[Reading]:
    """A reading for each depth at which the folders of what is learnt from differ.

    Args:
        asides: instead of these, those where they differ only because masks and the like lie beside the images.
    """
    learnt = [laid.folders[index] for index in laid.learnt]
    found = []
    for depth in range(max(map(len, laid.folders), default=0)):
        differ = len(parts.names_at(learnt, depth)) > 1
        if asides:
            differ = not differ and laid.split is None and len(parts.names_at(laid.folders, depth)) > 1
        if differ and depth != laid.split:
            told = functools.partial(_at_depth, laid, depth) if asides else _folder_told(laid, depth)
            found.append(_reading(laid, f"folder-{depth + 1}", told))
    return found


def _at_depth(laid: _Layout, depth: int, index: int) -> str | None:
    return _at(laid.folders[index], depth)


def _at(names: tuple[str, ...], depth: int) -> str | None:
    return names[depth] if len(names) > depth else None


def _folder_told(laid: _Layout, depth: int) -> Told:
    """Classes by the folders at a depth; below a split every part may have wrapping folders of its own."""
    classes = {_plain(name): name for name in parts.names_at([laid.folders[i] for i in laid.learnt], depth)}
    depths = dict.fromkeys(laid.part, depth)
    if laid.split is not None and laid.split < depth:
        for part in set(laid.part) - {TRAIN}:
            inside = [names for names, told in zip(laid.folders, laid.part) if told == part]
            below = range(laid.split + 1, max(map(len, inside)))
            alike = (at for at in below if classes.keys() & set(map(_plain, parts.names_at(inside, at))))
            depths[part] = next(alike, depth)

    def told(index: int) -> str | None:
        name = None if index in laid.aside else _at(laid.folders[index], depths[laid.part[index]])
        if name is None or laid.part[index] in ("", TRAIN):
            return name
        return classes.get(_plain(name), name)

    return told


def _plain(name: str) -> str:
    """What names of the same class have in common in two parts of a split: ``Cat`` and ``cat``."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def _by_columns(laid: _Layout, lists: Mapping[PurePosixPath, bytes]) -> list[Reading]:
    images = [index for index in range(len(laid.paths)) if index not in laid.aside]
    found = []
    for column in columns(lists, [laid.paths[index] for index in images]):
        told = dict(zip(images, column.labels)).get
        found.append(_reading(laid, f"column-{column.name}", told, column.where))
    return found


def _by_names(laid: _Layout) -> list[Reading]:
    told = stems.classes([laid.paths[index].name for index in laid.learnt])
    if told is None:
        return []
    return [_reading(laid, NAMES, lambda index: None if index in laid.aside else told(laid.paths[index].name))]


def _is_numbered(by_folder: Sequence[Reading]) -> bool:
    """Whether the first folders that differ only number parts of one set: ``images_01``, ``images_02``; classes that
    are numbers alone do not."""
    texts = {re.sub(r"[\W\d_]", "", name) for reading in by_folder[:1] for name in reading.counts()}
    return len(texts) == 1 and texts != {""}


def _share(laid: _Layout, reading: Reading) -> float:
    return sum(reading.labels[index] is not None for index in laid.learnt) / max(1, len(laid.learnt))


def _different(found: Sequence[Reading]) -> list[Reading]:
    """Less those that put the same pictures together as one before them."""
    kept: dict[tuple[int | None, ...], Reading] = {}
    for reading in found:
        first: dict[str, int] = {}
        groups = (None if label is None else first.setdefault(label, len(first)) for label in reading.labels)
        kept.setdefault(tuple(groups), reading)
    return list(kept.values())


def _reading(laid: _Layout, source: str, told: Told, where: str = "") -> Reading:
    """The reading of one source; ``where`` is the list that it comes from."""
    raw = [told(index) for index in range(len(laid.paths))]
    classes = {raw[index] for index in [*laid.learnt, *laid.aside]} - {None}
    labelled = {part for part, label in zip(laid.part, raw) if label in classes}
    held = next((part for part in (TEST, VAL) if part in labelled), None)
    reason = functools.partial(_reason, laid, loose=source.startswith("folder"), labelled=labelled, held=held)
    reasons = [reason(index, label, label in classes) for index, label in enumerate(raw)]
    names = class_names(label for label in classes if label)
    labels = [None if code or label is None else names.get(label, label) for label, code in zip(raw, reasons)]
    part = [{TRAIN: "train", held: "test"}.get(part, "") if held else "" for part in laid.part]
    told_of = [notes.left_out(code, laid.paths, [index for index, one in enumerate(reasons) if one == code], labels)
               for code in dict.fromkeys(filter(None, reasons))]  # fmt: skip
    return Reading(source, labels, part, told_of, where)


def _reason(
    laid: _Layout, index: int, label: str | None, known: bool, *, loose: bool, labelled: set[str], held: str | None
) -> str | None:
    """The code of why a picture is left out, or None.

    Args:
        known: whether its class is one of those that are learnt.
        loose: whether it would have a class in a folder.
    """
    part = laid.part[index]
    if index in laid.aside and label is None:
        return "set_asides"
    if laid.split is not None and part == "":
        return "set_beside"
    if part == NONE or part not in labelled:
        return "set_unlabelled"
    if part not in ("", TRAIN, held):
        return "set_unused"
    if label is None:
        return "set_beside" if loose else "set_unlabelled"
    return None if known else "set_unknown"
