"""Files and folders written whole: a reader finds the old one or the new one, never half of either.

What is written lies under a temporary name beside its place, ``.<name>.<random>.partial``, is flushed to disk and then
renamed; so is the folder's entry, that a power cut does not bring back what a writer has since replaced or built upon.
After an error the temporary one is gone and the old one is as it was; only a killed process leaves one behind.
"""

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock
from safetensors import SafetensorError

_guards: list[tuple[Path, Callable[[], None]]] = []


@contextlib.contextmanager
def guarded(folder: Path, check: Callable[[], None]) -> Iterator[None]:
    """Have ``check`` called just before anything in a folder is replaced: where it raises, nothing is."""
    guard = folder.absolute(), check
    _guards.append(guard)
    try:
        yield
    finally:
        _guards.remove(guard)


def _check(path: Path) -> None:
    for folder, check in tuple(_guards):
        if path.absolute().is_relative_to(folder):
            check()


@contextlib.contextmanager
def writing(path: Path, new: bool = False) -> Iterator[Path]:
    """Yield the temporary path at which to write a file; it takes its place when the block ends without an error.

    Args:
        new: only where there is no such file yet.

    Raises:
        FileExistsError: if it is to be new and is there, perhaps by another process that was first.
    """
    partial = _beside(path)
    try:
        yield partial
        _flush(partial)
        _check(path)
        os.link(partial, path) if new else partial.replace(path)
        _flush_entries(path.parent)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file."""
    with writing(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Replace a text file."""
    with writing(path) as partial:
        partial.write_text(text)


def write_json(path: Path, value: object) -> None:
    """Replace a JSON file, one line for each entry."""
    write_text(path, json.dumps(value, indent=1))


@contextlib.contextmanager
def writing_folder(folder: Path) -> Iterator[Path]:
    """Yield a new temporary folder to fill with files; it takes its place when the block ends without an error."""
    partial = _beside(folder)
    partial.mkdir(parents=True)
    try:
        yield partial
        publish(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def publish(partial: Path, folder: Path) -> None:
    """Flush every file of the folder ``partial`` to disk, then rename it to ``folder``, replacing what was there."""
    for path in partial.rglob("*"):
        _flush_entries(path) if path.is_dir() else _flush(path)
    _flush_entries(partial)
    _check(folder)
    old = _beside(folder)
    if folder.exists():
        folder.rename(old)  # deleting it first would leave nothing there for as long as that takes
    partial.rename(folder)
    _flush_entries(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def clear_partials(folder: Path) -> None:
    """Delete what killed processes left half-written anywhere in a folder that nobody else writes to."""
    for left in folder.rglob("*.partial"):
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


def read_json(path: Path) -> dict:
    """The object in a JSON file; empty where there is none, or one that is torn."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def update_json(path: Path, change: Callable[[dict], dict]) -> None:
    """Replace the object in a JSON file by what ``change`` makes of it: one process after the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        write_json(path, change(read_json(path)))


def is_full(error: BaseException | None) -> bool:
    """Whether an error says that nothing more can be written: no space, over a quota, over the largest file allowed."""
    number = error.errno if isinstance(error, OSError) else None
    said = re.search(r"os error (\d+)", str(error)) if isinstance(error, SafetensorError) else None
    return (int(said[1]) if said else number) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


def _flush(path: Path) -> None:
    with open(path, "rb+") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


def _flush_entries(folder: Path) -> None:
    """The names in a folder, which Windows does not let a program flush, nor some network storage."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
