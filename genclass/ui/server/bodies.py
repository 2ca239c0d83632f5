"""What comes with a request: counted as it arrives, and cut at the limit of its route. The limits: ``limits.py``."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator

import anyio
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.files import sizes
from genclass.ui.server import guard, limits, quota
from genclass.ui.server.connections import network_of
from genclass.ui.server.gradio_patches import is_upload, path_of

ASKS, WORDS = re.compile(guard.ASKS), re.compile(guard.WORDS)
STATUSES = {"no_length": 411, "body_too_large": 413, "too_many_values": 413, "crowded": 429, "busy": 503}
PIECE = 1_000_000  # bytes of an upload for which room is made at a time
DIGITS = 15  # of a length that is looked at

held: Counter[str] = Counter()  # bytes of bodies that are in memory, or on their way there, by address


class BodyLimits:
    """Middleware that bounds what is sent: by the length that it must tell, by what comes, and by the room there is.

    That the queue is full is told in the visitor's language, with a status whose words the page shows.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if framed := _badly_framed(scope):
            return await framed(scope, receive, send)
        if scope["method"] in guard.READS:
            return await self.app(scope, receive, send)
        with contextlib.suppress(ClientDisconnect):  # gone before all had come
            await self._bounded(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = _plainly(scope, receive, send)
        try:
            told = _length(scope)
            if is_upload(scope):
                await _store(self.app, scope, receive, sending, told)
            else:
                with _in_memory(scope, told):
                    await self.app(scope, _counted(receive, told), sending)
        except GenClassError as error:
            await guard.refuse(scope, STATUSES[error.code], error)(scope, receive, send)


def _badly_framed(scope: Scope) -> JSONResponse | None:
    """The refusal of a body without an end, or with two: servers differ in which of two lengths they believe."""
    headers = Headers(scope=scope)
    lengths = headers.getlist("content-length")
    if len(lengths) > 1 or (lengths and "transfer-encoding" in headers):
        refused = guard.refuse(scope, 400, GenClassError("no_length"))
    elif scope["method"] not in guard.READS and not lengths:
        refused = guard.refuse(scope, 411, GenClassError("no_length"))
    else:
        return None
    refused.headers["connection"] = "close"  # nobody knows where the next request begins
    return refused


def _length(scope: Scope) -> int:
    """Bytes that a request says it brings.

    Raises:
        GenClassError: ``no_length``, or ``body_too_large`` for more than its route takes.
    """
    told = Headers(scope=scope)["content-length"]
    most = _most(scope)
    if not told.isascii() or not told.isdecimal():
        raise GenClassError("no_length")
    if len(told) > DIGITS or int(told) > most:
        raise GenClassError("body_too_large", size=sizes.in_words(most))
    return int(told)


def _most(scope: Scope) -> int:
    """Bytes that the route of a request takes."""
    if is_upload(scope):
        return limits.MAX_REQUEST_BYTES[limits.now.public]
    return limits.MAX_WORD_BYTES if WORDS.fullmatch(path_of(scope)) else limits.MAX_EVENT_BYTES


def _counted(receive: Receive, told: int) -> Receive:
    """A ``receive`` that raises ``body_too_large`` where more comes than was told, whatever the server believes."""
    come = 0

    async def counted() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > told:
            raise GenClassError("body_too_large", size=sizes.in_words(told))
        return message

    return counted


async def _store(app: ASGIApp, scope: Scope, receive: Receive, send: Send, told: int) -> None:
    """Let an app have an upload: room is made for what has come, not for what is only announced.

    Of one that ends early Gradio deletes its files only if that is told as a fault of the form.

    Raises:
        GenClassError: ``body_too_large`` or ``busy``.
    """
    counted, come, room, faults = _counted(receive, told), 0, 0, list[GenClassError]()

    async def stored() -> Message:
        nonlocal come, room
        try:
            message = await counted()
            come += len(message.get("body", b""))
            if come > room:
                more = min(max(PIECE, come - room), told - room)
                await anyio.to_thread.run_sync(quota.now.take, more)
                room += more
        except GenClassError as error:
            faults.append(error)
        if faults or message["type"] == "http.disconnect":
            raise MultiPartException("not all has come")
        return message

    async def sending(message: Message) -> None:
        if not faults:
            await send(message)

    await app(scope, stored, sending)
    if faults:
        raise faults[0]


@contextlib.contextmanager
def _in_memory(scope: Scope, size: int) -> Iterator[None]:
    """A body of an address is held meanwhile.

    Raises:
        GenClassError: ``crowded`` if that is too much together with its others.
    """
    address = network_of(scope["client"][0]) if scope.get("client") else ""
    if held[address] + size > limits.MAX_HELD_BYTES:
        raise GenClassError("crowded")
    held[address] += size
    try:
        yield
    finally:
        held[address] -= size
        if not held[address]:
            del held[address]


def _plainly(scope: Scope, receive: Receive, send: Send) -> Send:
    """A ``send`` that puts a sentence of ours in the place of Gradio's "Queue is full", a 503."""
    if not ASKS.fullmatch(path_of(scope)):
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
