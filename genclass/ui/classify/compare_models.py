"""The panel Compare: the same image through several models side by side, with their time."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.models import facts
from genclass.models.classifier import Classifier
from genclass.ui.classify.question import Question
from genclass.ui.common import decoded_upload, figures, html, model_cache
from genclass.ui.common.decoded_upload import DecodedUpload
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, Event, nothing_to_do, safely
from genclass.ui.common.text import class_name, say

TOP = 3
NAMED = 12
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
    return ComparePanel(models, gr.HTML(html.note(say("why_nothing")), elem_id="compare-answers"))


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
    return _same_data(names[0])[:2] if names else []


def _same_data(name: str) -> list[str]:
    """A model, then those of the same data set: what differs is how they were made. None if there is no such model."""
    datasets = {model["name"]: model["dataset"] for model in model_cache.listed() if model["kind"] == "classifier"}
    same = [other for other in datasets if datasets[other] == datasets.get(name)]
    return sorted(same, key=lambda other: other != name)


@safely
def models_beside(model: object, chosen: object) -> list[str]:
    """The models to compare once another one is asked: unless one of them knows its kind of images, it and the next."""
    same = _same_data(model) if isinstance(model, str) else []
    if not same or (isinstance(chosen, list) and any(name in same for name in chosen)):
        raise nothing_to_do()
    return same[:2]


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
    seen = figures.figure(upload.pixels, say("card_seen", size=upload.classifier.image_size))
    taken = facts.milliseconds(lambda: upload.classifier.answer(upload.small), PASSES)
    speed = say("milliseconds", time=f"{taken:.1f}")
    doubt = html.note(unlike_training_data(upload), "warning") if upload.out_of_distribution else ""
    return (
        f'<section class="gc-card"><h3>{escape(upload.classifier.name)}</h3>{seen}{figures.bars(upload.top(TOP))}'
        f"{doubt}{html.note(speed)}</section>"
    )


def unlike_training_data(upload: DecodedUpload) -> str:
    """The warning: what this network knows, in words."""
    return say("unfamiliar", count=len(upload.classifier.classes), classes=class_list(upload.classifier))


def class_list(classifier: Classifier) -> str:
    """A classifier's classes, the first dozen of them."""
    more = " …" if len(classifier.classes) > NAMED else ""
    return say("comma").join(map(class_name, classifier.classes[:NAMED])) + more
