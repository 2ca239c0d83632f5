"""Runs that wait for a job of a cluster: handed over to it, and looked after until its process takes them up."""

import time

from filelock import FileLock

from genclass.files import atomic
from genclass.train.run import layout as run_folder

JOB = "GENCLASS_JOB"  # names, in the environment of a process, the job of a cluster that it is


def hand_over(path, job):
    """Note which job is going to train a run; its process is not known before it has begun."""
    run_folder.queue(path, pid=None, started=None, host=None, job=job)


def job_of(path):
    """The job that a run waits for, or None.

    Raises:
        GenClassError: ``not_a_run``.
    """
    status = run_folder.written_status(path)
    return status.get("job") if status["state"] == "queued" and status["pid"] is None else None


def beat(path, job):
    """Renew the heartbeat of a run that waits for a job, unless its process has taken it up.

    Raises:
        filelock.Timeout: if it just does.
        GenClassError: ``not_a_run``.
    """
    _change(path, job, state="queued")


def end(path, job, state, error=None):
    """Say how a run ended that waits for a job; as ``beat``."""
    if _change(path, job, state=state, error=error and error.as_dict()):
        (path / "stop").unlink(missing_ok=True)


def _change(path, job, **changes):
    with FileLock(path / ".lock", timeout=0):  # which a trainer holds from before its first word
        waits = job_of(path) == job
        if waits:
            status = run_folder.written_status(path) | {"heartbeat": time.time(), **changes}
            atomic.write_json(path / "status.json", status)
        return waits
