"""Runs that wait: in line for the training slot of this machine, or for a job of a cluster.

A job of a cluster has no process before it begins: the page that handed the run over looks after it until then.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.train.run import layout as run_folder

SLOT = ".training-slot"  # in a folder of runs: locked by the one that is trained
JOB = "GENCLASS_JOB"  # names, in the environment of a process, the job of a cluster that it is


def take_up(path: Path, process: psutil.Process) -> None:
    """Note which process is going to train a run, before it can do so itself."""
    _queue(path, pid=process.pid, started=process.create_time(), host=run_folder.HERE, job=None)


def hand_over(path: Path, job: str) -> None:
    """Note which job of a cluster is going to train a run; its process is not known before it has begun."""
    _queue(path, pid=None, started=None, host=None, job=job)


def _queue(path: Path, **who: object) -> None:
    status, now = run_folder.written_status(path), time.time()
    status |= {"state": "queued", "heartbeat": now, "queued": now, "error": None, **who}
    atomic.write_json(path / "status.json", status)


def place_in_line(path: Path) -> int:
    """How many runs of the same folder of runs come first: the one being trained, and those that wait for longer.

    A cluster has a queue of its own, in which only those that wait count.
    """
    return sum(1 for _ in _states_ahead(path))


def is_behind_another(path: Path) -> bool:
    """Whether another run has waited for longer."""
    return "queued" in _states_ahead(path)


def _states_ahead(path: Path) -> Iterator[str]:
    own = run_folder.written_status(path)
    clustered, mine = bool(own.get("job")), _ticket(path, own)
    for file in path.parent.glob("*/status.json"):
        with contextlib.suppress(GenClassError):  # deleted meanwhile, or damaged
            status = run_folder.read_status(file.parent)
            other = file.parent != path and bool(status.get("job")) == clustered
            waits = status["state"] == "queued"
            first = _ticket(file.parent, status) < mine if waits else not clustered
            if other and status["state"] in run_folder.LIVE and first:
                yield status["state"]


def _ticket(path: Path, status: dict[str, Any]) -> tuple[float, str]:
    """Since when a run waits, and its folder's name, which decides between two of one moment."""
    return status.get("queued") or status["heartbeat"], path.name


def job_of(path: Path) -> str | None:
    """The job that a run waits for, or None.

    Raises:
        GenClassError: ``not_a_run``.
    """
    status = run_folder.written_status(path)
    return status.get("job") if status["state"] == "queued" and status["pid"] is None else None


def beat(path: Path, job: str) -> None:
    """Renew the heartbeat of a run that waits for a job, unless its process has taken it up.

    Raises:
        filelock.Timeout: if it is just doing so.
        GenClassError: ``not_a_run``.
    """
    _change(path, job, state="queued")


def end(path: Path, job: str, state: str, error: GenClassError | None = None) -> None:
    """Say how a run ended that waits for a job; raises what ``beat`` does."""
    if _change(path, job, state=state, error=None if error is None else error.as_dict()):
        (path / "stop").unlink(missing_ok=True)


def _change(path: Path, job: str, **changes: object) -> bool:
    """Change the status of a run that waits for a job; False where it no longer does."""
    with FileLock(path / ".lock", timeout=0):  # which a trainer holds from before its first word
        waits = job_of(path) == job
        if waits:
            status = run_folder.written_status(path) | {"heartbeat": time.time(), **changes}
            atomic.write_json(path / "status.json", status)
        return waits
