"""A run at a glance, in words."""

from genclass.errors import GenClassError
from genclass.ui.train import run_summary


def test_a_failed_run_tells_why_in_a_sentence():
    error = GenClassError("diverged", step=5).as_dict()
    status = {"name": "x", "state": "failed", "step": 5, "total": 9, "seconds": 3, "error": error, "metrics": None}
    assert "infinite or not a number at step 5" in run_summary.told(status, ready=False)


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


def test_what_is_left_goes_by_the_pace_of_late_not_by_an_hour_of_being_slowed():
    status = {"name": "x", "state": "running", "step": 200, "total": 400, "seconds": 3640, "error": None, "kind": "gan",
              "metrics": None, "ahead": 0}  # fmt: skip
    reports = [{"step": 100, "seconds": 3600.0}, {"step": 120, "seconds": 3620.0}, {"step": 200, "seconds": 3640.0}]
    assert "about 61 min left" in run_summary.told(status, False)
    assert "about 50 s left" in run_summary.told(status, False, reports[1:])
    assert "about 50 s left" in run_summary.told(status, False, reports)
    assert "about 61 min left" in run_summary.told(status, False, reports[-1:])


def test_what_is_left_recovers_from_slow_first_steps_within_seconds():
    status = {"name": "x", "state": "running", "step": 40, "total": 60, "seconds": 16, "error": None,
              "kind": "classifier", "metrics": None, "ahead": 0}  # fmt: skip
    reports = [{"step": 1, "seconds": 4.0}, {"step": 3, "seconds": 8.0}, {"step": 20, "seconds": 12.0},
               {"step": 40, "seconds": 16.0}]  # fmt: skip
    assert "about 4 s left" in run_summary.told(status, False, reports)


def test_after_the_first_step_nothing_is_said_of_what_is_left():
    status = {"name": "x", "state": "running", "step": 1, "total": 60, "seconds": 4, "error": None,
              "kind": "classifier", "metrics": None, "ahead": 0}  # fmt: skip
    assert "left" not in run_summary.told(status, False, [{"step": 1, "seconds": 4.0}])


def test_a_finished_run_tells_how_many_test_images_are_right_and_why_it_ended_early():
    early = GenClassError("all_passes_done", minutes="2", passes="60").as_dict()
    status = {"name": "x", "state": "finished", "step": 60, "total": 60, "seconds": 31, "error": None, "ended": early,
              "kind": "classifier", "metrics": None, "ahead": 0}  # fmt: skip
    told = run_summary.told(status, True, score=(6, 6))
    assert "6 of 6 test images right (100%)" in told and "all 60 passes over the images are done" in told
