"""A run as the page shows it. Each part comes with a mark of its content, so that only what changed is sent."""

import json
from dataclasses import dataclass

import gradio as gr
import pandas as pd

import genclass
from genclass import runs
from genclass.errors import GenClassError
from genclass.train.folder import LIVE, read_request
from genclass.ui import html, starting, text
from genclass.ui.text import say

POINTS = 300
CURVES = {
    "losses": ("loss", "loss_d", "loss_g"),
    "accuracy": ("train_accuracy", "test_accuracy"),
    "realness": ("d_real", "d_fake"),
}
PARTS = ("run", "status", "stop", "resume", "open_gan", "open_classifier", "losses_box", "losses",
         "accuracy_box", "accuracy", "realness_box", "realness", "picture", "command", "table", "mine",
         "gan_models", "classifier_models")  # fmt: skip


@dataclass
class View:
    """What there is to show: a run (None where none is watched), its reports and pictures, and everyone's runs."""

    status: dict | None
    reports: list
    pictures: list
    every: list
    models: list

    @property
    def id(self):
        return self.status and self.status["id"]

    @property
    def ready(self):
        """Whether the run has a model that the other tabs can use."""
        return bool(self.status) and self.status["name"] in {model["name"] for model in self.models}


def view(run_id):
    """The present state of a run and of all others; a run that is gone is as none."""
    every, models = runs.list_runs(), genclass.list_models()
    try:
        return View(runs.status(run_id), runs.metrics(run_id), runs.pictures(run_id), every, models)
    except GenClassError:
        return View(None, [], [], every, models)


def changes(seen, run_id, mine):
    """Updates of all ``PARTS`` in their order, with ``gr.skip()`` for what the browser shows already.

    Args:
        seen: marks by part, as this function gave them last.
        mine: ids of the runs that were started in this browser.

    Returns:
        (marks, updates).
    """
    seen = seen if isinstance(seen, dict) else {}
    parts = {name: _marked(value) for name, value in _parts(view(run_id), mine).items()}
    marks = {name: mark for name, (mark, _) in parts.items()}
    return marks, [gr.skip() if seen.get(name) == marks[name] else parts[name][1] for name in PARTS]


def _marked(value):
    """(mark, value); pictures and tables are long, so that a hash is kept of them."""
    content = value.to_json() if isinstance(value, pd.DataFrame) else json.dumps(value, default=str)
    return hash(content) & 0xFFFFFFFF, value


def _parts(now, mine):
    status = now.status or {}
    state, kind = status.get("state"), status.get("kind")
    shown = {name: curve(now.reports, CURVES[name]) for name in CURVES}
    return {
        "run": gr.update(visible=bool(status)),
        "status": _glance(status, now.ready) if status else html.note(say("no_run")),
        "stop": gr.update(interactive=state in ("queued", "running")),
        "resume": gr.update(interactive=state in ("stopped", "failed", "interrupted")),
        "open_gan": gr.update(visible=now.ready and kind == "gan"),
        "open_classifier": gr.update(visible=now.ready and kind == "classifier"),
        **{f"{name}_box": gr.update(visible=len(points) > 1) for name, points in shown.items()},
        **shown,
        "picture": _picture(now),
        "command": command(now) if status else "",
        "table": _table(now.every),
        "mine": gr.update(choices=_choices(now, mine)),
        "gan_models": _models(now, "gan"),
        "classifier_models": _models(now, "classifier"),
    }  # fmt: skip


def _models(now, kind):
    return gr.update(choices=[model["name"] for model in now.models if model["kind"] == kind])


def _choices(now, mine):
    ids = [*dict.fromkeys([*mine, *([now.id] if now.id else [])])]
    known = {status["id"]: status for status in now.every}
    return [(_title(known[id]), id) for id in reversed(ids) if id in known]


def _title(status):
    return f"{status['name']} · {say('state_' + status['state'])}"


def _glance(status, ready):
    """State, progress and speed; below, what went wrong or where the model is to be found."""
    step, total = status["step"], status["total"]
    bar = html.progress(status["state"], _title(status), step / total if total else 0, _facts(status))
    if status["error"]:
        return bar + html.note(text.sentence(status["error"]), "error")
    words = say(f"{'ready' if ready else 'not_ready'}_{status['kind']}", name=status["name"])
    return bar + html.note(words, "ready" if ready else "note")


def _facts(status):
    step, total, seconds = status["step"], status["total"], status["seconds"]
    if not total:
        return [say("in_queue" if status["state"] == "queued" else "waiting")] if status["state"] in LIVE else []
    facts = [say("progress", step=f"{step:,}", total=f"{total:,}")]
    if status["state"] == "running" and step and seconds:
        facts.append(say("time_left", time=duration((total - step) * seconds / step)))
    if status["metrics"]:
        facts.append(say("speed", speed=f"{status['metrics']['images_per_second']:,.0f}"))
    return [*facts, say("elapsed", time=duration(seconds))] if seconds else facts


def duration(seconds):
    """Seconds in words: short, rounded."""
    return say("seconds", count=round(seconds)) if seconds < 90 else say("minutes_count", count=round(seconds / 60))


def curve(reports, names):
    """Reports as a table for a plot, at most ``POINTS`` of each curve: columns ``step``, ``value``, ``curve``."""
    rows = [
        (report["step"], report[name], say(f"curve_{name}"))
        for name in names
        for report in thinned([report for report in reports if name in report])
    ]
    return pd.DataFrame(rows, columns=["step", "value", "curve"])


def thinned(reports, most=POINTS):
    """At most ``most`` of a list, evenly spread, the first and the last among them."""
    if len(reports) <= most:
        return reports
    return [reports[round(index * (len(reports) - 1) / (most - 1))] for index in range(most)]


def _picture(now):
    if not now.pictures:
        return ""
    step, path = now.pictures[-1]
    caption = say(f"picture_{now.status['kind']}", step=f"{step:,}")
    try:
        return html.picture(path.read_bytes(), 10, caption, f"{now.status['name']}-{step}.png") + html.note(caption)
    except FileNotFoundError:  # a resume cuts pictures back
        return ""


def command(now):
    return starting.command_line(read_request(runs.find(now.id)), now.status["name"])


def _table(every):
    if not every:
        return html.note(say("no_runs"))
    headings = [say(f"column_{name}") for name in ("name", "kind", "data", "preset", "state", "progress")]
    return html.table(headings, [_row(status) for status in every])


def _row(status):
    share = f"{status['step'] / status['total']:.0%}" if status["total"] else "–"
    plain = [status[key] for key in ("name", "kind", "data", "preset")]
    return [*plain, say(f"state_{status['state']}"), share]
