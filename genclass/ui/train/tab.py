"""The tab Train: ask for a run, watch it learn, stop it, go on with it, compare it with others.

Training is a process of its own; a timer looks at its folder.
"""

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.jobs import drafts
from genclass.ui.common import html, my_runs
from genclass.ui.common.events import HIDDEN, RAW, RUNS, STARTS, WATCH, Event, Parts, answers, safely
from genclass.ui.common.model_tabs import ModelTabs
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.server import limits, visitors
from genclass.ui.train import bring_model, compare_runs, own_images, run_panel, run_view
from genclass.ui.train import form as run_form
from genclass.ui.train import start as run_start

SECONDS = 1.0
# On a phone the run stands below the form, and would come in at the window's lower end.
PLACE = "{ behavior: 'smooth', block: innerWidth > 760 ? 'nearest' : 'start' }"
SHOW_NOW = f"document.getElementById('train-mine').scrollIntoView({PLACE})"
SHOW = f"() => {SHOW_NOW}"


@dataclass
class Memory:
    """What stands outside the tabs, because Gradio wakes a tab's own parts only when it is first opened.

    Attributes:
        mine: the browser's runs.
        seen: marks of what the browser shows.
        draft: the id of the visitor's own images.
    """

    timer: gr.Timer
    mine: gr.BrowserState
    seen: gr.JSON
    draft: gr.BrowserState


@dataclass
class TrainTab:
    """The tab and its panels; ``table`` lists the runs."""

    page: gr.Tab
    form: run_form.Form
    run: run_panel.RunPanel
    compare: compare_runs.ComparePanel
    table: gr.HTML
    bring: bring_model.BringPanel

    def following(self) -> Parts:
        """What follows the runs, by name."""
        return {**self.run.following(), **self.compare.following(), "table": self.table}


def build_memory() -> Memory:
    """The timer, and what the browser remembers."""
    mine = my_runs.build()
    seen = gr.JSON({}, visible=False, elem_id="train-seen")
    return Memory(gr.Timer(SECONDS), mine, seen, own_images.build_memory())


def build(memory: Memory) -> TrainTab:
    """Lay the tab out; ``memory`` is as ``build_memory`` made it, outside the tabs."""
    with titled_tab("train", "train") as page:
        with gr.Row(elem_classes="gc-split"):
            with gr.Column(scale=3, min_width=300):
                form = run_form.build(memory.draft)
            with gr.Column(scale=6, min_width=320, elem_classes="gc-watch"):
                run = run_panel.build()
        compare = compare_runs.build()
        title = say("all_mine") if limits.now.public else say("all_runs")
        with gr.Accordion(title, open=False, elem_id="train-runs-fold"):
            table = gr.HTML(elem_id="train-runs")
        bring = bring_model.build()
    return TrainTab(page, form, run, compare, table, bring)


def connect(tab: TrainTab, demo: gr.Blocks, memory: Memory, model_tabs: ModelTabs) -> None:
    """Connect the events.

    Args:
        demo: whose opening chooses the run that was watched before.
        model_tabs: the tabs whose lists of models a run adds to.
    """
    run_form.connect(tab.form, tab.page)
    run, mine = tab.run, memory.mine
    refresh = _refresh(tab, memory, model_tabs)
    memory.timer.tick(**refresh)
    # First: Gradio runs a press's events one by one.
    tab.form.start.click(None, run.status, run.status, js=_beginning(), **WATCH)
    started = tab.form.start.click(**answers(start, {"mine": mine, "watched": run.watched}),
                                   inputs=[*tab.form.values(), mine], **RAW, **STARTS)  # fmt: skip
    started.failure(None, None, run.status, js="() => genclass.given.status", **WATCH)
    started.success(None, None, None, js=SHOW, **RAW, **HIDDEN)
    started.then(**refresh)
    run_panel.connect(run, demo, mine, model_tabs, refresh)
    compare_runs.connect(tab.compare, refresh)
    bring_model.connect(tab.bring, run.watched, mine, refresh)


def _beginning() -> str:
    """``js`` of a press: that a run begins stands where it will be watched, until that fails."""
    words = json.dumps(html.progress("queued", say("begun"), 0, []))
    return f"said => {{ genclass.given.status = said; {SHOW_NOW}; return {words}; }}"


def _refresh(tab: TrainTab, memory: Memory, model_tabs: ModelTabs) -> Event:
    """The event that shows what has changed."""
    models = {"gan_models": model_tabs.gan.model, "classifier_models": model_tabs.classifier.model}
    asked = [tab.run.watched, memory.mine, memory.seen, tab.run.look_back, *tab.compare.asked()]
    parts = {"seen": memory.seen, **tab.following(), **models}
    return {**answers(tick, parts), "inputs": asked, **RAW, **HIDDEN, **RUNS}


@safely
def tick(run_id: Any, mine: Any, seen: Any, look_back: Any, compared: Any, curve: Any, axis: Any) -> dict[str, Any]:
    """What has changed since the browser last asked."""
    return run_view.changes(seen, run_view.Asked(run_id, my_runs.run_ids(mine), look_back, compared, curve, axis))


@safely
def start(request: gr.Request, kind: Any, name: Any, draft: Any, preset: Any, minutes: Any, run_name: Any, epochs: Any,
          seed: Any, *fields_and_mine: Any) -> dict[str, Any]:  # fmt: skip
    """Start a run and watch it."""
    *values, mirror, mine = fields_and_mine
    fields = dict(zip(run_form.FIELDS, values))
    own = drafts.read(draft) if name == run_form.OWN else None
    source: dict[str, Any] = {"dataset": name}
    if own:
        imageset = own.imageset(run_start.image_size(kind, preset, fields))
        source = {"imageset": imageset, "classes_from": own.read_by()}
        fields["flip"] = own_images.mirrored(mirror, fields.get("flip"))
    run_id = run_start.start(kind, preset, minutes, run_name, **source, epochs=epochs, seed=seed,
                             fields=fields, owner=visitors.owner(request),
                             session=request.session_hash)  # fmt: skip
    return run_panel.watch_new(run_id, mine)
