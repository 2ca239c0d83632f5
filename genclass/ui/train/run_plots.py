"""The curves of the watched run: what its reports tell, step by step."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from genclass.ui.common.events import Parts
from genclass.ui.common.text import name_of, say

POINTS = 300
ACCENT, CONTRAST = "#0d9488", "#f59e0b"


@dataclass(frozen=True)
class PlotKind:
    """What a plot shows.

    Attributes:
        title: key of its words.
        colours: of its curves, by the name that reports give them.
        bounds: of the values, or None for those that there are.
    """

    title: str
    colours: dict[str, str]
    bounds: list[float] | None = None


KINDS = {
    "losses": PlotKind("losses", {"loss": ACCENT, "loss_d": ACCENT, "loss_g": CONTRAST}),
    "accuracy": PlotKind("shares", {"train_accuracy": ACCENT, "test_accuracy": CONTRAST}, [0, 1]),
    "realness": PlotKind("shares_gan", {"d_real": ACCENT, "d_fake": CONTRAST}, [0, 1]),
}


@dataclass
class Plot:
    """A plot, in a column that is there once there is something to see."""

    box: gr.Column
    plot: gr.LinePlot


@dataclass
class RunPlots:
    """A ``Plot`` of each of ``KINDS``, by name."""

    plots: dict[str, Plot]

    def following(self) -> Parts:
        """What follows the run's reports, by the names of ``updates``."""
        boxes = {f"{name}_box": plot.box for name, plot in self.plots.items()}
        return {**boxes, **{name: plot.plot for name, plot in self.plots.items()}}


def build() -> RunPlots:
    """Lay the plots out side by side, hidden."""
    with gr.Row(elem_classes="gc-plots"):
        return RunPlots({name: _build_plot(name, kind) for name, kind in KINDS.items()})


def _build_plot(name: str, kind: PlotKind) -> Plot:
    colours = {name_of("curve", curve): colour for other in KINDS.values() for curve, colour in other.colours.items()}
    bounds: Any = kind.bounds  # Gradio takes None for free ones, though its annotation does not
    with gr.Column(visible=False, min_width=280) as box:
        plot = gr.LinePlot(x="step", y="value", color="curve", title=say(kind.title), x_title=say("step"), y_title=" ",
                           color_title=" ", y_lim=bounds, height=240, buttons=[], show_label=False,
                           color_map=colours, elem_id=f"train-{name}")  # fmt: skip
    return Plot(box, plot)


def updates(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Reports as curves, by the names of ``RunPlots.following``."""
    shown = {name: curves(reports, tuple(kind.colours)) for name, kind in KINDS.items()}
    boxes = {f"{name}_box": gr.update(visible=len(points) > 1) for name, points in shown.items()}
    return {**boxes, **shown}


def curves(reports: list[dict[str, Any]], names: tuple[str, ...]) -> pd.DataFrame:
    """Reports as a table for a plot, at most ``POINTS`` of each curve: columns ``step``, ``value``, ``curve``.

    A curve of a single point is left out: its name would stand in the legend of what can't be seen.
    """
    known = {name: [report for report in reports if name in report] for name in names}
    rows = [
        (report["step"], report[name], name_of("curve", name))
        for name in names
        if len(known[name]) > 1
        for report in thinned(known[name], POINTS)
    ]
    return pd.DataFrame(rows, columns=["step", "value", "curve"])


def thinned(reports: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most ``most`` of a list, evenly spread, the first and the last among them."""
    if len(reports) <= most:
        return reports
    return [reports[round(index * (len(reports) - 1) / (most - 1))] for index in range(most)]
