"""A finished model taken away as a zip, and a zip brought back."""

import io
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import bundle, runs
from genclass.models import checkpoint, store
from genclass.ui.common.events import HIDDEN, RAW, safely
from genclass.ui.common.text import say
from genclass.ui.server import limits, quota, uploads

MODELS = {"concurrency_id": "models", "concurrency_limit": 1}


@dataclass
class ModelZipPanel:
    """The components."""

    take: gr.Button
    blob: gr.JSON
    drop: gr.File


def build_take():
    """The button that takes the watched run's model away, and what hands the file over."""
    button = gr.Button(say("take_model"), elem_id="train-take-model")
    return button, gr.JSON(visible=False, elem_id="train-model-blob")


def build(button, blob):
    """The place to drop a model's zip; ``button`` and ``blob`` are as ``build_take`` made them."""
    with gr.Accordion(say("bring_model"), open=False, elem_id="train-bring-fold"):
        drop = gr.File(label=say("bring_model_hint"), file_types=[".zip"], height=150, elem_id="train-bring")
    return ModelZipPanel(button, blob, drop)


def connect(panel, watched, add, mine, look):
    """Connect the events.

    Args:
        watched: the choice of the run that is shown.
        add: from (run id, the browser's runs) to values of ``mine`` and ``watched``.
        mine: the browser's runs.
        look: keyword arguments of the event that shows what has changed.
    """
    quiet = {**RAW, **HIDDEN, **MODELS}
    packed = panel.take.click(packed_model, watched, panel.blob, **quiet)
    packed.success(None, panel.blob, None, js="file => genclass.save(file)", **RAW)

    @safely
    def bring(file, ids, request: gr.Request):
        """The runs with the one that the zip's model has become."""
        owner = limits.visitor(request)
        limits.check_bring(owner)
        return [None, *add(bundle.bring(uploads.uploaded(file), owner), ids)]

    panel.drop.upload(bring, [panel.drop, mine], [panel.drop, mine, watched], **RAW, **MODELS).success(**look)


@safely
def packed_model(run_id):
    """A file for ``page.js`` to save: the zip of a run's newest model.

    Raises:
        GenClassError: ``unknown_run`` or ``no_checkpoint_yet``.
    """
    folder = store.newest_model(runs.find(run_id))
    if folder is None:
        raise GenClassError("no_checkpoint_yet")
    path = saved_zip(folder)
    return {"name": Path(path).name, "url": f"gradio_api/file={path}"}


def saved_zip(folder):
    """The path of a zip of a checkpoint folder, among the files that the page may serve."""
    buffer = io.BytesIO()
    bundle.pack(folder, buffer)
    name = f"{checkpoint.read_config(folder)['name']}.zip"
    return quota.save(buffer.getvalue(), name)
