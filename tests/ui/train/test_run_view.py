"""What the tab Train is sent: a run as it stands, and only what changed."""

import json
import re
import time
from pathlib import Path

import pytest

from genclass.jobs import runs
from genclass.ui.train import run_view
from genclass.ui.train import tab as train_tab
from genclass.ui.train.run_view import Asked
from tests.ui.helpers import start_tiny, wait_for


def test_the_browser_is_sent_only_what_changed(lab):
    first = run_view.changes({}, Asked())
    assert len(first) > 20
    assert run_view.changes(json.loads(json.dumps(first["seen"])), Asked()) == {"seen": first["seen"]}


def test_a_finished_run_is_shown_with_curves_picture_and_model(lab, client):
    run_id = start_tiny()
    wait_for(client, run_id, "finished")
    parts = run_view.changes({}, Asked(run_id, [run_id]))
    assert "finished" in parts["status"] and len(parts["losses"]) > 0
    assert "data:image/png" in parts["picture"]
    assert "Ready: " in parts["status"] and parts["open_classifier"]["visible"] and not parts["open_gan"]["visible"]
    assert "--data fashion-mnist-mini" in parts["command"]
    assert run_id not in parts["table"] and run_id not in parts["command"]


@pytest.mark.parametrize("mine", [None, 5, [], {"ids": "x"}, {"ids": [None, {}]}, {"watched": 3}])
def test_anything_kept_in_a_browser_is_survived(lab, mine):
    assert set(train_tab.tick(None, mine, mine, mine, mine, mine, mine)) == set(run_view.changes({}, Asked()))


def part(run_id, name, **asked):
    return run_view.changes({}, Asked(run_id, [run_id], **asked))[name]


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
    parts = run_view.changes({"pictures": len(steps) - 1, "id": run_id}, Asked(run_id, [], look_back=0))
    assert f"at step {steps[0]:,}" in parts["picture"] and "value" not in parts["look_back"]


def frames(view, seen, look_backs):
    """Pictures that ticks show one after the other, where the browser's slider stands where each of them left it."""
    for look_back in look_backs:
        frame = run_view._frame(view, look_back, seen)
        seen = {**seen, "frame": frame, "state": view.status["state"]}
        yield None if frame is None else run_view._index(frame, len(view.pictures) - 1)


def ended(pictures):
    return run_view.View([], [], [], {"id": "x", "state": "finished"}, [], [(step, Path()) for step in range(pictures)])


def test_the_look_back_plays_once_when_a_watched_run_ends():
    watched = {"id": "x", "state": "running", "pictures": 14}
    shown = list(frames(ended(15), watched, [14, 0, 2, 4, 6, 8, 10, 12, 14, 14]))
    assert shown == [0, 2, 4, 6, 8, 10, 12, 14, None, None]


@pytest.mark.parametrize("seen", [{}, {"id": "x", "state": "finished"}, {"id": "y", "state": "running"}])
def test_a_run_that_was_over_before_is_not_played(seen):
    assert list(frames(ended(15), seen, [14, 14])) == [None, None]


def test_a_hand_on_the_slider_ends_the_look_back():
    watched = {"id": "x", "state": "running", "pictures": 14}
    assert list(frames(ended(15), watched, [14, 0, 9, 9])) == [0, 2, None, None]
