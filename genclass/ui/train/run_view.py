"""A run as the page shows it. Each part comes with a mark of its content, so that only what changed is sent."""

import json
from dataclasses import dataclass

import gradio as gr
import pandas as pd

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.train.run.layout import LIVE
from genclass.ui.common import html, model_cache
from genclass.ui.common.text import say
from genclass.ui.server import limits
from genclass.ui.train import compare_runs, run_pictures, run_summary, start

POINTS = 300
CURVES = {
    "losses": ("loss", "loss_d", "loss_g"),
    "accuracy": ("train_accuracy", "test_accuracy"),
    "realness": ("d_real", "d_fake"),
}
PARTS = ("run", "status", "stop", "resume", "longer", "delete", "open_gan", "open_classifier", "losses_box", "losses",
         "accuracy_box", "accuracy", "realness_box", "realness", "look", "picture", "mistakes", "command", "table",
         "mine", "compared", "comparison", "differences", "gan_models", "classifier_models")  # fmt: skip


@dataclass
class Asked:
    """What the browser asks to see.

    Attributes:
        run_id: of the run that is watched.
        mine: ids of the runs that the browser keeps.
        look: which picture, an index; None for the newest.
        compared, curve, axis: as ``comparing.compared`` takes them.
    """

    run_id: object = None
    mine: list = ()
    look: object = None
    compared: object = None
    curve: str = compare_runs.CURVES[0]
    axis: str = compare_runs.AXES[0]


@dataclass
class View:
    """What there is to show: a run (None where none is watched), its reports and pictures, and the runs to list."""

    status: dict | None
    reports: list
    pictures: list
    listed: list
    models: list

    @property
    def id(self):
        return self.status and self.status["id"]

    @property
    def ready(self):
        """Whether the run has a model that the other tabs can use."""
        return bool(self.status) and self.status["name"] in {model["name"] for model in self.models}


def view(run_id, mine=()):
    """The present state of a run and of those that may be listed; a run that is gone is as none."""
    listed = runs.list_runs(mine if limits.now.public else None)
    models = model_cache.listed()
    try:
        return View(runs.status(run_id), runs.metrics(run_id), runs.pictures(run_id), listed, models)
    except GenClassError:
        return View(None, [], [], listed, models)


def changes(seen, asked):
    """Updates of all ``PARTS`` in their order, with ``gr.skip()`` for what the browser shows already.

    Args:
        seen: marks by part, as this function gave them last.
        asked: an ``Asked``.

    Returns:
        (marks, updates).
    """
    seen = seen if isinstance(seen, dict) else {}
    now = view(asked.run_id, asked.mine)
    parts = {name: _marked(value) for name, value in _parts(now, asked, seen).items()}
    marks = {name: mark for name, (mark, _) in parts.items()} | {"pictures": len(now.pictures) - 1, "id": now.id}
    return marks, [gr.skip() if seen.get(name) == marks[name] else parts[name][1] for name in PARTS]


def _marked(value):
    """(mark, value); pictures and tables are long, so that a hash is kept of them."""
    content = value.to_json() if isinstance(value, pd.DataFrame) else json.dumps(value, default=str)
    return hash(content) & 0xFFFFFFFF, value


def _parts(now, asked, seen):
    status = now.status or {}
    return {
        **_controls(status, now.ready),
        "status": run_summary.told(status, now.ready) if status else html.empty(say("no_run"), say("no_run_then")),
        **_curves(now.reports),
        **_pictures(now, asked.look, seen),
        "command": start.command_line(runs.request(status["id"]), status["name"]) if status else "",
        "table": run_summary.table(now.listed),
        **_choices(now, asked),
        **_comparison(asked),
        "gan_models": _models(now, "gan"),
        "classifier_models": _models(now, "classifier"),
    }  # fmt: skip


def _controls(status, ready):
    state, kind = status.get("state"), status.get("kind")
    over = bool(status) and state not in LIVE
    return {
        "run": gr.update(visible=bool(status)),
        "stop": gr.update(visible=not over, interactive=state in ("queued", "running")),
        "resume": gr.update(visible=over and state != "finished"),
        "longer": gr.update(visible=over and bool(status.get("step"))),
        "delete": gr.update(visible=over),
        "open_gan": gr.update(visible=ready and kind == "gan"),
        "open_classifier": gr.update(visible=ready and kind == "classifier"),
    }


def _curves(reports):
    shown = {name: curve(reports, CURVES[name]) for name in CURVES}
    boxes = {f"{name}_box": gr.update(visible=len(points) > 1) for name, points in shown.items()}
    return {**boxes, **shown}


def curve(reports, names):
    """Reports as a table for a plot, at most ``POINTS`` of each curve: columns ``step``, ``value``, ``curve``.

    A curve of a single point is left out: its name would stand in the legend of what can't be seen.
    """
    known = {name: [report for report in reports if name in report] for name in names}
    rows = [
        (report["step"], report[name], say(f"curve_{name}"))
        for name in names
        if len(known[name]) > 1
        for report in compare_runs.thinned(known[name], POINTS)
    ]
    return pd.DataFrame(rows, columns=["step", "value", "curve"])


def _pictures(now, look, seen):
    """The newest picture, unless the slider was moved back to an earlier one."""
    last, before = max(len(now.pictures) - 1, 0), seen.get("pictures")
    back = isinstance(look, (int, float)) and isinstance(before, int) and 0 <= look < before
    follows = not back or seen.get("id") != now.id  # another run begins with its newest
    index = last if follows else int(min(look, last))
    picture, mistakes = run_pictures.shown(now.status, now.pictures, index)
    moved = gr.update(maximum=max(last, 1), visible=last > 0, **({"value": last} if follows else {}))
    return {"look": moved, "picture": picture, "mistakes": mistakes}


def _choices(now, asked):
    """Runs to watch and to compare: the listed ones, and one whose id was pasted."""
    known = {status["id"]: status for status in now.listed}
    if now.status:
        known.setdefault(now.status["id"], now.status)
    choices = [(run_summary.title(status), run_id) for run_id, status in known.items()]
    return {"mine": gr.update(choices=choices), "compared": gr.update(choices=choices)}


def _comparison(asked):
    plot, differences = compare_runs.compared(asked.compared, asked.curve, asked.axis)
    return {"comparison": plot, "differences": differences}


def _models(now, kind):
    return gr.update(choices=[model["name"] for model in now.models if model["kind"] == kind])
