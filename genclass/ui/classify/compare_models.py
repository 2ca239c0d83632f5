"""The panel Compare: the same image through several models side by side, with their time."""

from html import escape

import gradio as gr

from genclass.errors import GenClassError
from genclass.models import facts
from genclass.ui.common import decoded_upload, figures, html, model_cache
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, nothing_to_do, safely
from genclass.ui.common.text import class_name, say

TOP = 3
NAMED = 12
PASSES = 3


def build():
    """Build the panel; ``connect`` makes it work.

    Returns:
        (models to compare, their answers).
    """
    chosen = gr.Dropdown(model_cache.names("classifier"), value=_first_models(), multiselect=True,
                         allow_custom_value=True,
                         label=say("compare_models"), elem_id="compare-models")  # fmt: skip
    return chosen, gr.HTML(html.note(say("why_nothing")), elem_id="compare-answers")


def connect(chosen, answers, question, demo):
    """Connect the events.

    Args:
        question: components of the image, the model and how it is fitted.
    """
    image, model, how = question
    chosen.input(compare, [image, chosen, how], answers, **LIVE, **CLASSIFIERS)
    another = model.change(beside, [model, chosen], chosen, **LIVE)
    another.success(compare, [image, chosen, how], answers, **LIVE, **CLASSIFIERS)
    demo.load(_present, None, chosen, **WATCH)


def _present():
    """The models of this moment: those of build time may be long gone."""
    return gr.update(choices=model_cache.names("classifier"), value=_first_models())


def _first_models():
    names = model_cache.names("classifier")
    return _same_data(names[0])[:2] if names else []


def _same_data(name):
    """A model, then those of the same data set: what differs is how they were made. None if there is no such model."""
    datasets = {model["name"]: model["dataset"] for model in model_cache.listed() if model["kind"] == "classifier"}
    same = [other for other in datasets if datasets[other] == datasets.get(name)]
    return sorted(same, key=lambda other: other != name)


@safely
def beside(model, chosen):
    """The models to compare once another one is asked: unless one of them knows its kind of images, it and the next."""
    same = _same_data(model) if isinstance(model, str) else []
    if not same or (isinstance(chosen, list) and any(name in same for name in chosen)):
        raise nothing_to_do()
    return same[:2]


@safely
def compare(file, names, how):
    """A card for each model."""
    if file is None:
        return html.note(say("why_nothing"))
    return cards(file, names, how)


def cards(file, names, how):
    """What each of the models says of an upload, and how long it took.

    Raises:
        GenClassError: ``bad_choice`` for what is no list of models, or more of them than there are.
    """
    known = model_cache.names("classifier")
    if names and (not isinstance(names, list) or len(names) > len(known)):
        raise GenClassError("bad_choice", field="model", choices=", ".join(known))
    looks = [decoded_upload.look(file, name, how) for name in names or ()]
    return f'<div class="gc-cards">{"".join(map(_card, looks))}</div>' if looks else html.note(say("compare_none"))


def _card(look):
    seen = figures.figure(decoded_upload.pixels(look.small[0]), say("card_seen", size=look.classifier.image_size))
    taken = facts.milliseconds(lambda: look.classifier.answer(look.small), PASSES)
    speed = say("milliseconds", time=f"{taken:.1f}")
    doubt = html.note(out_of_distribution(look), "warning") if look.out_of_distribution else ""
    return (
        f'<section class="gc-card"><h3>{escape(look.classifier.name)}</h3>{seen}{figures.bars(look.top(TOP))}'
        f"{doubt}{html.note(speed)}</section>"
    )


def out_of_distribution(look):
    """The warning: what this network knows, in words."""
    return say("unfamiliar", count=len(look.classifier.classes), classes=named(look.classifier))


def named(classifier):
    """A classifier's classes, the first dozen of them."""
    more = " …" if len(classifier.classes) > NAMED else ""
    return say("comma").join(map(class_name, classifier.classes[:NAMED])) + more
