"""What a run survives, with real processes: its trainer or the page killed, a full disk, a second writer."""

import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from genclass import paths
from genclass.cli import main
from genclass.errors import MESSAGES
from genclass.jobs import local, prewarm, runs
from genclass.models import checkpoint, store
from genclass.train import standby
from genclass.train.run import layout as run_folder
from tests.helpers import code_of
from tests.jobs.helpers import ended, request, wait
from tests.stand_ins import know_machine

ROOT = Path(__file__).parents[2]
SHORT = {"width": 4, "discriminator_width": 8, "batch": 64, "epochs": 1, "features": False}
PAGE = """
import sys, time
from genclass.jobs import local, prewarm, runs
from genclass.train.settings import Request
local.NICE = 0
prewarm.keep_one_ready()
overrides = {"width": 4, "discriminator_width": 8, "batch": 16, "epochs": 500, "features": False}
run_id = runs.start(Request("gan", "fashion-mnist-mini", "gan", overrides, threads=1))
prewarm.keep_one_ready()
print(run_id, prewarm.spare.process.pid, flush=True)
time.sleep(600)
"""


def weights(run_id):
    return checkpoint.read_config(store.newest_model(runs.find(run_id)))["sha256"]


def gone(pid, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def spare():
    know_machine()
    prewarm.keep_one_ready()
    yield prewarm.spare.process
    prewarm.spare.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The weights that an uninterrupted run in a process of its own ends with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENCLASS_RUNS", str(tmp_path_factory.mktemp("whole")))
        run_id = runs.start(request(overrides=SHORT))
        assert wait(run_id, ended)["state"] == "finished"
        return weights(run_id)


def test_a_killed_page_leaves_its_run_going_and_no_orphan():
    know_machine()
    page = subprocess.Popen([sys.executable, "-c", PAGE], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    run_id, waiting = page.stdout.readline().split()
    wait(run_id, lambda status: status["step"] > 0)
    page.kill()
    page.wait()
    assert gone(int(waiting))
    seen = runs.status(run_id)["step"]
    assert wait(run_id, lambda status: status["step"] > seen + 5)["state"] == "running"
    runs.stop(run_id)  # as the page that is started again would
    assert wait(run_id, ended)["state"] == "stopped"


def test_a_killed_trainer_is_told_in_words_and_resumes_to_the_same_weights(whole):
    run_id = runs.start(request(overrides=SHORT))
    wait(run_id, lambda status: status["step"] > 0)
    psutil.Process(json.loads((runs.find(run_id) / "status.json").read_text())["pid"]).kill()
    status = wait(run_id, ended)
    assert status["state"] == "interrupted" and "last good state is kept" in status["error"]["message"]
    runs.resume(run_id)
    assert wait(run_id, ended)["state"] == "finished" and runs.status(run_id)["error"] is None
    assert weights(run_id) == whole


def test_a_run_in_a_process_kept_ready_gives_the_same_weights(spare, whole):
    warm = runs.start(request(overrides=SHORT))
    assert json.loads((runs.find(warm) / "status.json").read_text())["pid"] == spare.pid
    assert wait(warm, ended)["state"] == "finished"
    assert weights(warm) == whole
    assert "step " in (runs.find(warm) / "log.txt").read_text()


def test_a_dead_process_kept_ready_is_no_loss(spare):
    spare.kill()
    spare.wait()
    assert wait(runs.start(request(overrides=SHORT | {"epochs": 0.02})), ended)["state"] == "finished"


def test_a_run_does_not_wait_until_this_machine_is_measured():
    prewarm.keep_one_ready()
    measuring = prewarm.spare.measurer
    run_id = runs.start(request(overrides=SHORT | {"epochs": 0.02}))
    assert measuring.wait(5) == -signal.SIGKILL
    prewarm.spare.close()
    assert wait(run_id, ended)["state"] == "finished"


def test_half_a_line_ends_the_process_that_waits():
    told = subprocess.run(local.command("--stdin"), input="[1]", capture_output=True, text=True, cwd=ROOT)
    assert told.returncode == 0 and told.stderr == ""


@pytest.mark.parametrize("line", ["[1]\n", "nonsense\n"])
def test_what_is_no_order_is_refused_in_words(line, monkeypatch, capsys):
    monkeypatch.setattr(standby, "_warm_up", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    assert main.main(["train", "--stdin"]) == 2
    assert capsys.readouterr().err == f"genclass: {MESSAGES['bad_words']}\n"


def test_a_full_disk_is_told_and_nothing_is_lost(whole):
    """The largest file allowed stands for the space that is left; the state no longer fits."""
    path = paths.runs_dir() / ("f" * 32)
    run_folder.create(path, request(overrides=SHORT))
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    told = subprocess.run(local.command("--resume", str(path)), preexec_fn=limit, capture_output=True, cwd=ROOT)
    assert told.returncode == 1 and b"disk is full" in told.stderr
    status = runs.status(path.name)
    assert status["state"] == "failed" and status["error"]["code"] == "disk_full"
    assert not list(path.rglob("*.partial"))
    runs.resume(path.name)
    assert wait(path.name, ended)["state"] == "finished"
    assert weights(path.name) == whole


FILLED = """
import os, sys, time
from pathlib import Path
from genclass.jobs import local, runs
from tests.jobs.helpers import request
local.NICE = 0
def fill():
    with open(runs.find(run_id).parent / "filled", "ab", buffering=0) as file:
        try:
            while file.write(bytes(512)):
                pass
        except OSError:
            pass
run_id = runs.start(request())
while not runs.status(run_id)["step"]:
    time.sleep(0.1)
fill()
while runs.status(run_id)["state"] in ("queued", "running"):
    time.sleep(0.1)
print(runs.status(run_id)["state"], (runs.status(run_id)["error"] or {}).get("code"))
fill()
try:
    runs.start(request())
except Exception as error:
    print(error.code, str(Path(os.environ["GENCLASS_RUNS"])) in str(error), len(runs.list_runs()))
print([path.name for path in runs.find(run_id).parent.iterdir() if path.is_dir()] == [run_id])
"""


def test_a_run_that_fills_the_last_byte_says_so_and_a_start_then_leaves_nothing(tmp_path):
    """On a disk of its own, in a namespace of its own."""
    mount = f'mount -t tmpfs -o size=20m tmpfs "{tmp_path}" && exec "$@"'
    words = ["unshare", "-rm", "sh", "-c", mount, "sh"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        pytest.skip("no namespace can be made here")
    environment = {**os.environ, "GENCLASS_RUNS": str(tmp_path)}
    told = subprocess.run([*words, sys.executable, "-c", FILLED], capture_output=True, env=environment, cwd=ROOT)
    found = told.stdout.decode().splitlines()
    assert found == ["failed disk_full", "not_started False 1", "True"], told.stderr.decode()


def test_there_is_no_second_writer():
    run_id = runs.start(request())
    wait(run_id, lambda status: status["step"] > 0)
    before = (runs.find(run_id) / "status.json").read_text()
    told = subprocess.run(local.command("--resume", str(runs.find(run_id))), capture_output=True, cwd=ROOT)
    assert told.returncode == 1 and b"already being trained" in told.stderr
    assert json.loads(before)["pid"] == json.loads((runs.find(run_id) / "status.json").read_text())["pid"]
    assert code_of(runs.delete, run_id) == "run_busy"
    runs.stop(run_id)
    wait(run_id, ended)


def test_runs_wait_in_the_order_in_which_they_came():
    first = runs.start(request())
    wait(first, lambda status: status["step"] > 0)
    second, third, given_up = (runs.start(request(overrides=SHORT | {"epochs": 0.02})) for _ in range(3))
    assert [runs.status(run_id)["ahead"] for run_id in (first, second, third, given_up)] == [0, 1, 2, 3]
    runs.stop(given_up)
    assert wait(given_up, ended)["state"] == "stopped" and runs.status(first)["state"] == "running"
    runs.stop(first)
    assert wait(third, ended)["state"] == "finished" == wait(second, ended)["state"]
    began = {run_id: (runs.find(run_id) / "metrics.jsonl").stat().st_mtime for run_id in (second, third)}
    assert began[second] < began[third]


def test_a_run_goes_on_for_longer_and_is_deleted():
    run_id = runs.start(request(overrides=SHORT | {"epochs": 0.1}))
    done = wait(run_id, ended)
    assert code_of(runs.resume, run_id) == "run_over"
    runs.resume(run_id, minutes=0.05)
    longer = wait(run_id, lambda status: ended(status) and status["step"] > done["step"])
    assert longer["state"] == "finished" and longer["total"] > done["total"]
    runs.delete(run_id)
    assert code_of(runs.status, run_id) == "unknown_run" and runs.list_runs() == []


@pytest.mark.parametrize("name", ["fashion-mnist-gan", "../checkpoints/fashion-mnist-gan"])
def test_shipped_models_cannot_be_deleted(name):
    assert code_of(runs.delete, name) == "unknown_run"
    assert (paths.SHIPPED / "fashion-mnist-gan" / "config.json").exists()
