"""Which runs are a visitor's own: the browser keeps their ids, so that a reloaded page finds them again.

What comes from a browser may be anything: whatever is no list of ids counts as none.
"""

from typing import Any

import gradio as gr

KEPT_RUNS = 30


def build() -> gr.BrowserState:
    """Where the browser keeps the ids of its newest runs, and which of them is watched."""
    return gr.BrowserState({"ids": [], "watched": None}, storage_key="genclass-runs", secret="genclass")


def run_ids(mine: Any) -> list[str]:
    """Ids of the browser's newest runs; of more than it keeps the others are not looked at."""
    ids = mine.get("ids") if isinstance(mine, dict) else None
    return [run_id for run_id in ids[-KEPT_RUNS:] if isinstance(run_id, str)] if isinstance(ids, list) else []


def watched(mine: Any) -> Any:
    """What the browser says it watched last: an id, if it tells the truth, or None."""
    return mine.get("watched") if isinstance(mine, dict) else None


def watching(mine: Any, run_id: str | None) -> dict[str, Any]:
    """What the browser keeps once a run is watched, or None is: its newest runs, each once."""
    ids = [*run_ids(mine), *([run_id] if run_id else [])]
    return {"ids": [*dict.fromkeys(ids)][-KEPT_RUNS:], "watched": run_id}


def without(mine: Any, run_id: str) -> dict[str, Any]:
    """What the browser keeps once a run is deleted: nothing is watched then."""
    return {"ids": [kept for kept in run_ids(mine) if kept != run_id], "watched": None}
