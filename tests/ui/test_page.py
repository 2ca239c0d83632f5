"""The page's handlers: what they show, what they remember, what they say."""

import json

import gradio as gr
import httpx
import pytest

from genclass.errors import MESSAGES, GenClassError
from genclass.ui import text, train, uploads, watching
from tests.ui.conftest import start_tiny, wait_for


def test_curves_are_thinned_and_keep_their_ends():
    reports = [{"step": step, "loss": 1.0} for step in range(5000)]
    points = watching.curve(reports, ("loss",))
    assert len(points) == watching.POINTS
    assert points["step"].iloc[0] == 0 and points["step"].iloc[-1] == 4999


def test_the_browser_is_sent_only_what_changed(lab):
    marks, first = watching.changes({}, None, [])
    again, second = watching.changes(json.loads(json.dumps(marks)), None, [])
    assert again == marks
    assert all(update == gr.skip() for update in second) and not all(update == gr.skip() for update in first)


def test_a_finished_run_is_shown_with_curves_picture_and_model(lab, client):
    run_id = start_tiny()
    wait_for(client, run_id, "finished")
    _, updates = watching.changes({}, run_id, [run_id])
    parts = dict(zip(watching.PARTS, updates))
    assert "finished" in parts["status"] and len(parts["losses"]) > 0
    assert "data:image/png" in parts["picture"]
    assert "Ready: " in parts["status"] and parts["open_classifier"]["visible"] and not parts["open_gan"]["visible"]
    assert "--data fashion-mnist-mini" in parts["command"]
    assert run_id not in parts["table"] and run_id not in parts["command"]


def test_a_failed_run_tells_why_in_a_sentence():
    error = GenClassError("diverged", step=5).as_dict()
    status = {"name": "x", "state": "failed", "step": 5, "total": 9, "seconds": 3, "error": error, "metrics": None}
    assert "infinite or not a number at step 5" in watching._glance(status, ready=False)


@pytest.mark.parametrize("mine", [None, 5, [], {"ids": "x"}, {"ids": [None, {}]}, {"watched": 3}])
def test_anything_kept_in_a_browser_is_survived(lab, mine):
    assert len(train.tick(None, mine, mine)) == len(watching.PARTS) + 1


def test_every_error_has_a_sentence_on_the_page():
    assert text.sentence({"code": "unknown_run", "values": {}, "message": ""}) == MESSAGES["unknown_run"]
    assert text.sentence({"code": "from a later version", "values": {}, "message": "As told."}) == "As told."


def test_a_file_nested_deep_is_not_let_through():
    deep = b"[" * 600 + b'{"path": "http://x", "meta": {}}' + b"]" * 600
    assert b"http" not in uploads._checked(deep, lambda sent: sent)


def test_every_control_has_an_id(lab):
    components = httpx.get(f"{lab}config").json()["components"]
    layout = {"row", "column", "tabs", "form", "group", "state", "timer", "browserstate", "api", "tabitem"}
    assert [c["type"] for c in components if c["type"] not in layout and not c["props"].get("elem_id")] == []
