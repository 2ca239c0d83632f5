"""A process that has lost a run's folder without knowing: its machine's cable was out, and another has gone on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genclass.files import atomic
from genclass.train import loop
from genclass.train.run import layout as run_folder
from genclass.train.run.lock import HOLDER
from genclass.train.run.writer import RunFolder
from tests.helpers import code_of
from tests.train.runs import final_weights, make, same

pytestmark = [
    pytest.mark.usefixtures("small_data"),
    pytest.mark.skipif(os.name == "nt", reason="a lock that is held can't be taken away there"),
]
TAKE = """
import sys
from pathlib import Path
{}
Path(sys.argv[1], ".lock").unlink()  # the storage has given it away
with {}:
    print("taken", flush=True)
"""
QUICKLY = TAKE.format("from genclass.train.run.lock import locked", "locked(Path(sys.argv[1]))")
TO_TRAIN = TAKE.format("from genclass.train.run.writer import RunFolder", "RunFolder(sys.argv[1]).locked()")
WRITES = {
    "status": lambda folder: folder.write_status(state="running"),
    "end": lambda folder: folder.end("finished"),
    "metrics": lambda folder: folder.append_metrics({"step": 9}),
    "config": lambda folder: folder.fix({"total": 1}),
    "cut back": lambda folder: folder.cut_back(0),
    "picture": lambda folder: folder.save_picture(9, b"png", {".json": b"{}"}),
    "state": lambda folder: folder.save_state(9, {}),
    "failure": lambda folder: folder.fail(RuntimeError("must not be told"), "nor written"),
    "a folder": lambda folder: atomic.publish(left_over(folder.path), folder.path / "model" / "9"),
}


def take(path, code=QUICKLY):
    """The run is another process's from now on."""
    assert subprocess.check_output([sys.executable, "-c", code, str(path)], text=True) == "taken\n"


def left_over(path):
    (path / "half").mkdir(exist_ok=True)
    return path / "half"


def contents(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file() and file.name != HOLDER}


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_into_a_run_that_another_process_has_taken(what, tmp_path):
    path = make(tmp_path / "run")
    with (folder := RunFolder(path)).locked():
        folder.write_status(state="running")
        folder.append_metrics({"step": 1})
        (path / "stop").touch()
        take(path)
        before = contents(path)
        assert code_of(WRITES[what], folder) == "run_taken"
        assert contents(path) == before


def test_a_run_that_goes_on_elsewhere_ends_here_with_a_word_and_there_as_if_undisturbed(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    monkeypatch.setattr(loop, "FIRST_SAVE_SECONDS", 0)
    alone = make(tmp_path / "alone")
    list(loop.train(alone))
    path = make(tmp_path / "run")
    stray = loop.train(path)
    for _ in range(4):
        next(stray)
    take(path)
    before = contents(path)
    assert code_of(next, stray) == "run_taken"
    assert contents(path) == before
    list(loop.train(path))
    assert run_folder.read_status(path)["state"] == "finished"
    assert same(final_weights(path), final_weights(alone))


def test_what_hung_until_the_storage_was_back_finds_nothing_to_rename(tmp_path, monkeypatch):
    """The check was passed before the cable was out."""
    path, rename = make(tmp_path / "run"), Path.replace

    def hang(partial, target):
        take(path, TO_TRAIN)
        return rename(partial, target)

    with (folder := RunFolder(path)).locked():
        monkeypatch.setattr(Path, "replace", hang)
        with pytest.raises(FileNotFoundError):
            folder.write_status(state="running")
    assert run_folder.written_status(path)["state"] == "queued"


def test_a_run_that_was_deleted_meanwhile_ends_with_a_word_and_stays_deleted(tmp_path, monkeypatch):
    path = make(tmp_path / "run")
    stray = loop.train(path)
    next(stray)
    (path / ".lock").unlink()
    monkeypatch.setattr(run_folder, "LIVE", ())  # it has not beaten for two minutes
    run_folder.delete(path)
    assert code_of(next, stray) == "run_taken" and not path.exists()
