"""Files from visitors: only what they uploaded to this server is ever opened. How large they may be: ``limits.py``."""

import os
from pathlib import Path
from typing import Any

from genclass.errors import GenClassError


def folder() -> Path:
    """Where this server keeps uploads and the pictures it hands out."""
    return Path(os.environ["GRADIO_TEMP_DIR"]).resolve()


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
    """Whether a path lies in the folder of this server's uploads."""
    try:
        return Path(path).resolve().is_relative_to(folder())
    except (TypeError, ValueError, OSError):  # no text, a zero byte, too long
        return False
