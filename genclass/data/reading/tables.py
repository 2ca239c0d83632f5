"""Lists of files and labels that lie beside pictures: CSV with any delimiter, with usual headers or none."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from genclass.data.reading.names import MAX_CLASSES
from genclass.files import zip_names

ENDINGS = (".csv", ".tsv")
DELIMITERS = ",;\t|"
LARGEST = 8_000_000  # bytes of all lists that a zip from anyone may hold: a hundred thousand rows of two columns
DEEPEST = 8  # folders of a path in a list that are looked at
# Headers of columns that hold the class, the usual ones first.
USUAL = (
    "label labels class classes classname category categories categoryname target y diagnosis dx species breed "
    "type kind variety tag classid labelid categoryid"
).split()
GUESSED = re.compile(r"submission|submit", re.IGNORECASE)  # what competitions ask to be filled in
BEFORE = re.compile(r"\A\s*((sep=.|#[^,;\t|\n]*)\n\s*)*")  # the header: what Excel is told, and remarks
CELLS = rb'([,;\t\r\n"]+)'  # between them; | may be half of a Japanese letter
MATCHED = 0.5  # of the rows or of the pictures, at least
MOST_COLUMNS = 6


@dataclass(frozen=True)
class Column:
    """A column of classes.

    Attributes:
        name: its header.
        where: the list's path.
        labels: the class of each picture, or None.
    """

    name: str
    where: str
    labels: list[str | None]


def is_table(path: PurePath) -> bool:
    """Whether a file may be such a list, by its name."""
    return path.suffix.lower() in ENDINGS and not GUESSED.search(path.name)


def columns(tables: Mapping[PurePosixPath, bytes], paths: Sequence[PurePath]) -> list[Column]:
    """The columns of lists that tell classes of pictures, the likeliest first; those of several lists with the same
    header are one."""
    found: dict[str, Column] = {}
    for where, content in tables.items():
        for column in _columns(where, rows(content), paths):
            known = found.setdefault(column.name, column)
            labels = [one if one is not None else other for one, other in zip(known.labels, column.labels)]
            found[column.name] = Column(known.name, known.where, labels)
    return sorted(found.values(), key=_rank)[:MOST_COLUMNS]


def rows(content: bytes) -> list[list[str]]:
    """The cells of a list, whatever its delimiter and encoding; rows of another length than the first are left out."""
    text = BEFORE.sub("", re.sub("\r\n?", "\n", _text(content).replace("\0", "")))
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        found = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:  # a cell longer than any label
        return []
    found = [row for row in found if any(row)]
    return [row for row in found if len(row) == len(found[0])] if found and len(found[0]) > 1 else []


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "".join(zip_names.decoded(re.split(CELLS, content)))


def _columns(where: PurePosixPath, found: list[list[str]], paths: Sequence[PurePath]) -> Iterable[Column]:
    pictures = _Pictures(where, paths)
    matches = [[pictures.find(cell) for cell in cells] for cells in zip(*found)]
    if not matches:
        return
    matched = [sum(match is not None for match in column) for column in matches]
    file = max(range(len(matches)), key=matched.__getitem__)
    if matched[file] < max(2, MATCHED * min(len(found) - 1, len(paths))):
        return
    headed = matches[file][0] is None
    header = found[0] if headed else [str(number + 1) for number in range(len(matches))]
    body = list(zip(*found[headed:]))
    for name, cells in _labels(header, body, file):
        labels: list[str | None] = [None] * len(paths)
        for match, cell in zip(matches[file][headed:], cells):
            if match is not None and cell:
                labels[match] = cell
        yield Column(name, where.as_posix(), labels)


def _labels(header: Sequence[str], body: Sequence[Sequence[str]], file: int) -> list[tuple[str, Sequence[str]]]:
    """(header, cells) of the columns that may hold classes: with a usual header, else all whose values come again."""
    others = [index for index in range(len(header)) if index != file]
    usual = [index for index in others if _plain(header[index]) in USUAL]
    hot = [index for index in others if set(body[index]) <= {"0", "1", "0.0", "1.0"}]
    if (
        not usual
        and len(hot) > 1
        and all(sum(float(cell) for cell in row) == 1 for row in zip(*(body[i] for i in hot)))
    ):
        told = [header[hot[[float(cell) for cell in row].index(1)]] for row in zip(*(body[index] for index in hot))]
        return [("one-hot", told)]
    again = usual or [index for index in others if _comes_again(body[index])]
    return [(header[index], body[index]) for index in again]


def _comes_again(cells: Sequence[str]) -> bool:
    counts = Counter(cells)
    return 1 < len(counts) <= min(MAX_CLASSES, len(cells) / 2)


def _rank(column: Column) -> tuple[int, int]:
    """Usual headers first, and of them words before numbers."""
    name = _plain(column.name)
    numbers = all(label is None or label.isdecimal() for label in column.labels)
    return (numbers, USUAL.index(name)) if name in USUAL else (2, 0)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


class _Pictures:
    """Pictures by what a list may call them: a path, a name, a name without its ending.

    Where several have the same name, the list means one in a folder of the list's own name (``train.csv``, ``train/``),
    else in the list's own folder; if that does not tell either, none.
    """

    def __init__(self, where: PurePosixPath, paths: Sequence[PurePath]) -> None:
        self.known: dict[str, tuple[int, int | None]] = {}
        for index, path in enumerate(paths):
            near = 2 if where.stem.lower() in map(str.lower, path.parts) else path.is_relative_to(where.parent)
            for key in _keys(path):
                before, other = self.known.get(key, (-1, None))
                if near >= before:
                    self.known[key] = (near, index if near > before else None)

    def find(self, cell: str) -> int | None:
        """The index of the picture that a cell names, or None."""
        words = [word for word in cell.replace("\\", "/").lower().split("/") if word not in ("", ".")][-DEEPEST:]
        for start in range(len(words)):
            found = self.known.get("/".join(words[start:]))
            if found is not None:
                return found[1]
        return None


def _keys(path: PurePath) -> Iterable[str]:
    names = [part.lower() for part in path.parts[-DEEPEST:]]
    for start in range(len(names)):
        whole = "/".join(names[start:])
        yield from {whole, whole.removesuffix(path.suffix.lower())}
