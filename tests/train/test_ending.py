"""Why a run ended before its time, and how many test images it tells rightly."""

import json

import pytest
import torch

from genclass.cli import main
from genclass.train import ending
from genclass.train.classifier import ClassifierTrainer
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.train.runs import make

FIXED = {"total": 120, "steps_per_epoch": 2}


def why(preset="transfer", seconds=31.0, minutes=2.0, state="finished", fixed=FIXED, lengthened=()):
    asked = Request("classifier", "own", preset, minutes=minutes)
    status = {"state": state, "seconds": seconds}
    return ending.why_early(asked, {"fixed": fixed, "lengthened": list(lengthened)}, status)


def test_a_brief_run_that_has_seen_its_images_often_enough_says_so():
    assert str(why()) == "It did not need all of its 2 min: all 60 passes over the images are done."


def test_a_run_whose_steps_were_faster_than_measured_says_so():
    assert why("airnet").code == "all_steps_done"
    assert why(fixed=FIXED | {"total": 100}).code == "all_steps_done", "its minutes left no time for all passes"


@pytest.mark.parametrize(
    "changes",
    [{"seconds": 95.0}, {"seconds": None}, {"state": "stopped"}, {"minutes": None}, {"fixed": None, "state": "queued"},
     {"lengthened": [{"step": 3, "total": 9}]}],
)  # fmt: skip
def test_a_run_that_kept_its_time_or_has_not_ended_says_nothing(changes):
    assert why(**changes) is None


@pytest.mark.parametrize(
    ("record", "score"),
    [({"confusion": [[2, 1], [0, 3]]}, (5, 6)), ({"confusion": []}, None), ({"confusion": "x"}, None),
     ({"confusion": [[1], [1]]}, None), ({}, None)],
)  # fmt: skip
def test_the_score_is_counted_in_images(tmp_path, record, score):
    (tmp_path / "7.json").write_text(json.dumps(record))
    assert ending.score([(7, tmp_path / "7.png")]) == score
    assert ending.score([(8, tmp_path / "8.png")]) is None and ending.score([]) is None


@pytest.mark.usefixtures("small_data")
def test_the_command_tells_score_and_reason_at_its_end(tmp_path, capsys, monkeypatch):
    path = make(tmp_path / "run", kind="classifier")
    early = why()
    monkeypatch.setattr(ending, "why_early", lambda request, config, status: early if status["step"] == 9 else None)
    assert main.main(["train", "--resume", str(path)]) == 0
    *_, last, reason = capsys.readouterr().err.splitlines()
    right, count = ending.score(run_folder.read_pictures(path))
    assert f"finished at step 9, {right} of {count} test images right ({right / count:.0%})" in last
    assert reason == str(early)


@pytest.mark.parametrize(("count", "columns"), [(2, 2), (10, 10), (25, 10)])
def test_a_picture_of_few_test_images_has_no_empty_columns(count, columns):
    marked = ClassifierTrainer._marked(torch.zeros(count, 3, 32, 32), torch.zeros(count, dtype=torch.bool))
    assert marked.shape[1] == columns * (32 + 2 * 2 + 2) - 2
