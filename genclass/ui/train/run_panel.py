"""Watching one run: which, how it stands, its pictures and curves, and the command that trains the same."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.train.run.layout import STOPPABLE
from genclass.ui.common import html, my_runs, text
from genclass.ui.common.events import HIDDEN, RAW, Event, Parts, parts_of, safely
from genclass.ui.common.model_tabs import ModelTabs
from genclass.ui.common.text import say
from genclass.ui.server import limits
from genclass.ui.train import run_buttons, run_plots

QUIET = {**RAW, **HIDDEN}
TELL = "run => { genclassAddress.tell('train', run ? 'run=' + encodeURIComponent(run) : ''); }"


@dataclass
class RunPanel:
    """The components; ``run`` is the column of what is there only while a run is watched."""

    watched: gr.Dropdown
    status: gr.HTML
    run: gr.Column
    buttons: run_buttons.RunButtons
    picture: gr.HTML
    look_back: gr.Slider
    plots: run_plots.RunPlots
    mistakes: gr.HTML
    command: gr.Code

    def following(self) -> Parts:
        """What follows the run, by name."""
        own = parts_of(self, "watched", "status", "run", "picture", "look_back", "mistakes", "command")
        return {**own, **self.buttons.following(), **self.plots.following()}


def build() -> RunPanel:
    """Lay the panel out."""
    info = say("my_runs_info") if limits.now.public else say("my_runs_local")
    watched = gr.Dropdown([], label=say("my_runs"), info=info, allow_custom_value=True, elem_id="train-mine")
    status = gr.HTML(html.note(say("run_wait")), elem_id="train-status")
    with gr.Column(visible=False, elem_id="train-run") as run:
        buttons = run_buttons.build()
        picture = gr.HTML(elem_id="train-picture")
        look_back = gr.Slider(0, 1, 1, step=1, label=say("look_back"), visible=False, buttons=[], elem_id="train-look")
        plots = run_plots.build()
        mistakes = gr.HTML(elem_id="train-mistakes")
        command = gr.Code(label=say("command"), language="shell", interactive=False, wrap_lines=True, lines=1,
                          elem_id="train-command")  # fmt: skip
    return RunPanel(watched, status, run, buttons, picture, look_back, plots, mistakes, command)


def connect(panel: RunPanel, demo: gr.Blocks, mine: gr.BrowserState, model_tabs: ModelTabs, refresh: Event) -> None:
    """Connect the events.

    Args:
        demo: whose opening chooses the run that was watched before.
        mine: the browser's runs.
        refresh: the event that shows what has changed.
    """
    demo.load(watch_again, mine, panel.watched, **QUIET).then(**refresh)
    panel.watched.change(None, panel.watched, None, js=TELL, **QUIET)
    panel.watched.input(watch, [panel.watched, mine], mine, **QUIET).then(**refresh)
    panel.look_back.input(**refresh | {"trigger_mode": "always_last"})
    run_buttons.connect(panel.buttons, panel.watched, mine, model_tabs, refresh)


def watch_new(run_id: str, mine: Any) -> dict[str, Any]:
    """The browser's runs with a new one, and the choice of it."""
    chosen = gr.update(value=run_id, choices=[(runs.status(run_id)["name"], run_id)])
    return {"mine": my_runs.watching(mine, run_id), "watched": chosen}


@safely
def watch(run_id: Any, mine: Any) -> dict[str, Any]:
    """The browser's runs with the one that was chosen."""
    if run_id:
        runs.status(run_id)  # a pasted id may be wrong, or its run damaged: say so
    return my_runs.watching(mine, run_id)


@safely
def watch_again(mine: Any, request: gr.Request) -> str | None:
    """The run that the opened link names; after a reload the one that was watched before; on one's own machine else
    the one that is being trained.
    """
    linked = request.query_params.get("run")
    if linked and request.query_params.get("tab") == "train":
        try:
            return runs.status(linked)["id"]
        except GenClassError as error:
            gr.Warning(text.sentence(error))
            if error.code == "broken_run":
                return linked
    before = my_runs.watched(mine)
    if before or limits.now.public:
        return before
    return next((status["id"] for status in runs.list_runs() if status["state"] in STOPPABLE), None)
