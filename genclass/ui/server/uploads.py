"""Files from visitors: only what they uploaded to this server is ever opened."""

import functools
import json
import os
from pathlib import Path

from starlette.datastructures import Headers

from genclass.errors import GenClassError

REFUSED = "refused-by-genclass"  # an empty file that takes the place of what may not be opened


def folder():
    """Where this server keeps uploads and the pictures it hands out."""
    return Path(os.environ["GRADIO_TEMP_DIR"]).resolve()


def uploaded(file):
    """The path of a file that came with an event.

    Args:
        file: Gradio's dict of an uploaded file, with ``path``.

    Raises:
        GenClassError: ``nothing_given``, ``no_url``, or ``upload_gone`` if it has been deleted since.
    """
    if not isinstance(file, dict) or not file.get("path"):
        raise GenClassError("nothing_given")
    if not own(file["path"]) or Path(file["path"]).name == REFUSED:
        raise GenClassError("no_url")
    path = Path(file["path"])
    if not path.is_file():
        raise GenClassError("upload_gone")
    return path


def own(path):
    """Whether a path lies in the folder of this server's uploads."""
    try:
        return Path(path).resolve().is_relative_to(folder())
    except (TypeError, ValueError, OSError):  # no text, a zero byte, too long
        return False


class OwnFilesOnly:
    """Middleware that takes out of an event every file that was not uploaded here.

    Gradio fetches an address that is given as a file, and answers a path with an error that names it, both before a
    handler sees the event.

    Args:
        complete: changes a call's JSON before it is looked at: (path of the call, JSON) -> JSON.
    """

    def __init__(self, app, complete):
        self.app, self.complete = app, complete
        folder().mkdir(parents=True, exist_ok=True)
        (folder() / REFUSED).touch()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["method"] == "POST" and not is_upload(scope):
            body = _checked(await _body(receive), functools.partial(self.complete, scope["path"]))
            receive = _replay(body, receive)
        await self.app(scope, receive, send)


def is_upload(scope):
    """Whether a request brings files, by the first of its types: the one that Gradio goes by."""
    return Headers(scope=scope).get("content-type", "").startswith("multipart/")


async def _body(receive):
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _checked(body, complete):
    """The JSON with foreign files replaced; what is no JSON stays as it is and is refused by Gradio."""
    try:
        return json.dumps(_without_foreign(complete(json.loads(body)))).encode()
    except ValueError:
        return body
    except RecursionError:  # nested deeper than anything of ours, so that it could hide a file
        return b"null"


def _without_foreign(value):
    if isinstance(value, dict):
        if "path" in value and "meta" in value and not own(value["path"]):
            return {"path": str(folder() / REFUSED), "meta": {"_type": "gradio.FileData"}}
        return {key: _without_foreign(inner) for key, inner in value.items()}
    return [_without_foreign(inner) for inner in value] if isinstance(value, list) else value


def _replay(body, receive):
    """A ``receive`` that gives this body, then goes on with the original."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed():
        return messages.pop() if messages else await receive()

    return replayed
