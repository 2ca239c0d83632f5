"""The tool Guide: a classifier and a class, to which a generator's images are led; before and after side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from genclass.analysis import guidance
from genclass.analysis.search import SearchProgress
from genclass.errors import GenClassError, check_choice
from genclass.files import images
from genclass.models.classifier import Classifier
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler, sheet_columns
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import (
    HIDDEN,
    LIVE,
    NETWORKS,
    RAW,
    Parts,
    answers,
    parts_of,
    safely,
    safely_each,
    stoppable,
)
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.generate import browser_request
from genclass.ui.generate.search_panel import SearchPanel, report

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab

SEARCH = {"climb": guidance.climb, "best": guidance.best_of}


@dataclass
class GuidePanel(SearchPanel):
    """The components that events read and write."""

    judge: gr.Dropdown
    class_name: gr.Dropdown
    method: gr.Radio


@dataclass(frozen=True)
class Judges:
    """Who looks at a guided sheet.

    Attributes:
        guide: the classifier that leads it to the class ``name``.
        other: a classifier that is only asked, or None.
    """

    guide: Classifier
    other: Classifier | None
    name: str


def build() -> GuidePanel:
    """Lay the tool out."""
    with gr.Tab(say("guide"), id="guide", elem_id="tool-guide"):
        gr.HTML(html.note(say("guide_hint")), elem_id="guide-hint")
        with gr.Row(elem_classes="gc-tool"):
            judge = gr.Dropdown(model_cache.names("classifier"), label=say("guide_judge"),
                                elem_id="guide-judge", min_width=160)  # fmt: skip
            class_name = gr.Dropdown([], label=say("class"), elem_id="guide-class", min_width=140)
            method = gr.Radio([(say(name), name) for name in SEARCH], value="climb", label=say("how"),
                              elem_id="guide-method", min_width=220)  # fmt: skip
            go = gr.Button(say("guide_go"), variant="primary", elem_id="guide-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="guide-stop", min_width=80, interactive=False)
        bar, compare = gr.HTML(elem_id="guide-bar"), gr.HTML(elem_id="guide-compare")
        take = gr.Button(say("take"), size="md", elem_id="guide-take", visible=False, min_width=160,
                         elem_classes="gc-alone")  # fmt: skip
        found = gr.Textbox(visible=False, elem_id="guide-found")
    return GuidePanel(go, stop, take, bar, compare, found, judge, class_name, method)


def connect(panel: GuidePanel, tab: "GenerateTab") -> None:
    """Connect to the tab, whose sheet is where guidance begins, and which shows what is found."""
    panel.judge.select(_classes, panel.judge, panel.class_name, **RAW, **HIDDEN)
    stoppable(panel.go, panel.stop, panel.bar, **answers(guide, panel.report_parts()),
              **tab.asks(panel.judge, panel.class_name, panel.method))  # fmt: skip
    tab.show_recipe(panel.take.click, render.parse, inputs=panel.found, **LIVE, **NETWORKS)


def shown_parts(panel: GuidePanel) -> Parts:
    """What ``shown`` fills."""
    return parts_of(panel, "judge", "class_name")


def shown(sampler: Sampler) -> dict[str, Any]:
    """The judges there are, the one of the model's own data chosen, and its classes."""
    names = model_cache.names("classifier")
    own = model_cache.judge(sampler.config["dataset"])
    name = own.name if own else next(iter(names), None)
    classes = _classes(name) if name else gr.update(choices=[], value=None)
    return {"judge": gr.update(choices=names, value=name), "class_name": classes}


@safely
def _classes(judge: object) -> dict[str, Any]:
    classes = model_cache.load(judge, "classifier").classes
    return gr.update(choices=class_choices(classes), value=classes[-1])


@safely_each
def guide(asked: object, judge: object, name: str, method: str) -> Iterator[dict[str, Any]]:
    """Search with progress: before and after, and the recipe found so far."""
    sampler, recipe, _ = browser_request.prepare(asked)
    search = SEARCH[check_choice("method", method, tuple(SEARCH))]
    judges = _judges(model_cache.load(judge, "classifier"), name)
    before = None
    for progress in search(sampler, judges.guide, name, recipe):
        before = before or _side(sampler, guidance.start_of(sampler, name, recipe), judges, "before")
        after = _side(sampler, progress.recipe, judges, "after")
        yield report("guide", progress, [_sureness(progress, name)], [before, after])


def _sureness(progress: SearchProgress, name: str) -> str:
    return say("sure", name=class_name(name), share=f"{progress.score:.0%}")


def _judges(guide: Classifier, name: str) -> Judges:
    guide.class_index(name)
    other = guidance.other_judge(guide.config, name, model_cache.folders())
    try:
        return Judges(guide, model_cache.load(other, "classifier") if other else None, name)
    except GenClassError:  # a run's model that has just been replaced
        return Judges(guide, None, name)


def _side(sampler: Sampler, recipe: Recipe, judges: Judges, when: str) -> html.Side:
    """A sheet, and what each classifier sees in it."""
    drawn = render.draw(sampler, recipe)
    columns = sheet_columns(recipe, len(drawn))
    lines = [_line(judges.guide, drawn, judges.name, "guided_by")]
    lines.append(say("no_other") if judges.other is None else _line(judges.other, drawn, judges.name, "only_asked"))
    return html.Side(say(when), images.png_bytes(images.sheet(drawn, columns), recipe.to_json()), columns, lines)


def _line(judge: Classifier, drawn: np.ndarray, name: str, role: str) -> str:
    share = judge.predict(drawn)[:, judge.classes.index(name)].mean()
    return say(role, judge=judge.name, name=class_name(name), share=f"{share:.0%}")
