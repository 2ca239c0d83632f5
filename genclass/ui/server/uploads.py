"""Files from visitors: only what they uploaded to this server is ever opened. How large they may be: ``limits.py``."""

import base64
import functools
import os
from pathlib import Path
from typing import Any

from genclass.errors import GenClassError

LONGEST = 4096  # of a path, as systems have it
DEEPEST = 16  # folders below that of the uploads, were it as deep as its real one


def folder() -> Path:
    """Where this server keeps uploads and the pictures it hands out."""
    return _real(os.environ["GRADIO_TEMP_DIR"])


@functools.cache
def _real(folder: str) -> Path:
    return Path(folder).resolve()


def refused() -> Path:
    """An empty file that takes the place of what may not be opened."""
    return folder() / "refused-by-genclass"


def uploaded(file: Any) -> Path:
    """The path of a file that came with an event.

    Args:
        file: Gradio's dict of an uploaded file, with ``path``.

    Raises:
        GenClassError: ``nothing_given``, ``no_url``, or ``upload_gone`` if it has been deleted since.
    """
    if not isinstance(file, dict) or not file.get("path"):
        raise GenClassError("nothing_given")
    if not own(file["path"]) or Path(file["path"]).resolve() == refused():
        raise GenClassError("no_url")
    path = Path(file["path"])
    if not path.is_file():
        raise GenClassError("upload_gone")
    return path


def own(path: Any) -> bool:
    """Whether a path lies in the folder of this server's uploads.

    Where it does not by its text alone, the disk is not asked: of a path of a million folders that took minutes.
    """
    try:
        text, here = os.fspath(path), folder()
        named = text.startswith(tuple(os.path.join(place, "") for place in (here, os.environ["GRADIO_TEMP_DIR"])))
        near = named and len(text) <= LONGEST and text.count(os.sep) <= len(here.parts) + DEEPEST
        return near and Path(text).resolve().is_relative_to(here)
    except (TypeError, ValueError, OSError):  # no text, a zero byte
        return False


def content(url: object, prefix: str, most: int) -> bytes:
    """The bytes of a small picture that a script of the page made and sent as a data URL, without a file.

    Args:
        prefix: how the URL begins.
        most: letters that it may have.

    Raises:
        GenClassError: ``broken_image``.
    """
    if not isinstance(url, str) or not url.startswith(prefix) or len(url) > most:
        raise GenClassError("broken_image")
    try:
        return base64.b64decode(url[len(prefix) :], validate=True)
    except ValueError as error:
        raise GenClassError("broken_image") from error
