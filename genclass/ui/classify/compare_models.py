"""The panel Compare: the same image through several models side by side, with their time."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.models import facts
from genclass.ui.classify.known_classes import class_list
from genclass.ui.classify.question import Question
from genclass.ui.common import decoded_upload, figures, html, model_cache
from genclass.ui.common.decoded_upload import DecodedUpload
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, Event, nothing_to_do, safely
from genclass.ui.common.text import say

TOP = 3
PASSES = 3


@dataclass
class ComparePanel:
    """The components."""

    models: gr.Dropdown
    answers: gr.HTML


def build() -> ComparePanel:
    """Lay the panel out."""
    models = gr.Dropdown(model_cache.names("classifier"), value=_first_models(), multiselect=True,
                         allow_custom_value=True, label=say("compare_models"), elem_id="compare-models")  # fmt: skip
    return ComparePanel(models, gr.HTML(html.note(say("why_wait")), elem_id="compare-answers"))


def connect(panel: ComparePanel, question: Question, demo: gr.Blocks) -> None:
    """Connect the events."""
    panel.models.input(**comparison(panel, question))
    known = question.model.change(models_beside, [question.model, panel.models], panel.models, **LIVE)
    known.success(**comparison(panel, question))
    demo.load(_present_models, None, panel.models, **WATCH)


def comparison(panel: ComparePanel, question: Question) -> Event:
    """The event that compares: for this panel, and for the tab once it has answered."""
    inputs = [question.image, panel.models, question.how]
    return {"fn": compare, "inputs": inputs, "outputs": panel.answers, **LIVE, **CLASSIFIERS}


def _present_models() -> dict[str, Any]:
    """The models of this moment: those of build time may be long gone."""
    return gr.update(choices=model_cache.names("classifier"), value=_first_models())


def _first_models() -> list[str]:
    names = model_cache.names("classifier")
    return _pair(names[0]) if names else []


def _datasets() -> dict[str, str]:
    """What each classifier was trained on, by name; in the order of lists."""
    known = {model["name"]: model["dataset"] for model in model_cache.listed()}
    return {name: known[name] for name in model_cache.names("classifier") if name in known}


def _pair(name: str) -> list[str]:
    """A model and another to compare it with: of the same data set, where what differs is how they were made."""
    datasets = _datasets()
    order = sorted(datasets, key=lambda other: (other != name, datasets[other] != datasets[name]))
    return order[:2]


@safely
def models_beside(model: object, chosen: object) -> list[str]:
    """The models to compare once another one is asked: unless one of them knows its kind of images, it and the next."""
    datasets = _datasets()
    if not isinstance(model, str) or model not in datasets:
        raise nothing_to_do()
    if isinstance(chosen, list) and any(name in chosen for name in datasets if datasets[name] == datasets[model]):
        raise nothing_to_do()
    return _pair(model)


@safely
def compare(file: object, names: Any, how: object) -> str:
    """What each of the models says of an upload, and how long it took: a card for each.

    Raises:
        GenClassError: ``bad_choice`` for what is no list of models, or more of them than there are.
    """
    if file is None:
        return html.note(say("why_nothing"))
    known = model_cache.names("classifier")
    if names and (not isinstance(names, list) or len(names) > len(known)):
        raise GenClassError("bad_choice", field="model", choices=", ".join(known))
    answered = [decoded_upload.classify(file, name, how) for name in names or ()]
    if not answered:
        return html.note(say("compare_none"))
    return f'<div class="gc-cards">{"".join(map(_card, answered))}</div>'


def _card(upload: DecodedUpload) -> str:
    seen = figures.photo(upload.pixels, say("card_seen", size=upload.classifier.image_size))
    taken = facts.milliseconds(lambda: upload.classifier.answer(upload.small), PASSES)
    speed = say("milliseconds", time=f"{taken:.1f}")
    doubt = html.note(unlike_training_data(upload), "warning") if upload.answer.unfamiliar else ""
    return (
        f'<section class="gc-card"><h3>{escape(upload.classifier.name)}</h3>{seen}{figures.bars(upload.top(TOP))}'
        f"{doubt}{html.note(speed)}</section>"
    )


def unlike_training_data(upload: DecodedUpload) -> str:
    """The warning: what this network knows, in words."""
    return say("unfamiliar", count=len(upload.classifier.classes), classes=class_list(upload.classifier))
