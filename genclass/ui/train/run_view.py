"""What the tab Train shows. Each part comes with a mark of its content, so that only what changed is sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
import pandas as pd

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.train import ending
from genclass.train.run.layout import LIVE
from genclass.ui.common import html, model_cache
from genclass.ui.common.text import say, sentence
from genclass.ui.server import limits
from genclass.ui.train import compare_runs, run_buttons, run_pictures, run_plots, run_summary, start

FRAMES = 8


@dataclass
class Asked:
    """What the browser asks to see, raw.

    Attributes:
        run_id: of the run that is watched.
        mine: ids of the runs that the browser keeps.
        look_back: which picture, an index; anything else for the newest.
        compared, curve, axis: as ``compare_runs.compared`` takes them.
    """

    run_id: Any = None
    mine: Sequence[str] = ()
    look_back: Any = None
    compared: Any = None
    curve: Any = compare_runs.CURVES[0]
    axis: Any = compare_runs.AXES[0]


@dataclass
class View:
    """What there is to show: a run (None where none is watched), its reports and pictures, and the runs to list.

    ``damaged`` are the ids of those that can't be read, ``fault`` says so of the watched one.
    """

    listed: list[dict[str, Any]]
    models: list[dict[str, Any]]
    damaged: list[str]
    status: dict[str, Any] | None = None
    reports: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[run_pictures.Picture] = field(default_factory=list)
    fault: GenClassError | None = None

    @property
    def id(self) -> str | None:
        return self.status["id"] if self.status else None

    @property
    def ready(self) -> bool:
        """Whether the run has a model that the other tabs can use."""
        return self.status is not None and self.status["name"] in {model["name"] for model in self.models}


def view(run_id: Any, mine: Sequence[str] = ()) -> View:
    """The present state of a run and of those that may be listed; a run that is gone is as none."""
    ids = mine if limits.now.public else None
    listed = runs.list_runs(ids)
    others = View(listed, model_cache.listed(), runs.list_damaged(listed, ids))
    try:
        return replace(others, status=runs.status(run_id), reports=runs.metrics(run_id), pictures=runs.pictures(run_id))
    except GenClassError as error:
        return replace(others, fault=error if error.code == "broken_run" else None)


def changes(seen: Any, asked: Asked) -> dict[str, Any]:
    """What the browser does not show yet, by the names of the tab's parts; always with marks of all, as ``seen``.

    Args:
        seen: the marks that this function gave last; anything else counts as none.
    """
    seen = seen if isinstance(seen, dict) else {}
    now = view(asked.run_id, asked.mine)
    frame = _frame(now, asked.look_back, seen)
    parts = _parts(now, asked, seen, frame)
    marks = {name: _mark(value) for name, value in parts.items()}
    fresh = {name: value for name, value in parts.items() if seen.get(name) != marks[name]}
    state = now.status["state"] if now.status else None
    shown = {"pictures": len(now.pictures) - 1, "id": now.id, "state": state, "frame": frame}
    return {**fresh, "seen": marks | shown}


def _frame(now: View, look_back: Any, seen: dict[str, Any]) -> int | None:
    """Which frame of the look back is due: it plays once, a frame a tick, when a run that was watched has ended; None
    otherwise, and once the visitor has moved the slider.
    """
    last, before = len(now.pictures) - 1, seen.get("frame")
    if last < 2 or seen.get("id") != now.id or now.status is None or now.status["state"] != "finished":
        return None
    if seen.get("state") in LIVE:
        return 0
    if not isinstance(before, int) or not 0 <= before < FRAMES - 1:
        return None
    return before + 1 if look_back == _index(before, last) else None


def _index(frame: int, last: int) -> int:
    """The picture that a frame shows."""
    return round(frame * last / (FRAMES - 1))


def _mark(value: Any) -> int:
    """A hash: pictures and tables are long."""
    content = value.to_json() if isinstance(value, pd.DataFrame) else json.dumps(value, default=str)
    return hash(content) & 0xFFFFFFFF


def _parts(now: View, asked: Asked, seen: dict[str, Any], frame: int | None) -> dict[str, Any]:
    status = now.status or {}
    plot, differences = compare_runs.compared(asked.compared, asked.curve, asked.axis)
    return {
        "run": gr.update(visible=bool(status or now.fault)),
        **run_buttons.updates(status, now.ready, damaged=now.fault is not None),
        "status": _told(now),
        **run_plots.updates(now.reports),
        **_pictures(now, asked.look_back, seen, frame),
        "command": start.command_line(runs.request(status["id"]), status["name"]) if status else "",
        "table": run_summary.table(now.listed),
        **_choices(now),
        "comparison": plot,
        "differences": differences,
        "gan_models": _models(now, "gan"),
        "classifier_models": _models(now, "classifier"),
    }  # fmt: skip


def _told(now: View) -> str:
    if now.status:
        return run_summary.told(now.status, now.ready, now.reports, ending.score(now.pictures))
    return html.note(sentence(now.fault), "warning") if now.fault else html.empty(say("no_run"), say("no_run_then"))


def _pictures(now: View, look_back: Any, seen: dict[str, Any], frame: int | None) -> dict[str, Any]:
    """The newest picture, unless the slider was moved back to an earlier one, or the look back plays."""
    last, before = max(len(now.pictures) - 1, 0), seen.get("pictures")
    back = isinstance(look_back, (int, float)) and isinstance(before, int) and 0 <= look_back < before
    follows = not back or seen.get("id") != now.id or frame is not None  # another run begins with its newest
    index = _index(frame, last) if frame is not None else last if follows else int(min(look_back, last))
    picture, mistakes = run_pictures.shown(now.status, now.pictures, index)
    moved = gr.update(maximum=max(last, 1), visible=last > 0) | ({"value": index} if follows else {})
    return {"look_back": moved, "picture": picture, "mistakes": mistakes}


def _choices(now: View) -> dict[str, Any]:
    """Runs to watch and to compare: the listed ones, and one whose id was pasted; to watch, damaged ones, too."""
    known = {status["id"]: status for status in now.listed}
    if now.status:
        known.setdefault(now.status["id"], now.status)
    choices = [(run_summary.title(status), run_id) for run_id, status in known.items()]
    damaged = [(say("damaged_run", id=run_id[:8]), run_id) for run_id in now.damaged]
    return {"watched": gr.update(choices=choices + damaged), "compared": gr.update(choices=choices)}


def _models(now: View, kind: str) -> dict[str, Any]:
    return gr.update(choices=[model["name"] for model in now.models if model["kind"] == kind])
