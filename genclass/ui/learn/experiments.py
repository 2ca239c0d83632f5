"""The buttons of Learn that set another tab to an experiment and go there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.blocks import Block

from genclass.models.recipe import ALL, Recipe
from genclass.ui.common import model_cache
from genclass.ui.common.events import HIDDEN, NETWORKS, RAW, WATCH, Parts, answers, parts_of, safely, sorry
from genclass.ui.common.model_tabs import SHOW_IMAGE
from genclass.ui.common.text import say
from genclass.ui.server import limits, uploads
from genclass.ui.train import form

if TYPE_CHECKING:
    from genclass.ui.classify.tab import ClassifyTab
    from genclass.ui.generate.tab import GenerateTab
    from genclass.ui.train.form import Form

QUIET = {**HIDDEN, **RAW}
# name: what is asked of Generate beside the model
RECIPES: dict[str, dict[str, Any]] = {
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
ADVISED, ASK = "advised", "ask"


@dataclass
class Others:
    """The tabs that experiments open.

    Attributes:
        tabs: the ``gr.Tabs`` of the page.
        form: Train's; None where nothing is trained.
    """

    tabs: gr.Tabs
    generate: "GenerateTab"
    classify: "ClassifyTab"
    form: "Form | None"

    def asked_run(self) -> Parts:
        """What opens Train, set to a run, by the names of ``run_values``; nothing where none can be started."""
        if self.form is None:
            return {}
        fields = parts_of(self.form, "kind", "data", "preset", "minutes", "epochs")
        return {"tabs": self.tabs, **fields, "own": self.form.own.box}


def build(name: str) -> gr.Button | None:
    """The button of an experiment; None where nothing is trained and it would lead to Train."""
    if name in (*RUNS, ADVISED) and not limits.now.train:
        return None
    return gr.Button(
        say(f"try_{name}"), size="md", elem_id=f"try-{name}", elem_classes="gc-try", scale=0, min_width=280
    )


def connect(button: gr.Button, name: str, others: Others) -> None:
    """A press opens Generate with one of ``RECIPES``, or sets Train's form to one of ``RUNS``: Start is left to the
    visitor.
    """
    if name in RUNS:
        button.click(**answers(lambda: run_values(*RUNS[name]), others.asked_run()), inputs=None, **QUIET)
    else:
        opened: dict[Block, Any] = {others.tabs: gr.update(selected="generate")}
        others.generate.show_recipe(button.click, lambda: recipe(name), opened, **QUIET, **NETWORKS)


def connect_ask(button: gr.Button, image: gr.Image, model: gr.Dropdown, others: Others) -> None:
    """A press opens Classify with the image and the network that a lesson shows."""
    parts = {"tabs": others.tabs, **parts_of(others.classify, "image", "model")}
    sent = button.click(**answers(open_classify, parts), inputs=[image, model], **QUIET)
    sent.success(None, None, None, js=SHOW_IMAGE, **WATCH)
    others.classify.after_choice(sent)


def recipe(name: str) -> Recipe:
    """One of ``RECIPES``, of a model that can draw it."""
    return Recipe(_model_of(name), **RECIPES[name])


def _model_of(name: str) -> str:
    """The first GAN, or the first with classes where all of them are asked for; without one the visitor is told."""
    names = model_cache.names("gan", classes=RECIPES[name].get("class_name") == ALL)
    if not names:
        raise sorry(say("try_none"))
    return names[0]


@safely
def open_classify(image: Any, model: Any) -> dict[str, Any]:
    """Classify with the file and the network."""
    model_cache.load(model, "classifier")
    asked = model_cache.choice("classifier", model)
    return {"tabs": gr.update(selected="classify"), "image": str(uploads.uploaded(image)), "model": asked}


def run_values(kind: str, dataset: str, preset: str, minutes: float) -> dict[str, Any]:
    """Train with a run to be asked for, and no epochs, which would count before minutes."""
    return {
        "tabs": gr.update(selected="train"),
        "kind": kind,
        "data": dataset,
        "preset": gr.update(choices=form.presets(kind, dataset), value=preset),
        "minutes": minutes,
        "epochs": 0,
        "own": gr.update(visible=dataset == form.OWN),
    }
