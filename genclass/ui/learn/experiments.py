"""The buttons of Learn that set another tab to an experiment and go there."""

from dataclasses import dataclass

import gradio as gr

from genclass.models.recipe import ALL, Recipe
from genclass.train.settings import PRESETS
from genclass.ui.common import model_cache
from genclass.ui.common.events import HIDDEN, NETWORKS, RAW, safely, sorry
from genclass.ui.common.text import say
from genclass.ui.learn import model_advisor
from genclass.ui.server import uploads

QUIET = {**HIDDEN, **RAW}
# name: what is asked of Generate beside the model; the model's name is part of it where it must have classes or not
RECIPES = {
    "sheet": {"count": 16, "seed": 7},
    "classes": {"class_name": ALL, "seed": 3},
    "typical": {"count": 16, "seed": 7, "truncation": 0.5},
}
# name: (kind, data set, preset, minutes)
RUNS = {
    "classic": ("gan", "fashion-mnist-mini", "classic-gan", 5),
    "textbook": ("classifier", "cifar10-mini", "classic-cnn", 2),
    "features": ("gan", "cifar10-mini", "gan", 10),
}


@dataclass
class Others:
    """The tabs that experiments open.

    Attributes:
        tabs: the ``gr.Tabs`` of the page.
        generate, classify: their ``Tab``.
        form: Train's ``choosing.Form``; None where nothing is trained.
    """

    tabs: gr.Tabs
    generate: object
    classify: object
    form: object


def button(name):
    """One button; ``sample``, ``ask`` or ``advised`` connects it."""
    return gr.Button(
        say(f"try_{name}"), size="md", elem_id=f"try-{name}", elem_classes="gc-try", scale=0, min_width=280
    )


def sample(others, pressed, name):
    """Open Generate with one of ``RECIPES``."""
    opened = {others.tabs: gr.update(selected="generate")}
    others.generate.show_recipe(pressed.click, lambda: recipe(name), opened, **QUIET, **NETWORKS)


def recipe(name):
    """One of ``RECIPES``, of a model that can draw it."""
    return Recipe(_model_of(name), **RECIPES[name])


def _model_of(name):
    """The first GAN, or the first with classes where all of them are asked for; without one the visitor is told."""
    names = model_cache.names("gan", classes=RECIPES[name].get("class_name") == ALL)
    if not names:
        raise sorry(say("try_none"))
    return names[0]


def ask(others, pressed, image, model):
    """Open Classify with the image and the network that a lesson shows."""
    classify = others.classify
    sent = pressed.click(open_classify, [image, model], [others.tabs, classify.image, classify.model], **QUIET)
    classify.after_choice(sent)


@safely
def open_classify(image, model):
    """The tab, the file and the network's name."""
    model_cache.load(model, "classifier")
    return gr.Tabs(selected="classify"), str(uploads.uploaded(image)), model


def train(others, name):
    """A button that sets Train's form, if there is one, to one of ``RUNS``; Start is left to the visitor."""
    if others.form:
        button(name).click(_trainer(name), None, _form(others), **QUIET)


def advised(others, pressed, questions):
    """Set Train's form to what the helper advises."""
    pressed.click(open_advised, questions, _form(others), **QUIET)


@safely
def open_advised(*answers):
    """The tab and the form's values."""
    advice = model_advisor.advise(*answers)
    return _asked(advice.kind, "fashion-mnist-mini", advice.preset, advice.minutes)


def _trainer(name):
    @safely
    def open_train():
        return _asked(*RUNS[name])

    return open_train


def _form(others):
    form = others.form
    return [others.tabs, form.kind, form.data, form.preset, form.minutes, form.own.box, form.epochs]


def _asked(kind, dataset, preset, minutes):
    """Values of ``_form``. One's own images are not asked for, and no epochs, which would count before the minutes."""
    choices = gr.update(choices=list(PRESETS[kind]), value=preset)
    return gr.Tabs(selected="train"), kind, dataset, choices, minutes, gr.update(visible=False), 0
