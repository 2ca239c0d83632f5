"""A run whose files are damaged is left out of every list, and hides no other."""

import logging

import pytest

import genclass
from genclass import paths
from genclass.cli.main import main
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts, store
from genclass.train.run import layout, waiting
from genclass.train.settings import Request
from tests.helpers import code_of
from tests.torn import TORN, WHOLE, make_run, spoil


@pytest.fixture
def two_runs():
    """Folders of a run that stays whole, and of one that is to be spoilt."""
    return make_run(WHOLE, "whole"), make_run(TORN, "torn")


def read_all(path):
    """Everything that is known of a run by its id; what can't be told ends in a sentence."""
    readers = (runs.status, runs.request, runs.config, runs.metrics, runs.pictures)
    of_folder = (layout.newest_step, layout.spoilt_step, waiting.place_in_line, waiting.job_of, store.newest_model)
    for reader, asked in [*((one, path.name) for one in readers), *((one, path) for one in of_folder)]:
        try:
            reader(asked)
        except GenClassError as error:
            assert str(error)


def test_whatever_became_of_one_run_the_others_are_listed(two_runs, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    whole, torn = two_runs
    ways = 0
    for what in spoil(torn):
        ways += 1
        try:
            assert WHOLE in [status["id"] for status in runs.list_runs()]
            assert "whole" in [model["name"] for model in genclass.list_models()]
            assert "whole" in [one.name for one in facts.every(store.named_folders())]
            assert store.find_named("whole").parent.parent == whole and waiting.place_in_line(whole) == 0
            read_all(torn)
        except Exception as error:
            raise AssertionError(what) from error
    assert ways > 1000


@pytest.mark.parametrize("name", ["status.json", "config.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}"])
def test_a_damaged_run_is_left_out_and_told_once(two_runs, name, content, caplog):
    (two_runs[1] / name).write_bytes(content)
    for _ in range(3):
        assert [status["id"] for status in runs.list_runs()] == [WHOLE]
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(told) == 1 and TORN in told[0] and name in told[0]
    assert code_of(runs.status, TORN) == code_of(runs.resume, TORN) == "broken_run"


def test_a_run_starts_beside_a_damaged_one(two_runs):
    for name in ("status.json", "config.json"):
        (two_runs[1] / name).write_bytes(b"")
    started = runs.start(Request("classifier", "fashion-mnist-mini", "airnet", name="whole"), launch=lambda path: None)
    assert runs.status(started)["name"] == "whole-2" and len(runs.list_runs()) == 2


def test_the_command_line_lists_models_beside_a_damaged_run(two_runs, capsys):
    (two_runs[1] / "status.json").write_bytes(b"")
    main(["models"])
    assert "whole" in capsys.readouterr().out


def test_only_whole_reports_are_read(two_runs):
    file = two_runs[0] / "metrics.jsonl"
    file.write_bytes(b'{"step": 1, "loss": 2}\n\xff\n{"step": "x"}\n[]\n\n{"step": 2, "loss": 1}\n{"step": 3, "lo')
    assert [report["step"] for report in runs.metrics(WHOLE)] == [1, 2]
    assert runs.status(WHOLE)["metrics"] == {"step": 2, "loss": 1}
