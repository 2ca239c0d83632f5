"""Several runs over one another: one curve of each, and what differs between them."""

import dataclasses

import pandas as pd

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.ui.common import html
from genclass.ui.common.text import say

CURVES = ("test_accuracy", "train_accuracy", "loss", "loss_g", "loss_d", "d_real", "d_fake", "spread",
          "images_per_second")  # fmt: skip
AXES = ("step", "seconds")
MOST = 6
POINTS = 200
FIXED = ("total", "precision", "threads")
NAMED = {"kind": "column_kind", "data": "column_data", "preset": "column_preset", "seed": "seed", "minutes": "minutes"}


def compared(ids, curve, axis):
    """(table for a plot with columns ``x``, ``value``, ``run``; HTML of what differs), of runs that are still there.

    Args:
        ids: run ids, raw.
        curve: one of ``CURVES``.
        axis: one of ``AXES``.
    """
    found = _found(ids)
    rows = [row for status, reports in found for row in _points(status["name"], reports, curve, axis)]
    return pd.DataFrame(rows, columns=["x", "value", "run"]), _differences(found)


def _found(ids):
    """(status, reports) of each run that exists."""
    found = []
    for run_id in (ids if isinstance(ids, list) else [])[:MOST]:
        try:
            found.append((runs.status(run_id), runs.metrics(run_id)))
        except GenClassError:  # deleted meanwhile
            continue
    return found


def _points(name, reports, curve, axis):
    given = [report for report in reports if curve in report and axis in report]
    return [(report[axis], report[curve], name) for report in thinned(given, POINTS)]


def thinned(reports, most):
    """At most ``most`` of a list, evenly spread, the first and the last among them."""
    if len(reports) <= most:
        return reports
    return [reports[round(index * (len(reports) - 1) / (most - 1))] for index in range(most)]


def _differences(found):
    if len(found) < 2:
        return html.note(say("compare_choose"))
    columns = [_described(status, reports) for status, reports in found]
    keys = [key for key in dict.fromkeys(key for column in columns for key in column)
            if len({column.get(key) for column in columns}) > 1]  # fmt: skip
    rows = [[key, *(column.get(key, "–") for column in columns)] for key in keys]
    if not rows:
        return html.note(say("compare_same"))
    return html.table([say("compare_differs"), *(status["name"] for status, _ in found)], rows)


def _described(status, reports):
    """Everything that was asked of a run, and how far it came, as texts by name."""
    request, config = runs.request(status["id"]), runs.config(status["id"])
    values = {"kind": request.kind, "data": request.data, "preset": request.preset, "seed": request.seed}
    values |= dataclasses.asdict(request.settings()) | {"minutes": request.minutes}
    values |= {} if request.minutes is None else {"epochs": None}  # minutes count
    values |= {key: (config["fixed"] or {}).get(key) for key in FIXED} | {"step": status["step"]}
    last = {key: value for report in reports for key, value in report.items()}
    told = {say(NAMED.get(key, f"setting_{key}")): "–" if value is None else str(value)
            for key, value in values.items()}  # fmt: skip
    return told | {say(f"figure_{key}"): f"{last[key]:.3g}" for key in CURVES if key in last}
