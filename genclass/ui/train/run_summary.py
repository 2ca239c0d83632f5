"""A run at a glance, in words: state, progress, speed, what went wrong; and a table of many."""

from collections.abc import Sequence
from typing import Any

from genclass.train.run.layout import LIVE
from genclass.ui.common import html, text
from genclass.ui.common.text import name_of, say
from genclass.ui.common.units import duration

RECENT_SECONDS = 30.0  # at most; of a young run the later half, for its first steps are slow


def title(status: dict[str, Any]) -> str:
    """A run's name and state."""
    return f"{status['name']} · {name_of('state', status['state'])}"


def told(
    status: dict[str, Any],
    ready: bool,
    reports: Sequence[dict[str, Any]] = (),
    score: tuple[int, int] | None = None,
) -> str:
    """State, progress and speed; below, what went wrong, what to mind, or where the model is to be found.

    Args:
        status: as ``runs.status`` gives it.
        ready: whether it has a model.
        reports: as ``runs.metrics`` gives them; without any its whole time tells how long the rest takes.
        score: test images that are told rightly, and all of them, as ``ending.score`` gives them.
    """
    step, total = status["step"], status["total"]
    bar = html.progress(status["state"], title(status), step / total if total else 0, _facts(status, reports, score))
    if status["error"]:
        return bar + html.note(text.sentence(status["error"]), "error")
    warnings = (status["metrics"] or {}).get("warnings", [])
    minded = "".join(html.note(text.sentence(warning), "warning") for warning in warnings)
    early = html.note(text.sentence(status["ended"])) if status.get("ended") else ""
    words = say(f"{'ready' if ready else 'not_ready'}_{status['kind']}", name=status["name"])
    return bar + early + minded + html.note(words, "ready" if ready else "note")


def _facts(status: dict[str, Any], reports: Sequence[dict[str, Any]], score: tuple[int, int] | None) -> list[str]:
    step, total, seconds = status["step"], status["total"], status["seconds"]
    if status["state"] == "queued" and status["ahead"]:
        return [say("in_line", place=status["ahead"] + 1, ahead=status["ahead"])]
    if not total:
        return [say("waiting")] if status["state"] in LIVE else []
    facts = [say("progress", step=f"{step:,}", total=f"{total:,}")]
    if score:
        right, count = score
        facts.insert(0, say("score", right=f"{right:,}", count=f"{count:,}", share=f"{right / count:.0%}"))
    if status["state"] == "running" and step > 1 and seconds:
        facts.append(say("time_left", time=duration((total - step) * _pace(reports, seconds / step))))
    if "images_per_second" in (status["metrics"] or {}):
        facts.append(say("speed", speed=f"{status['metrics']['images_per_second']:,.0f}"))
    return [*facts, say("elapsed", time=duration(seconds))] if seconds else facts


def _pace(reports: Sequence[dict[str, Any]], otherwise: float) -> float:
    """Seconds of a step lately: what slowed a run an hour ago says nothing of its rest."""
    last = reports[-1] if reports else {}
    since = last["seconds"] - min(RECENT_SECONDS, last["seconds"] / 2) if last else 0
    recent = [report for report in reports if report["seconds"] >= since]
    steps = last["step"] - recent[0]["step"] if recent else 0
    return (last["seconds"] - recent[0]["seconds"]) / steps if steps > 0 else otherwise


def table(statuses: list[dict[str, Any]]) -> str:
    """What every listed run is doing."""
    if not statuses:
        return html.note(say("no_runs"))
    headings = [say(f"column_{name}") for name in ("name", "kind", "data", "preset", "state", "progress")]
    return html.table(headings, [_row(status) for status in statuses])


def _row(status: dict[str, Any]) -> list[str]:
    share = f"{status['step'] / status['total']:.0%}" if status["total"] else "–"
    plain = [status[key] for key in ("name", "kind", "data", "preset")]
    return [*plain, name_of("state", status["state"]), share]
