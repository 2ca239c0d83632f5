"""The share of the disk that uploads and pictures may take: kept by deleting the oldest, and told when it is full.

The limits themselves stand in ``limits.py``.
"""

import asyncio
import contextlib
import hashlib
import logging
import re
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import gradio as gr
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.files import memory
from genclass.ui.server import gradio_patches, guard, limits, uploads

log = logging.getLogger("genclass.page")
SHARE = 0.1  # of the disk
SECONDS = 60  # from one look to the next
ASKS = re.compile(guard.ASKS)


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
    path.write_bytes(content)
    now.keep |= {str(path)} if keep else set()
    return str(path)


@contextlib.asynccontextmanager
async def tidying(blocks: gr.Blocks) -> AsyncIterator[None]:
    """As long as the server runs, look every minute."""
    now.keep |= gradio_patches.built_files(blocks) | {str(uploads.refused())}

    async def look() -> None:
        while True:
            try:
                gradio_patches.forget_files(blocks, await anyio.to_thread.run_sync(now.tidy))
                gradio_patches.forget_answered(blocks)
                await anyio.to_thread.run_sync(memory.give_back)
            except OSError:
                log.exception("could not tidy up")
            await asyncio.sleep(SECONDS)

    task = asyncio.create_task(look())
    yield
    task.cancel()


class BodyLimits:
    """Middleware that bounds what is sent: each request by its length, which it must tell, and uploads by the room.

    That the queue is full is told in the visitor's language, with a status whose words the page shows.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = None
        if scope["type"] == "http" and scope["method"] == "POST":
            refused = await anyio.to_thread.run_sync(_refusal, scope)
            send = _plainly(scope, receive, send)
        await (refused or self.app)(scope, receive, send)


def _plainly(scope: Scope, receive: Receive, send: Send) -> Send:
    """A ``send`` that puts a sentence of ours in the place of Gradio's "Queue is full", a 503."""
    if not ASKS.fullmatch(guard.path_of(scope)):
        return send
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == 503:
            replaced = True
            await guard.refuse(scope, 429, GenClassError("crowded"))(scope, receive, send)
        elif not replaced:
            await send(message)

    return sending


def _refusal(scope: Scope) -> JSONResponse | None:
    headers = Headers(scope=scope)
    upload = uploads.is_upload(scope)
    most = limits.MAX_REQUEST_BYTES[limits.now.public] if upload else limits.MAX_JSON_BYTES
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdecimal():
        return guard.refuse(scope, 411, GenClassError("no_length"))
    if int(length) > most:
        return guard.refuse(scope, 413, GenClassError("body_too_large", megabytes=most // 1_000_000))
    try:
        if upload:
            now.take(int(length))
    except GenClassError as error:
        return guard.refuse(scope, 503, error)
    return None
