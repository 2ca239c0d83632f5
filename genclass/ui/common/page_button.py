"""The button that takes a model away as one page, which answers by itself: beside that of its zip, wherever one is."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from genclass.jobs import web_pages
from genclass.models import checkpoint, export
from genclass.ui.common.events import HIDDEN, RAW, WATCH, Event
from genclass.ui.common.text import say
from genclass.ui.server import limits, quota

PAGES: Event = {"concurrency_id": "pages", "concurrency_limit": 1}
Version = tuple[tuple[str, int, int], ...]  # of a folder: (name, when written, bytes) of its files
_made: dict[tuple[Path, Version], str] = {}  # paths of pages that are still there


@dataclass
class PageButton:
    """The components; ``file`` hands the page over to ``page.js``."""

    button: gr.Button
    file: gr.JSON


def build(elem_id: str) -> PageButton:
    """The button; strangers don't get to see it where the libraries that it takes are missing."""
    visible = export.is_available() or not limits.now.public
    button = gr.Button(say("take_page"), visible=visible, min_width=130, elem_id=elem_id)
    return PageButton(button, gr.JSON(visible=False, elem_id=f"{elem_id}-blob"))


def connect(panel: PageButton, make: Callable[[Any], dict[str, str]], chosen: gr.Textbox | gr.Dropdown) -> None:
    """Connect the events.

    Args:
        make: gives the page of what is ``chosen``, as ``page_of``.
    """
    panel.button.click(None, None, panel.button, js=_label("making_page", "false"), **WATCH)
    made = panel.button.click(make, chosen, panel.file, **HIDDEN, **RAW, **PAGES)
    made.then(None, None, panel.button, js=_label("take_page", "true"), **WATCH)
    made.success(None, panel.file, None, js="file => genclass.save(file)", **WATCH)


def _label(key: str, interactive: str) -> str:
    return f"() => ({{__type__: 'update', value: {json.dumps(say(key))}, interactive: {interactive}}})"


def page_of(folder: Path) -> dict[str, str]:
    """A file for ``page.js`` to save: the page of a checkpoint folder's model, made once for all who ask.

    Raises:
        GenClassError: as ``web_pages.make``; ``busy``.
    """
    files = sorted(folder.iterdir())
    key = folder, tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    if not Path(_made.get(key, "")).is_file():
        for old in [old for old, path in _made.items() if not Path(path).is_file()]:
            del _made[old]
        _made[key] = _saved(folder)
    return link(_made[key])


def link(path: str) -> dict[str, str]:
    """A file that the page may serve, for ``page.js`` to save."""
    return {"name": Path(path).name, "url": f"gradio_api/file={path}"}


def _saved(folder: Path) -> str:
    name = f"{checkpoint.read_config(folder)['name']}.html"
    with tempfile.TemporaryDirectory() as made:
        web_pages.make(folder, Path(made) / name)
        return quota.save((Path(made) / name).read_bytes(), name)
