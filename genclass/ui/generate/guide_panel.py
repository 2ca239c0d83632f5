"""The tool Guide: a classifier and a class, to which a generator's images are led; what others see before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from genclass.analysis import guidance
from genclass.analysis.search import SearchProgress
from genclass.errors import GenClassError, check_choice
from genclass.models.classifier import Classifier
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import HIDDEN, RAW, Parts, answers, parts_of, safely, safely_each, stoppable
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.generate import browser_request, search_panel
from genclass.ui.generate.search_panel import SearchPanel, SheetBar

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

    def shares(self, sampler: Sampler, recipe: Recipe) -> list[str]:
        """How sure each of them is of the class in a recipe's images, on average, in percent."""
        drawn, known = render.draw(sampler, recipe), [judge for judge in (self.guide, self.other) if judge]
        return [f"{judge.predict(drawn)[:, judge.classes.index(self.name)].mean():.0%}" for judge in known]


def build(shown: SheetBar) -> GuidePanel:
    """Lay the tool out; ``shown`` is its bar under the sheet."""
    with gr.Tab(say("guide"), id="guide", elem_id="tool-guide"):
        gr.HTML(html.note(say("guide_hint")), elem_id="guide-hint")
        with gr.Row(elem_classes="gc-pair"):
            judge = gr.Dropdown(model_cache.names("classifier"), label=say("guide_judge"),
                                elem_id="guide-judge", min_width=140)  # fmt: skip
            class_name = gr.Dropdown([], label=say("guide_class"), elem_id="guide-class", min_width=140)
        method = gr.Radio([(say(name), name) for name in SEARCH], value="climb", label=say("how"),
                          elem_id="guide-method")  # fmt: skip
        with gr.Row(elem_classes="gc-buttons"):
            go = gr.Button(say("guide_go"), variant="primary", elem_id="guide-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="guide-stop", min_width=80, interactive=False)
        search = search_panel.build_search("guide")
    return GuidePanel(go, stop, shown, **search, judge=judge, class_name=class_name, method=method)


def connect(panel: GuidePanel, tab: "GenerateTab") -> None:
    """Connect to the tab, whose sheet is where guidance begins, and which shows what is found."""
    panel.judge.select(_classes, [panel.judge, panel.class_name], panel.class_name, **RAW, **HIDDEN)
    chosen = tab.controls.class_name
    chosen.select(_classes, [panel.judge, chosen], panel.class_name, **RAW, **HIDDEN)
    searched = stoppable(panel.go, panel.stop, panel.shown.bar, first=search_panel.SEARCH,
                         **answers(guide, panel.report_parts(tab)), **tab.asks(panel.judge, panel.class_name,
                         panel.method))  # fmt: skip
    search_panel.connect(panel, tab, searched)


def shown_parts(panel: GuidePanel) -> Parts:
    """What ``shown`` fills."""
    return parts_of(panel, "judge", "class_name")


def shown(sampler: Sampler, recipe: Recipe) -> dict[str, Any]:
    """The judges there are, the one of the model's own data chosen, and its classes: that of the images chosen."""
    names = model_cache.names("classifier")
    own = model_cache.judge(sampler.config["dataset"])
    name = own.name if own else next(iter(names), None)
    classes = _classes(name, _class_of(sampler, recipe)) if name else gr.update(choices=[], value=None)
    return {"judge": gr.update(choices=names, value=name), "class_name": classes}


def _class_of(sampler: Sampler, recipe: Recipe) -> str | None:
    """The class that was chosen for a recipe's images, else that of the first of them; None of a model without."""
    first, _, _ = browser_request.shown_mixture(recipe)
    label = sampler.labels(recipe)[0]
    return first if first in sampler.classes else sampler.classes[label] if label >= 0 else None


@safely
def _classes(judge: object, name: object) -> dict[str, Any]:
    """What a judge knows, of which ``name`` is chosen, or the first."""
    classes = model_cache.load(judge, "classifier").classes
    return gr.update(choices=class_choices(classes), value=name if name in classes else classes[0])


@safely_each
def guide(asked: object, judge: object, name: str, method: str) -> Iterator[dict[str, Any]]:
    """Search with progress: the sheet found so far, and what each classifier sees before and after."""
    sampler, recipe, _ = browser_request.prepare(asked)
    search = SEARCH[check_choice("method", method, tuple(SEARCH))]
    judges = _judges(model_cache.load(judge, "classifier"), name)
    yield search_panel.begun("guide", recipe)
    before: list[str] | None = None
    found: Recipe | None = None
    for progress in search(sampler, judges.guide, name, recipe):
        before = before or judges.shares(sampler, guidance.start_of(sampler, name, recipe))
        if found is None or progress.recipe != found:  # in most steps nothing is new but their number
            found, seen = progress.recipe, _compared(judges, before, judges.shares(sampler, progress.recipe))
        yield search_panel.report("guide", sampler, progress, [_sureness(progress, name)], seen)


def _sureness(progress: SearchProgress, name: str) -> str:
    return say("sure", name=class_name(name), share=f"{progress.score:.0%}")


def _judges(guide: Classifier, name: str) -> Judges:
    guide.class_index(name)
    other = guidance.other_judge(guide.config, name, model_cache.folders())
    try:
        return Judges(guide, model_cache.load(other, "classifier") if other else None, name)
    except GenClassError:  # a run's model that has just been replaced
        return Judges(guide, None, name)


def _compared(judges: Judges, before: list[str], after: list[str]) -> str:
    """A table: how sure each classifier is of the class, before and after."""
    names = [say("guided_by", judge=judges.guide.name)]
    names += [say("only_asked", judge=judges.other.name)] if judges.other else []
    title = say("sees", name=class_name(judges.name))
    table = html.table([title, say("before"), say("after")], zip(names, before, after))
    return table if judges.other else table + html.note(say("no_other"))
