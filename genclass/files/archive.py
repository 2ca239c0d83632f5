"""Zips from anyone: checked as a whole before anything is read, then read entry by entry, never extracted.

Knows nothing about images or models.
"""

import functools
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from genclass.errors import GenClassError, printable

RATIO = 1000  # no honest file is compressed as much; Deflate's own limit is 1032
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst", ".7z", ".rar")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a whole chunk at once, however large
ENTRY = b"PK\x01\x02"  # begins each entry of a zip's directory
CHUNK = 1 << 20
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError, NotImplementedError)


@dataclass(frozen=True)
class Limits:
    """What a zip may hold; None means no limit.

    Attributes:
        entries: files and folders.
        size: bytes, unpacked, of all files together.
        pixels: for whoever decodes what is inside: of all pictures together, beside those that the bytes of the file
            allow (``budget.pixels_for``). Nothing here looks at them.
    """

    entries: int | None = None
    size: int | None = None
    pixels: int | None = None


UNLIMITED = Limits()


@dataclass(frozen=True)
class Entry:
    """One file of a zip.

    Attributes:
        path: its path inside.
        read: gives its bytes; raises ``bad_zip`` if they are damaged.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


def entries(path: Path, limits: Limits = UNLIMITED) -> list[Entry]:
    """The files of a zip, in its own order, after all have been checked.

    Args:
        path: a zip.
        limits: what it may hold; the ratio of compression is always limited.

    Raises:
        GenClassError: ``bad_zip``, ``zip_many_entries``, ``zip_too_large``, ``zip_climbs``, ``zip_link``,
            ``zip_encrypted``, ``zip_bomb``, ``zip_method`` or ``zip_nested``.
    """
    _check_entries(path, limits)
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as error:
        raise GenClassError("bad_zip") from error
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in files:
        _check(entry)
    if limits.size is not None and sum(entry.file_size for entry in files) > limits.size:
        raise GenClassError("zip_too_large", megabytes=limits.size // 1_000_000)
    return [Entry(_inside(entry), functools.partial(_read, archive, entry)) for entry in files]


def _check_entries(path: Path, limits: Limits) -> None:
    """Count before ``zipfile`` makes an object of each entry: a small zip can name millions."""
    if limits.entries is None:
        return
    count, before = 0, b""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            count += (before + chunk).count(ENTRY)
            before = chunk[-len(ENTRY) + 1 :]
    if count > limits.entries:
        raise GenClassError("zip_many_entries", most=limits.entries)


def _inside(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _check(entry: zipfile.ZipInfo) -> None:
    path = _inside(entry)
    faults = {
        "zip_climbs": path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]),
        "zip_link": stat.S_ISLNK(entry.external_attr >> 16),
        "zip_encrypted": bool(entry.flag_bits & 1),
        "zip_method": entry.compress_type not in METHODS,
        "zip_bomb": entry.file_size > RATIO * max(entry.compress_size, 1),
        "zip_nested": path.suffix.lower() in ARCHIVES,
    }
    for code, found in faults.items():
        if found:
            raise GenClassError(code, path=printable(entry.filename))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's bytes: at most as many as its record says, which has been checked."""
    try:
        with archive.open(entry) as file:  # ZipFile.read would unpack all there is before it cuts it off
            return file.read(entry.file_size)
    except UNREADABLE as error:
        raise GenClassError("bad_zip") from error
