"""Buttons of the watched run: pause, resume, go on for longer, open its model in another tab, take it away, delete."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.jobs import runs
from genclass.train.run.layout import LIVE, STOPPABLE
from genclass.ui.common import kept_models, my_runs
from genclass.ui.common.events import HIDDEN, RAW, RUNS, Event, Parts, answers, parts_of, safely
from genclass.ui.common.model_tabs import KINDS, ModelTabs, opened
from genclass.ui.common.text import say
from genclass.ui.server import limits, visitors
from genclass.ui.train import take_model

QUIET = {**RAW, **HIDDEN}


@dataclass
class DeleteQuestion:
    """The row that asks whether a run is to be deleted for good."""

    row: gr.Row
    yes: gr.Button
    no: gr.Button


@dataclass
class LongerRow:
    """The row that makes a run longer."""

    row: gr.Row
    minutes: gr.Number
    go: gr.Button


@dataclass
class RunButtons:
    """The components."""

    stop: gr.Button
    resume: gr.Button
    open_gan: gr.Button
    open_classifier: gr.Button
    take: take_model.TakeButtons
    delete: gr.Button
    sure: DeleteQuestion
    longer: LongerRow

    def following(self) -> Parts:
        """What follows the state of the run, by the names of ``updates``."""
        own = parts_of(self, "stop", "resume", "delete", "open_gan", "open_classifier")
        return {**own, "longer": self.longer.row}


def build() -> RunButtons:
    """Lay the buttons out, with the rows that some of them open below."""
    with gr.Row(elem_classes="gc-buttons gc-steer"):
        stop = gr.Button(say("pause"), variant="stop", elem_id="train-stop", interactive=False)
        resume = gr.Button(say("resume"), elem_id="train-resume", visible=False)
        open_gan, open_classifier = (
            gr.Button(say(f"open_{kind}"), variant="primary", visible=False, elem_id=f"train-open-{kind}")
            for kind in KINDS
        )
        take = take_model.build()
        delete = gr.Button(say("delete"), elem_id="train-delete", visible=False)
    return RunButtons(stop, resume, open_gan, open_classifier, take, delete, _build_question(), _build_longer())


def _build_question() -> DeleteQuestion:
    with gr.Row(visible=False, elem_classes="gc-sure", elem_id="train-sure") as row:
        gr.Markdown(say("delete_sure"), elem_id="train-sure-words")
        yes = gr.Button(say("delete_yes"), variant="stop", elem_id="train-delete-yes")
        no = gr.Button(say("delete_no"), elem_id="train-delete-no")
    return DeleteQuestion(row, yes, no)


def _build_longer() -> LongerRow:
    with gr.Row(visible=False, elem_classes="gc-longer", elem_id="train-longer-row") as row:
        minutes = gr.Number(2, label=say("longer_minutes"), minimum=limits.LEAST_MINUTES, step=1,
                            elem_id="train-longer-minutes")  # fmt: skip
        go = gr.Button(say("longer"), elem_id="train-longer")
    return LongerRow(row, minutes, go)


def connect(
    panel: RunButtons, watched: gr.Dropdown, mine: gr.BrowserState, model_tabs: ModelTabs, refresh: Event
) -> None:
    """Connect the events.

    Args:
        watched: the choice of the run that is shown.
        mine: the browser's runs.
        refresh: the event that shows what has changed.
    """
    quiet = {**QUIET, **RUNS}
    panel.stop.click(stop_watched, watched, None, **quiet).then(**refresh)
    panel.resume.click(resume_watched, watched, None, **quiet).then(**refresh)
    panel.longer.go.click(lengthen_watched, [watched, panel.longer.minutes], None, **quiet).then(**refresh)
    take_model.connect(panel.take, watched)
    panel.delete.click(lambda: gr.update(visible=True), None, panel.sure.row, **QUIET)
    for answered in (panel.sure.no.click, watched.change):  # another run: it was not asked about
        answered(lambda: gr.update(visible=False), None, panel.sure.row, **QUIET)
    gone = {"mine": mine, "watched": watched, "sure": panel.sure.row}
    panel.sure.yes.click(**answers(delete_watched, gone), inputs=[watched, mine], **quiet).then(**refresh)
    for kind, button in zip(KINDS, (panel.open_gan, panel.open_classifier)):
        model_tabs.connect(button, kind, open_watched, watched, **QUIET)


def updates(status: dict[str, Any], ready: bool, damaged: bool = False) -> dict[str, Any]:
    """What can be done with a run, by the names of ``RunButtons.following``.

    Args:
        status: as ``runs.status`` gives it; empty where no run is watched.
        ready: whether it has a model.
        damaged: whether one is watched that can't be read: all that can be done is to delete it.
    """
    state, kind = status.get("state"), status.get("kind")
    over = bool(status) and state not in LIVE
    return {
        "stop": gr.update(visible=not over and not damaged, interactive=state in STOPPABLE),
        "resume": gr.update(visible=over and state != "finished"),
        "longer": gr.update(visible=over and bool(status.get("step"))),
        "delete": gr.update(visible=over or damaged),
        "open_gan": gr.update(visible=ready and kind == "gan"),
        "open_classifier": gr.update(visible=ready and kind == "classifier"),
    }


@safely
def stop_watched(run_id: Any) -> None:
    """Ask the run to stop between two steps."""
    runs.stop(run_id)


@safely
def resume_watched(run_id: Any, request: gr.Request) -> None:
    """Go on with the run."""
    limits.check_resume(run_id, None, visitors.owner(request))
    runs.resume(run_id, launch=limits.now.launch)


@safely
def lengthen_watched(run_id: Any, minutes: Any, request: gr.Request) -> None:
    """Go on with the run for longer than it was to last."""
    limits.check_resume(run_id, minutes, visitors.owner(request))
    runs.resume(run_id, minutes, limits.now.launch)


@safely
def delete_watched(run_id: Any, mine: Any) -> dict[str, Any]:
    """Remove the run; nothing is watched then."""
    runs.delete(run_id)
    kept_models.drop_deleted()
    return {"mine": my_runs.without(mine, run_id), "watched": None, "sure": gr.update(visible=False)}


@safely
def open_watched(run_id: Any) -> tuple[gr.Tabs, dict[str, Any]]:
    """Go to the tab that uses the run's model."""
    status = runs.status(run_id)
    return opened(status["kind"], status["name"])
