"""Runs as jobs of a Ray cluster, with a stand-in for its job server; ``tests/ui/train/test_ray.py`` has a real one."""

import json
import os
import sys
import time
from types import SimpleNamespace

import psutil
import pytest
from filelock import FileLock

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.jobs import ray, runs
from genclass.train.run import layout as run_folder
from genclass.train.run import waiting
from genclass.train.run.writer import RunFolder
from genclass.train.settings import Request


class Status(str):
    def is_terminal(self):
        return self in ("STOPPED", "SUCCEEDED", "FAILED")


class Cluster:
    """A job server that keeps what it is given."""

    def __init__(self, status="PENDING", code=None):
        self.status, self.code, self.jobs, self.stopped = Status(status), code, [], []

    def submit_job(self, **job):
        self.jobs.append(job)
        return job.get("submission_id", "check")

    def get_job_info(self, job):
        return SimpleNamespace(status=self.status, driver_exit_code=self.code)

    def get_job_status(self, job):
        return self.status

    def stop_job(self, job):
        self.stopped.append(job)

    def get_address(self):
        return "http://cluster:8265"


class Away(Cluster):
    def submit_job(self, **job):
        raise ConnectionError

    def get_job_info(self, job):
        raise ConnectionError


@pytest.fixture
def start():
    """Starts a run through a cluster; gives its folder."""

    def started(cluster, threads=2):
        request = Request("classifier", "fashion-mnist-mini", "airnet", threads=threads)
        return runs.find(runs.start(request, launch=lambda path: ray.submit(cluster, path)))

    return started


def status_of(path):
    return json.loads((path / "status.json").read_text())


def put(path, **changes):
    atomic.write_text(path / "status.json", json.dumps(status_of(path) | changes))


def test_a_run_is_submitted_as_the_command_a_person_would_type(start):
    cluster = Cluster()
    path = start(cluster)
    (job,) = cluster.jobs
    assert job["entrypoint"].endswith(f"-m genclass train --resume {path.resolve()}")
    assert job["entrypoint_num_cpus"] == 2 and job["runtime_env"]["env_vars"]["GENCLASS_RUNS"] == str(path.parent)
    assert status_of(path)["job"] == job["submission_id"] == job["runtime_env"]["env_vars"][waiting.JOB]
    assert runs.status(path.name)["state"] == "queued"


def test_while_the_job_waits_the_page_beats_for_it(start):
    cluster = Cluster()
    path = start(cluster)
    put(path, heartbeat=time.time() - 1000)
    assert runs.status(path.name)["state"] == "interrupted"
    ray.look_after(cluster, path)
    assert runs.status(path.name)["state"] == "queued"


def test_what_its_process_has_taken_up_is_left_alone(start):
    cluster = Cluster("FAILED")
    path = start(cluster)
    with FileLock(path / ".lock"):
        ray.look_after(cluster, path)
    assert status_of(path)["state"] == "queued"
    put(path, pid=7, state="running")
    ray.look_after(cluster, path)
    assert status_of(path)["state"] == "running"


@pytest.mark.parametrize("code, told", [(ray.NOT_SEEN, "not_on_cluster"), (1, "job_failed")])
def test_a_job_that_ends_before_the_run_has_begun_has_failed(start, code, told):
    path = start(Cluster("FAILED", code))
    ray.look_after(Cluster("FAILED", code), path)
    assert runs.status(path.name)["error"]["code"] == told


def test_a_run_is_stopped_while_its_job_waits(start):
    cluster = Cluster()
    path = start(cluster)
    runs.stop(path.name)
    ray.look_after(cluster, path)
    assert runs.status(path.name)["state"] == "stopped" and cluster.stopped == [cluster.jobs[0]["submission_id"]]
    assert not (path / "stop").exists()


def test_without_its_cluster_a_run_has_failed_and_can_be_resumed(start):
    path = start(Away())
    assert runs.status(path.name)["error"]["code"] == "cluster_away"
    path = start(Cluster())
    ray.look_after(Away(), path)  # it may come back
    assert status_of(path)["state"] == "queued"


def test_the_number_of_a_process_of_another_machine_means_nothing(start):
    path = start(Cluster())
    dead = {"state": "running", "pid": 2**22 + 1, "started": 1.0, "heartbeat": time.time()}
    put(path, **dead, host=run_folder.HERE)
    assert run_folder.read_status(path)["state"] == "interrupted"
    put(path, **dead, host="another")
    assert run_folder.read_status(path)["state"] == "running"
    put(path, heartbeat=time.time() - 1000)
    assert run_folder.read_status(path)["state"] == "interrupted"


def test_jobs_of_a_cluster_and_runs_of_this_machine_do_not_wait_for_each_other(start, monkeypatch):
    first, second = start(Cluster()), start(Cluster())
    assert [runs.status(path.name)["ahead"] for path in (first, second)] == [0, 1]
    by_this_process = lambda path: waiting.take_up(path, psutil.Process())
    here = runs.find(runs.start(Request("classifier", "fashion-mnist-mini", "airnet"), launch=by_this_process))
    assert runs.status(here.name)["ahead"] == 0
    monkeypatch.setenv(waiting.JOB, "job")
    with FileLock(paths.runs_dir() / ".training-slot"), RunFolder(second).training_slot() as held:
        assert held


def test_storage_that_is_not_shared_is_told_before_anything_starts(monkeypatch):
    monkeypatch.setattr(ray, "_nodes", lambda client: {"one": "10.0.0.1"})
    with pytest.raises(GenClassError) as caught:
        ray._check_shared(Cluster("FAILED"), {"one": "10.0.0.1"})
    assert (
        caught.value.code == "not_on_node"
        and caught.value.values == {"node": "10.0.0.1"}
        and not list(paths.runs_dir().glob(".seen*"))
    )


def test_a_machine_that_goes_away_while_it_is_asked_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(ray, "_nodes", lambda client: {})
    ray._check_shared(Cluster("FAILED"), {"one": "10.0.0.1"})


def test_every_machine_is_asked_before_anything_starts():
    """Also one that has no room just now: to look takes none."""
    cluster = Cluster("SUCCEEDED")
    ray._check_shared(cluster, {"one": "10.0.0.1", "other": "10.0.0.2"})
    asked = [job["entrypoint_label_selector"] for job in cluster.jobs]
    assert asked == [{"ray.io/node-id": "one"}, {"ray.io/node-id": "other"}]
    assert not any("entrypoint_num_cpus" in job for job in cluster.jobs)


def test_the_check_looks_for_a_file_that_was_just_written(tmp_path):
    assert os.system(ray._seen(tmp_path, "exit 5")) >> 8 == 5
    assert os.system(ray._seen(tmp_path / "elsewhere", "exit 5")) >> 8 == ray.NOT_SEEN


@pytest.mark.parametrize("address, code", [(None, "no_ray_address"), ("cluster", "no_cluster"),
                                           ("http://127.0.0.1:9", "no_cluster")])  # fmt: skip
def test_a_cluster_that_is_not_there_is_told(address, code, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "ray.job_submission", SimpleNamespace(JobSubmissionClient=Cluster))
    with pytest.raises(GenClassError) as caught:
        ray.connect(address)
    assert caught.value.code == code


def test_without_ray_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(GenClassError, match="requirements-ray.txt"):
        ray.connect("http://127.0.0.1:9")
