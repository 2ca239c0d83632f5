"""What is said of a set of one's own before it is trained on: sentences of the one catalogue, with their values."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from genclass.data.reading.names import shortened
from genclass.data.reading.parts import folders_of
from genclass.errors import GenClassError, printable

Note = dict[str, Any]  # as ``GenClassError.as_dict``
CLASSES = 20  # that are named with their counts
NAMES = 5  # of files or folders


def note(code: str, **values: Any) -> Note:
    """A sentence by its code."""
    return GenClassError(code, **values).as_dict()


def some(names: Sequence[str], most: int = NAMES) -> str:
    """The first of many names."""
    return ", ".join(shortened(printable(name, len(name))) for name in names[:most]) + (
        " …" if len(names) > most else ""
    )


def counted(counts: Mapping[str, int]) -> str:
    """Classes with their counts; of many the first."""
    return some([f"{shortened(name)} {count:,}" for name, count in counts.items()], CLASSES)


def left_out(code: str, paths: Sequence[PurePath], left: Sequence[int], labels: Sequence[str | None]) -> Note:
    """What is left out for one reason: by its folders, where nothing else lies in them."""
    within = [folders_of(path) for path in paths]
    kept = [parts for parts, label in zip(within, labels) if label is not None]
    used = {parts[:depth] for parts in kept for depth in range(len(parts) + 1)} | {()}
    names = dict.fromkeys(paths[index].as_posix() if within[index] in used else "/".join(within[index])
                          for index in left)  # fmt: skip
    return note(code, count=len(left), names=some(list(names)))


def of_files(code: str, faults: Mapping[str, Note]) -> list[Note]:
    """Of files with something to say of each how many, which and what: a sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, fault in faults.items():
        by_reason.setdefault(fault["message"], []).append(name)
    return [note(code, count=len(names), names=some(names), reason=faults[names[0]])
            for names in by_reason.values()]  # fmt: skip


def smaller(sides: Sequence[int], size: int) -> list[Note]:
    """Where pictures are made larger than they came, by the pixels of each one's shorter side."""
    found = [side for side in sides if side < size]
    return [note("set_smaller", count=len(found), images=len(sides), size=size, least=min(found))] if found else []
