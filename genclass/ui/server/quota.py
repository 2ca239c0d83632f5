"""The share of the disk that uploads and pictures may take: kept by deleting the oldest, and told when it is full.

The limits themselves stand in ``limits.py``.
"""

import contextlib
import hashlib
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import gradio as gr

from genclass.errors import GenClassError
from genclass.files import memory
from genclass.ui.server import gradio_patches, limits, periodic, uploads

SHARE = 0.1  # of the disk
SECONDS = 60  # from one look to the next


@dataclass
class Quota:
    """What is known of the folder of uploads.

    Attributes:
        young: seconds for which no file is deleted: somebody may be about to use it.
        files: how many may lie there.
        used: bytes: found at the last look, and what has been let in since.
        keep: paths that are never deleted.
    """

    young: float = 120
    files: int = 50_000
    used: int = 0
    keep: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def most(self) -> int:
        """Bytes that may lie there: so many, if that is no more than a share of the disk."""
        return min(limits.MAX_STORED_BYTES[limits.now.public], int(shutil.disk_usage(uploads.folder()).total * SHARE))

    def take(self, size: int) -> None:
        """Count ``size`` bytes that are about to be written; the oldest files go where there is no room for them.

        Raises:
            GenClassError: ``busy`` if all of what is there is too young to go.
        """
        with self.lock:
            if self.used + size > self.most():
                self._tidy(self.most() - size)
            if self.used + size > self.most():
                raise GenClassError("busy")
            self.used += size

    def tidy(self) -> set[str]:
        """Delete the oldest files until bytes and files are no more than they may be; returns the deleted paths."""
        with self.lock:
            return self._tidy(self.most())

    def _tidy(self, most: int) -> set[str]:
        found = sorted(_files(), reverse=True)  # the newest first
        self.used, gone = 0, set()
        for place, (written, size, path) in enumerate(found):
            full = self.used + size > most or place >= self.files
            if full and time.time() - written > self.young and str(path) not in self.keep:
                path.unlink(missing_ok=True)
                gone.add(str(path))
            else:
                self.used += size
        self._remove_empty()
        return gone

    def _remove_empty(self) -> None:
        """Each upload lies in a folder of its own; a new one may still wait for its file."""
        for folder in uploads.folder().glob("*/"):
            with contextlib.suppress(OSError):  # not empty, or gone
                if time.time() - folder.stat().st_mtime > self.young:
                    folder.rmdir()


now = Quota()


def _files() -> Iterator[tuple[float, int, Path]]:
    """(time, bytes, path) of every file in the folder of uploads."""
    for path in uploads.folder().rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # Gradio deletes old files, too
            stat = path.lstat()
            if not path.is_dir():
                yield stat.st_mtime, stat.st_size, path


def save(content: bytes, name: str, keep: bool = False) -> str:
    """The path of a new file of these bytes, among those that the page may serve.

    Args:
        keep: whether it stays as long as the server does.

    Raises:
        GenClassError: ``busy``.
    """
    now.take(len(content))
    path = uploads.folder() / hashlib.sha256(content).hexdigest() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{secrets.token_hex(4)}{path.suffix}")  # the same picture may be on its way to another
    partial.write_bytes(content)
    partial.replace(path)
    now.keep |= {str(path)} if keep else set()
    return str(path)


@contextlib.asynccontextmanager
async def tidying(blocks: gr.Blocks) -> AsyncIterator[None]:
    """As long as the server runs, look every minute."""
    now.keep |= gradio_patches.built_files(blocks) | {str(uploads.refused())}

    async def tidy() -> None:
        gradio_patches.forget_files(blocks, await anyio.to_thread.run_sync(now.tidy))
        gradio_patches.forget_answered(blocks)
        await anyio.to_thread.run_sync(memory.give_back)

    async with periodic.every(SECONDS, tidy, "could not tidy up"):
        yield
