"""A temporary folder of a process's own; those that killed processes left behind are deleted."""

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

NEW_SECONDS = 60  # in which a process that was just started takes its lock


def make(prefix: str) -> Path:
    """A new folder that goes when this process ends; deletes what others of this prefix, now gone, left.

    Whoever is at work holds a lock beside the folder: in one that can be locked nobody is.
    """
    outer = Path(tempfile.mkdtemp(prefix=prefix))  # for this user alone
    lock = FileLock(outer / "lock", timeout=0)
    lock.acquire()
    atexit.register(_remove, outer, lock)
    for other in outer.parent.glob(f"{prefix}*"):
        if other != outer and _is_left(other):
            shutil.rmtree(other, ignore_errors=True)
    inner = outer / "files"
    inner.mkdir()
    return inner


def _remove(outer: Path, lock: FileLock) -> None:
    lock.release()
    shutil.rmtree(outer, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether a folder is ours and its process gone. One without a lock is an earlier version's, maybe in use."""
    try:
        file = folder / "lock"
        if folder.is_symlink() or not _ours(folder) or file.is_symlink() or not file.is_file():
            return False
        if time.time() - file.stat().st_mtime < NEW_SECONDS:
            return False
        with FileLock(file, timeout=0):
            return True
    except (OSError, Timeout):
        return False


def _ours(folder: Path) -> bool:
    return os.name == "nt" or folder.lstat().st_uid == os.getuid()
