"""A run that waits for the one before it lives, however long that takes."""

import json
import threading
import time

import psutil
from filelock import FileLock

from genclass import paths
from genclass.jobs import runs
from genclass.train.loop import train
from genclass.train.run import layout as run_folder
from genclass.train.run import waiting, writer
from genclass.train.settings import Request

BEATS = 5  # more than a run writes by itself before it waits


def waiting_run():
    """A run that this very process has taken up and does not train yet; its folder."""
    by_this_process = lambda path: waiting.take_up(path, psutil.Process())
    return runs.find(runs.start(Request("classifier", "fashion-mnist-mini", "airnet"), launch=by_this_process))


def put(path, **changes):
    file = path / "status.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_it_beats_while_it_waits(monkeypatch):
    monkeypatch.setattr(writer, "BEAT_SECONDS", 0.05)
    path = waiting_run()
    with FileLock(paths.runs_dir() / ".training-slot"):
        trainer = threading.Thread(target=lambda: list(train(path)))
        trainer.start()
        beats, limit = set(), time.monotonic() + 240
        while len(beats) < BEATS and time.monotonic() < limit:
            beats.add(run_folder.written_status(path)["heartbeat"])
            time.sleep(0.05)
        assert len(beats) == BEATS
        (path / "stop").touch()
        trainer.join()
    assert runs.status(path.name)["state"] == "stopped"


def test_a_process_that_still_loads_is_not_taken_for_dead(monkeypatch):
    path = waiting_run()
    put(path, heartbeat=time.time() - 1000)
    assert runs.status(path.name)["state"] == "queued"
    put(path, state="running")
    assert runs.status(path.name)["state"] == "interrupted"


def test_a_run_deleted_meanwhile_is_passed_over(monkeypatch):
    first, second = waiting_run(), waiting_run()
    whole = run_folder.read_config

    def vanishing(path):
        if path == first:
            (path / "status.json").unlink(missing_ok=True)
        return whole(path)

    monkeypatch.setattr(run_folder, "read_config", vanishing)
    assert [run["id"] for run in runs.list_runs()] == [second.name]


def test_runs_that_are_not_asked_for_are_not_read(monkeypatch):
    first, second = waiting_run(), waiting_run()
    (first / "config.json").write_text("nothing that could be read")
    assert [run["id"] for run in runs.list_runs([second.name, second.name, "0" * 32, "../up"])] == [second.name]
    assert runs.list_runs([]) == []
