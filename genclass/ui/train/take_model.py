"""The buttons that take the watched run's model away: as a zip, or as a page that answers by itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import store
from genclass.ui.common import page_button
from genclass.ui.common.events import HIDDEN, RAW, safely
from genclass.ui.common.model_zip import MODELS, saved_zip
from genclass.ui.common.text import say


@dataclass
class TakeButtons:
    """The components; ``file`` hands the zip over to ``page.js``."""

    button: gr.Button
    file: gr.JSON
    page: page_button.PageButton


def build() -> TakeButtons:
    """The buttons."""
    button = gr.Button(say("take_model"), elem_id="train-take-model")
    file = gr.JSON(visible=False, elem_id="train-model-blob")
    return TakeButtons(button, file, page_button.build("train-take-page"))


def connect(panel: TakeButtons, watched: gr.Dropdown) -> None:
    """Connect the events; ``watched`` is the choice of the run that is shown."""
    packed = panel.button.click(packed_model, watched, panel.file, **RAW, **HIDDEN, **MODELS)
    packed.success(None, panel.file, None, js="file => genclass.save(file)", **RAW)
    page_button.connect(panel.page, made_page, watched)


@safely
def packed_model(run_id: Any) -> dict[str, str]:
    """A file for ``page.js`` to save: the zip of a run's newest model."""
    return page_button.link(saved_zip(_newest(run_id)))


@safely
def made_page(run_id: Any) -> dict[str, str]:
    """The same as a page."""
    return page_button.page_of(_newest(run_id))


def _newest(run_id: Any) -> Path:
    """The folder of a run's newest model.

    Raises:
        GenClassError: ``unknown_run`` or ``no_checkpoint_yet``.
    """
    folder = store.newest_model(runs.find(run_id))
    if folder is None:
        raise GenClassError("no_checkpoint_yet")
    return folder
