"""The fold that lays several runs over one another: one curve of each, and what differs between them."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd
from gradio.components import Component

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.ui.common import html
from genclass.ui.common.events import Event, Parts, parts_of, user_input
from genclass.ui.common.text import name_of, say
from genclass.ui.train.run_plots import thinned

CURVES = ("test_accuracy", "train_accuracy", "loss", "loss_g", "loss_d", "d_real", "d_fake", "spread",
          "images_per_second")  # fmt: skip
AXES = ("step", "seconds")
MOST = 6
POINTS = 200
FIXED = ("total", "precision", "threads")
NAMED = {"kind": "column_kind", "data": "column_data", "preset": "column_preset", "seed": "seed", "minutes": "minutes"}


@dataclass
class ComparePanel:
    """The components."""

    compared: gr.Dropdown
    curve: gr.Dropdown
    axis: gr.Radio
    comparison: gr.LinePlot
    differences: gr.HTML

    def asked(self) -> list[Component]:
        """What is to be compared, as ``compared`` takes it."""
        return [self.compared, self.curve, self.axis]

    def following(self) -> Parts:
        """What follows the runs, by name."""
        return parts_of(self, "compared", "comparison", "differences")


def build() -> ComparePanel:
    """Lay the fold out."""
    with gr.Accordion(say("compare_runs"), open=False, elem_id="train-compare-fold"):
        with gr.Row():
            chosen = gr.Dropdown([], multiselect=True, max_choices=MOST, allow_custom_value=True,
                                 label=say("compare_which"), scale=3, elem_id="train-compare")  # fmt: skip
            names = [(name_of("figure", name), name) for name in CURVES]
            curve = gr.Dropdown(names, value=CURVES[0], label=say("compare_curve"), elem_id="train-curve")
            axes = [(say(f"axis_{name}"), name) for name in AXES]
            axis = gr.Radio(axes, value=AXES[0], label=say("compare_axis"), elem_id="train-axis")
        plot = gr.LinePlot(x="x", y="value", color="run", x_title=" ", y_title=" ", color_title=" ", height=280,
                           buttons=[], show_label=False, elem_id="train-comparison")  # fmt: skip
        differences = gr.HTML(elem_id="train-differences")
    return ComparePanel(chosen, curve, axis, plot, differences)


def connect(panel: ComparePanel, refresh: Event) -> None:
    """Connect the events; ``refresh`` is the one that shows what has changed."""
    for part in panel.asked():
        user_input(part)(**refresh)


def compared(ids: Any, curve: Any, axis: Any) -> tuple[pd.DataFrame, str]:
    """(table for a plot with columns ``x``, ``value``, ``run``; HTML of what differs), of runs that are still there.

    Args:
        ids: run ids, raw.
        curve: one of ``CURVES``.
        axis: one of ``AXES``.
    """
    found = _found(ids)
    rows = [row for status, reports in found for row in _points(status["name"], reports, curve, axis)]
    return pd.DataFrame(rows, columns=["x", "value", "run"]), _differences(found)


Found = tuple[dict[str, Any], list[dict[str, Any]]]  # status and reports of a run


def _found(ids: Any) -> list[Found]:
    """Each run that exists."""
    found = []
    for run_id in (ids if isinstance(ids, list) else [])[:MOST]:
        try:
            found.append((runs.status(run_id), runs.metrics(run_id)))
        except GenClassError:  # deleted meanwhile
            continue
    return found


def _points(name: str, reports: list[dict[str, Any]], curve: Any, axis: Any) -> list[tuple[float, float, str]]:
    given = [report for report in reports if curve in report and axis in report]
    return [(report[axis], report[curve], name) for report in thinned(given, POINTS)]


def _differences(found: list[Found]) -> str:
    if len(found) < 2:
        return html.note(say("compare_choose"))
    columns = [_described(status, reports) for status, reports in found]
    keys = [key for key in dict.fromkeys(key for column in columns for key in column)
            if len({column.get(key) for column in columns}) > 1]  # fmt: skip
    rows = [[key, *(column.get(key, "–") for column in columns)] for key in keys]
    if not rows:
        return html.note(say("compare_same"))
    return html.table([say("compare_differs"), *(status["name"] for status, _ in found)], rows)


def _described(status: dict[str, Any], reports: list[dict[str, Any]]) -> dict[str, str]:
    """Everything that was asked of a run, and how far it came, as texts by name."""
    request, config = runs.request(status["id"]), runs.config(status["id"])
    values = {"kind": request.kind, "data": request.data, "preset": request.preset, "seed": request.seed}
    values |= dataclasses.asdict(request.settings()) | {"minutes": request.minutes}
    values |= {} if request.minutes is None else {"epochs": None}  # minutes count
    values |= {key: (config["fixed"] or {}).get(key) for key in FIXED} | {"step": status["step"]}
    last = {key: value for report in reports for key, value in report.items()}
    told = {_title(key): "–" if value is None else str(value) for key, value in values.items()}
    return told | {name_of("figure", key): f"{last[key]:.3g}" for key in CURVES if key in last}


def _title(key: str) -> str:
    return say(NAMED[key]) if key in NAMED else name_of("setting", key)
