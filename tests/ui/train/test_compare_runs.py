"""Runs over one another."""

import dataclasses

from genclass.train.presets import ClassifierSettings, GanSettings
from genclass.ui.train import compare_runs
from genclass.ui.words import LANGUAGES
from tests.ui.helpers import start_tiny, wait_for


def test_runs_are_compared_by_curve_and_by_what_differs(lab, client):
    ids = [start_tiny(name=name, epochs=epochs) for name, epochs in (("short", 0.1), ("long", 0.2))]
    for run_id in ids:
        wait_for(client, run_id, "finished")
    points, table = compare_runs.compared(ids, "loss", "step")
    assert set(points["run"]) == {"short", "long"}
    assert ">Epochs<" in table and "0.2" in table and ">Batch size<" not in table
    assert "Choose two" in compare_runs.compared(ids[:1], "loss", "step")[1]
    for rubbish in (None, 5, ["x", None, {}]):
        assert len(compare_runs.compared(rubbish, "loss", "nowhere")[0]) == 0


def test_every_setting_has_a_name_in_the_comparison():
    fields = [field.name for kind in (ClassifierSettings, GanSettings) for field in dataclasses.fields(kind)]
    assert {f"setting_{name}" for name in (*fields, *compare_runs.FIXED, "step")} <= set(LANGUAGES["en"].words)
