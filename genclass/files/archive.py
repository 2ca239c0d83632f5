"""Zips from anyone: checked as a whole before anything is read, then read entry by entry, never extracted.

What is dangerous refuses the whole zip; what merely can't be read costs nobody else. Knows nothing about images or
models.
"""

import functools
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from genclass.errors import GenClassError, printable
from genclass.files import sizes, zip_names

RATIO = 1000  # no honest file is compressed as much, but for small ones of one colour; Deflate's own limit is 1032
SMALL = 16_000_000  # bytes, unpacked: up to here no ratio is dangerous
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst", ".7z", ".rar")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a whole chunk at once, however large
ENTRY = b"PK\x01\x02"  # begins each entry of a zip's directory
UTF8_FLAG = 0x800
UNICODE_PATH = 0x7075  # Info-ZIP's extra field: the name as UTF-8 beside the one in the code page of a system
DRIVE = re.compile(r"[A-Za-z]:(/|$)")
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
        read: gives its bytes, or only the first so many; raises ``bad_zip`` if they are damaged, ``zip_encrypted`` or
            ``zip_method`` if they can't be read here.
    """

    path: PurePosixPath
    read: Callable[..., bytes]


def entries(path: Path, limits: Limits = UNLIMITED) -> list[Entry]:
    """The files of a zip, in its own order, after all have been checked.

    Args:
        path: a zip.
        limits: what it may hold; the ratio of compression is always limited.

    Raises:
        GenClassError: ``bad_zip``, ``zip_many_entries``, ``zip_too_large``, ``zip_climbs``, ``zip_link`` or
            ``zip_bomb``; ``zip_encrypted`` or ``zip_method`` where no file at all could be read.
    """
    _check_entries(path, limits)
    try:
        archive = zipfile.ZipFile(path)
        named = _named(archive.infolist())
    except UNREADABLE as error:
        raise GenClassError("bad_zip") from error
    files = [(name, entry) for name, entry in named if not name.endswith("/")]
    for name, entry in files:
        _check(name, entry)
    total = sum(entry.file_size for _, entry in files)
    if limits.size is not None and total > limits.size:
        raise GenClassError("zip_too_large", size=sizes.in_words(limits.size))
    if total > max(SMALL, RATIO * path.stat().st_size):  # entries that share their bytes
        raise GenClassError("zip_bomb", path=printable(path.name))
    faults = [_unreadable(name, entry) for name, entry in files]
    if files and None not in faults:
        raise faults[0] or GenClassError("bad_zip")
    return [Entry(PurePosixPath(name), functools.partial(_read, archive, entry, fault))
            for (name, entry), fault in zip(files, faults)]  # fmt: skip


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


def _named(infos: Sequence[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """Each entry with its name as text, whatever it was written in. Only then does ``\\`` separate: it is also the
    second byte of some Chinese and Japanese letters."""
    names = [info.orig_filename if info.flag_bits & UTF8_FLAG else _unicode_path(info) for info in infos]
    raw = iter(zip_names.decoded([_raw(info) for info, name in zip(infos, names) if name is None]))
    found = [next(raw) if name is None else name for name in names]
    return [(name.partition("\0")[0].replace("\\", "/"), info) for name, info in zip(found, infos)]


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name that ``zipfile`` has read as cp437, which takes all of them."""
    return info.orig_filename.encode("cp437")


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """The name in Info-ZIP's extra field, if there is one and it is that of this name."""
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack_from("<HH", rest)
        value, rest = rest[4 : 4 + size], rest[4 + size :]
        if kind == UNICODE_PATH and value[:5] == struct.pack("<BL", 1, zlib.crc32(_raw(info))):
            return value[5:].decode("utf-8", "replace")
    return None


def _check(name: str, entry: zipfile.ZipInfo) -> None:
    """Refuse what could do harm, whoever opens it."""
    path = PurePosixPath(name)
    faults = {
        "zip_climbs": path.is_absolute() or ".." in path.parts or DRIVE.match(name),
        "zip_link": stat.S_ISLNK(entry.external_attr >> 16),
        "zip_bomb": entry.file_size > max(SMALL, RATIO * max(entry.compress_size, 1)),
    }
    for code, found in faults.items():
        if found:
            raise GenClassError(code, path=printable(name))


def _unreadable(name: str, entry: zipfile.ZipInfo) -> GenClassError | None:
    """Why a file can't be read here, or None."""
    if entry.flag_bits & 1:
        return GenClassError("zip_encrypted")
    return None if entry.compress_type in METHODS else GenClassError("zip_method", path=printable(name))


def _read(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, fault: GenClassError | None, most: int | None = None
) -> bytes:
    """An entry's bytes: at most as many as its record says, which has been checked."""
    if fault is not None:
        raise fault
    try:
        with archive.open(entry) as file:  # ZipFile.read would unpack all there is before it cuts it off
            return file.read(entry.file_size if most is None else min(most, entry.file_size))
    except UNREADABLE as error:
        raise GenClassError("bad_zip") from error
