"""Only files that were uploaded here reach an event: Gradio itself would fetch any address, and open any path."""

import functools
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.ui.server import uploads
from genclass.ui.server.gradio_patches import Beside, is_upload


class OwnFilesOnly:
    """Middleware that takes out of an event every file that was not uploaded here.

    Gradio fetches an address that is given as a file, and answers a path with an error that names it, both before a
    handler sees the event, and with ``preprocess=False`` too.

    Args:
        complete: changes a call's JSON before it is looked at: (path of the call, JSON) -> JSON.
        most: values that an event may hold: what comes after, Gradio's own going through them, holds everyone up.

    Raises:
        GenClassError: ``too_many_values``.
    """

    def __init__(self, app: ASGIApp, complete: Callable[[str, Any], Any], most: int) -> None:
        self.app, self.complete, self.most = app, complete, most
        self.beside = Beside()
        uploads.folder().mkdir(parents=True, exist_ok=True)
        uploads.refused().touch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and not is_upload(scope):
            body = await self._looked_through(await _body(receive), functools.partial(self.complete, scope["path"]))
            receive = _replay(body, receive)
        await self.app(scope, receive, send)

    async def _looked_through(self, body: bytes, complete: Callable[[Any], Any]) -> bytes:
        """Small bodies at once, large ones beside."""
        if sum(map(body.count, MARKS)) > self.most:
            raise GenClassError("too_many_values")
        if len(body) <= SMALL:
            return _checked(body, complete)
        return await self.beside.run(_checked, body, complete)


# Before each value of JSON, in any encoding, stands one of the first three; escapes take as long as a value to read.
MARKS = (b"[", b"{", b",", b"\\")
SMALL = 8_000  # bytes, looked through in 5 ms at most


async def _body(receive: Receive) -> bytes:
    """Raises:
    ClientDisconnect: if the visitor goes before all has come.
    """
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _checked(body: bytes, complete: Callable[[Any], Any]) -> bytes:
    """The JSON with foreign files replaced; what is no JSON stays as it is and is refused by Gradio."""
    try:
        checked = json.dumps(_without_foreign(complete(json.loads(body))), ensure_ascii=False)
        return checked.encode(errors="replace")  # half a character alone, which Gradio could not send back
    except ValueError:
        return body
    except RecursionError:  # nested deeper than anything of ours, so that it could hide a file
        return b"null"


def _without_foreign(value: Any) -> Any:
    if isinstance(value, dict):
        if "path" in value and "meta" in value and not uploads.own(value["path"]):
            return {"path": str(uploads.refused()), "meta": {"_type": "gradio.FileData"}}
        return {key: _without_foreign(inner) for key, inner in value.items()}
    return [_without_foreign(inner) for inner in value] if isinstance(value, list) else value


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives this body, then goes on with the original."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed
