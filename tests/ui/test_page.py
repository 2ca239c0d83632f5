"""The page's handlers: what they show, what they remember, what they say."""

import dataclasses
import json
import re
import time
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest

from genclass.errors import MESSAGES, GenClassError
from genclass.jobs import runs
from genclass.train.settings import ClassifierSettings, GanSettings
from genclass.ui.common import events, text
from genclass.ui.train import compare_runs, form, run_summary, run_view
from genclass.ui.train import tab as train_tab
from genclass.ui.train.run_view import Asked
from genclass.ui.words import LANGUAGES
from tests.ui.helpers import start_tiny, wait_for


def test_curves_are_thinned_and_keep_their_ends():
    reports = [{"step": step, "loss": 1.0} for step in range(5000)]
    points = run_view.curve(reports, ("loss",))
    assert len(points) == run_view.POINTS
    assert points["step"].iloc[0] == 0 and points["step"].iloc[-1] == 4999


def test_the_browser_is_sent_only_what_changed(lab):
    marks, first = run_view.changes({}, Asked())
    again, second = run_view.changes(json.loads(json.dumps(marks)), Asked())
    assert again == marks
    assert all(update == gr.skip() for update in second) and not all(update == gr.skip() for update in first)


def test_a_finished_run_is_shown_with_curves_picture_and_model(lab, client):
    run_id = start_tiny()
    wait_for(client, run_id, "finished")
    _, updates = run_view.changes({}, Asked(run_id, [run_id]))
    parts = dict(zip(run_view.PARTS, updates))
    assert "finished" in parts["status"] and len(parts["losses"]) > 0
    assert "data:image/png" in parts["picture"]
    assert "Ready: " in parts["status"] and parts["open_classifier"]["visible"] and not parts["open_gan"]["visible"]
    assert "--data fashion-mnist-mini" in parts["command"]
    assert run_id not in parts["table"] and run_id not in parts["command"]


def test_a_failed_run_tells_why_in_a_sentence():
    error = GenClassError("diverged", step=5).as_dict()
    status = {"name": "x", "state": "failed", "step": 5, "total": 9, "seconds": 3, "error": error, "metrics": None}
    assert "infinite or not a number at step 5" in run_summary.told(status, ready=False)


@pytest.mark.parametrize("mine", [None, 5, [], {"ids": "x"}, {"ids": [None, {}]}, {"watched": 3}])
def test_anything_kept_in_a_browser_is_survived(lab, mine):
    assert len(train_tab.tick(None, mine, mine, mine, mine, mine, mine)) == len(run_view.PARTS) + 1


def test_a_run_that_is_watched_again_pushes_no_other_out():
    mine = {"ids": [str(number) for number in range(train_tab.KEPT_RUNS)]}
    assert train_tab._kept(mine, "5") == {**mine, "watched": "5"}
    assert train_tab._kept(mine, "new")["ids"] == [*mine["ids"][1:], "new"]


def opened(**query):
    return SimpleNamespace(query_params=query)


def test_a_link_names_the_run_that_is_watched(lab, monkeypatch):
    run_id, before = start_tiny(name="linked", launch=lambda path: None), {"watched": "another"}
    file = runs.find(run_id) / "status.json"
    file.write_text(file.read_text().replace('"queued"', '"stopped"', 1))  # nobody is to wait for it
    assert train_tab._reattach(before, opened(tab="train", run=run_id)) == run_id
    assert train_tab._reattach(before, opened(run=run_id)) == "another"
    told = []
    monkeypatch.setattr(train_tab.gr, "Warning", told.append)
    assert train_tab._reattach(before, opened(tab="train", run="0" * 32)) == "another"
    assert told == [MESSAGES["unknown_run"]]


def test_every_error_has_a_sentence_on_the_page():
    assert text.sentence({"code": "unknown_run", "values": {}, "message": ""}) == MESSAGES["unknown_run"]
    assert text.sentence({"code": "from a later version", "values": {}, "message": "As told."}) == "As told."


def test_every_control_has_an_id(lab):
    components = httpx.get(f"{lab}config").json()["components"]
    layout = {"row", "column", "tabs", "form", "group", "state", "timer", "browserstate", "api", "tabitem"}
    assert [c["type"] for c in components if c["type"] not in layout and not c["props"].get("elem_id")] == []


def test_events_that_show_no_progress_tell_none_to_what_they_fill(blocks):
    private = [event for event in blocks.fns.values() if event.api_visibility == "private"]
    hidden = [event for event in private if event.show_progress == "hidden"]
    assert hidden and [event.name for event in hidden if event.show_progress_on != []] == []


@pytest.mark.parametrize("sent", [{"name": 3}, {}, None, 5, "name", ["name"], "a name"])
def test_what_the_browser_says_of_an_event_may_be_anything(sent):
    assert events.detail(gr.EventData(None, sent), "name") == (3 if sent == {"name": 3} else None)


def part(run_id, name, **asked):
    return dict(zip(run_view.PARTS, run_view.changes({}, Asked(run_id, [run_id], **asked))[1]))[name]


def test_a_classifiers_mistakes_are_shown_with_what_it_takes_them_for(lab, client):
    run_id = start_tiny(epochs=0.2)
    wait_for(client, run_id, "finished")
    shown = part(run_id, "mistakes")
    assert shown.count("<figcaption>") == 20 and "really " in shown
    matrix = [int(number) for number in re.findall(r"<td[^>]*>(\d+)</td>", shown)]
    assert sum(matrix) == 1000


def test_the_slider_goes_back_over_earlier_pictures(lab, client):
    run_id = start_tiny(epochs=20)
    status = wait_for(client, run_id, "running", step=1)
    limit = time.monotonic() + 240
    while len(runs.pictures(run_id)) < 2 and time.monotonic() < limit:
        time.sleep(0.2)
    client.predict(run_id, api_name="/stop")
    status = wait_for(client, run_id, "stopped")
    steps = [step for step, _ in runs.pictures(run_id)]
    assert len(steps) > 1 and status["step"] >= steps[-1]
    assert f"at step {steps[-1]:,}" in part(run_id, "picture")
    parts = dict(
        zip(run_view.PARTS, run_view.changes({"pictures": len(steps) - 1, "id": run_id}, Asked(run_id, [], look=0))[1])
    )
    assert f"at step {steps[0]:,}" in parts["picture"] and "value" not in parts["look"]


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


def test_a_run_that_waits_tells_its_place_in_line():
    status = {"name": "x", "state": "queued", "step": 0, "total": None, "seconds": None, "error": None,
              "metrics": None, "ahead": 2, "kind": "gan"}  # fmt: skip
    assert "Number 3 in line: 2 before this one." in run_summary.told(status, ready=False)


def test_warnings_are_told_while_the_run_goes_on():
    warning = GenClassError("samples_collapse", spread=9).as_dict()
    metrics = {"images_per_second": 5, "warnings": [warning]}
    status = {"name": "x", "state": "running", "step": 5, "total": 9, "seconds": 3, "error": None, "kind": "gan",
              "metrics": metrics, "ahead": 0}  # fmt: skip
    assert "The samples have become alike: they differ 9 %" in run_summary.told(status, ready=False)


def test_the_form_tells_what_it_will_take(lab, monkeypatch):
    known = {"precision": "float32", "seconds_per_step": 0.1}
    monkeypatch.setattr(form.machine, "known", lambda *_: known)
    fields = [32, 5e-4, 4e-4, 32, None, True, "non-saturating"]
    assert "2 min here: about 1,200 steps, 7.68 passes over 5,000" in form.estimate(
        "gan", "fashion-mnist-mini", "gan", 2, 0, 0, *fields
    )
    assert "about 312 steps, 2 passes" in form.estimate("gan", "fashion-mnist-mini", "gan", 2, 2, 0, *fields)
    assert "batch size must be between 2 and 4096" in form.estimate(
        "gan", "fashion-mnist-mini", "gan", 2, 0, 0, 1, *fields[1:]
    )
    titles = {name: title for title, name in form.choose_data("gan", "cifar10", "gan", "")[1]["choices"]}
    assert titles["gan"].startswith("gan: ") and "take 13 min here" in titles["gan"]
    assert next(iter(titles)) == "quick"


def test_fields_follow_the_preset():
    updates = dict(zip(form.FIELDS, form.choose_preset("classifier", "mnist", "airnet")))
    assert updates["batch"]["value"] == 256 and updates["flip"]["value"] is False  # digits are not mirrored
    assert updates["loss"]["visible"] is False and updates["shift"]["visible"] is True
    assert "0 to 8" in updates["shift"]["info"]
