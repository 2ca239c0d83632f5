"""Runs that go on for longer than they were to last; runs that are deleted."""

import json

import pytest

from genclass.cli import main
from genclass.train import loop
from genclass.train.run import layout as run_folder
from genclass.train.run.longer import lengthen
from tests.helpers import code_of
from tests.train.runs import final_weights, make, same, train_in_stretches

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_a_lengthened_run_resumes_exactly(kind, tmp_path, monkeypatch):
    """Finished after 9 steps, lengthened to 18: in one go, or stopped on the way, the weights are the same."""
    for name, stops in (("whole", ()), ("parts", (11, 14))):
        path = train_in_stretches(make(tmp_path / name, kind=kind), monkeypatch)
        lengthen(path, epochs=6)
        assert run_folder.read_status(path) | {"total": 18, "state": "stopped"} == run_folder.read_status(path)
        train_in_stretches(path, monkeypatch, *stops)
        assert run_folder.read_status(path)["step"] == 18
    assert same(final_weights(tmp_path / "whole"), final_weights(tmp_path / "parts"))


def test_the_schedule_changes_only_after_the_state_it_goes_on_from(tmp_path):
    path = make(tmp_path / "run")
    list(loop.train(path))
    lengthen(path, epochs=6)
    config = run_folder.read_config(path)
    assert config["lengthened"] == [{"step": 9, "total": 18}]
    assert [run_folder.total_at(config, step) for step in (0, 8, 9, 17)] == [9, 9, 18, 18]


def test_minutes_more_are_steps_at_the_runs_own_speed(tmp_path):
    path = make(tmp_path / "run")
    list(loop.train(path))
    status = json.loads((path / "status.json").read_text()) | {"seconds": 18.0}  # two seconds a step
    (path / "status.json").write_text(json.dumps(status))
    lengthen(path, minutes=1)
    assert run_folder.read_status(path)["total"] == 9 + 30


def test_what_cannot_be_lengthened_says_why(tmp_path):
    path = make(tmp_path / "run")
    assert code_of(lengthen, path, epochs=9) == "not_begun"
    list(loop.train(path))
    assert code_of(lengthen, path, epochs=3) == "not_longer"
    assert code_of(lengthen, path, epochs=3, minutes=1) == "both_lengths"
    assert code_of(lengthen, path, minutes=-1) == "out_of_range"
    lengthen(path, epochs=4)
    training = loop.train(path)
    next(training)
    assert code_of(lengthen, path, epochs=9) == code_of(run_folder.delete, path) == "run_busy"
    training.close()


def test_a_deleted_run_leaves_nothing(tmp_path):
    path = make(tmp_path / "run")
    list(loop.train(path))
    run_folder.delete(path)
    assert not path.exists()


def test_the_command_line_makes_a_run_longer(tmp_path, capsys):
    path = make(tmp_path / "run")
    list(loop.train(path))
    assert main.main(["train", "--resume", str(path)]) == 2 and "has finished" in capsys.readouterr().err
    assert main.main(["train", "--resume", str(path), "--epochs", "4"]) == 0
    assert run_folder.read_status(path)["step"] == 12 and run_folder.read_status(path)["state"] == "finished"


def test_a_spoilt_state_does_not_shorten_a_lengthened_run(tmp_path, monkeypatch):
    path = train_in_stretches(make(tmp_path / "run"), monkeypatch, 5)
    lengthen(path, epochs=6)
    (path / "state" / "9" / "state.safetensors").write_bytes(b"spoilt")
    list(loop.train(path))
    assert run_folder.read_status(path)["step"] == 18
