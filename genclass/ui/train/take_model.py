"""The button that takes the watched run's model away as a zip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import store
from genclass.ui.common.events import HIDDEN, RAW, safely
from genclass.ui.common.model_zip import MODELS, saved_zip
from genclass.ui.common.text import say


@dataclass
class TakeButton:
    """The components; ``file`` hands the zip over to ``page.js``."""

    button: gr.Button
    file: gr.JSON


def build() -> TakeButton:
    """The button."""
    button = gr.Button(say("take_model"), elem_id="train-take-model")
    return TakeButton(button, gr.JSON(visible=False, elem_id="train-model-blob"))


def connect(panel: TakeButton, watched: gr.Dropdown) -> None:
    """Connect the events; ``watched`` is the choice of the run that is shown."""
    packed = panel.button.click(packed_model, watched, panel.file, **RAW, **HIDDEN, **MODELS)
    packed.success(None, panel.file, None, js="file => genclass.save(file)", **RAW)


@safely
def packed_model(run_id: Any) -> dict[str, str]:
    """A file for ``page.js`` to save: the zip of a run's newest model.

    Raises:
        GenClassError: ``unknown_run`` or ``no_checkpoint_yet``.
    """
    folder = store.newest_model(runs.find(run_id))
    if folder is None:
        raise GenClassError("no_checkpoint_yet")
    path = saved_zip(folder)
    return {"name": Path(path).name, "url": f"gradio_api/file={path}"}
