"""The place to drop the zip of a model that was taken away: it becomes a run, and is watched."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.jobs import bundle
from genclass.ui.common.events import RAW, Event, answers, safely
from genclass.ui.common.model_zip import MODELS
from genclass.ui.common.text import say
from genclass.ui.server import limits, uploads, visitors
from genclass.ui.train import run_panel


@dataclass
class BringPanel:
    """The components."""

    drop: gr.File


def build() -> BringPanel:
    """Lay the panel out."""
    with gr.Accordion(say("bring_model"), open=False, elem_id="train-bring-fold"):
        drop = gr.File(label=say("bring_model_hint"), file_types=[".zip"], height=44, elem_id="train-bring",
                       elem_classes="gc-drop-line")  # fmt: skip
    return BringPanel(drop)


def connect(panel: BringPanel, watched: gr.Dropdown, mine: gr.BrowserState, refresh: Event) -> None:
    """Connect the events.

    Args:
        watched: the choice of the run that is shown.
        mine: the browser's runs.
        refresh: the event that shows what has changed.
    """
    brought = answers(bring, {"drop": panel.drop, "mine": mine, "watched": watched})
    panel.drop.upload(**brought, inputs=[panel.drop, mine], **RAW, **MODELS).success(**refresh)


@safely
def bring(file: Any, mine: Any, request: gr.Request) -> dict[str, Any]:
    """The runs with the one that the zip's model has become, and the choice of it."""
    owner = visitors.owner(request)
    limits.check_bring(owner)
    run_id = bundle.bring(uploads.uploaded(file), owner, limits.MAX_MODEL_BYTES[limits.now.public])
    return {"drop": None, **run_panel.watch_new(run_id, mine)}
