"""Runs as jobs of a Ray cluster: its queue, placement and logs. Optional, and the only place that imports Ray.

A job is the command a person would type, on whichever machine Ray has room; the run's folder, on storage that all of
them share, stays the only contract. The run's heartbeat is renewed by the page that submitted the job, as long as Ray
says that it waits or starts; once the job's process has taken the run up, by that process, wherever it is.
"""

import contextlib
import logging
import os
import secrets
import shlex
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from filelock import Timeout

from genclass import paths
from genclass.errors import GenClassError
from genclass.jobs.runs import Launcher
from genclass.models import store
from genclass.train.run import layout as run_folder
from genclass.train.run import waiting

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

log = logging.getLogger("genclass.ray")
LOOK_SECONDS = 5  # from one look at jobs that wait to the next
CONNECT_SECONDS = 5
CHECK_SECONDS = 120  # until the jobs that only look for a file have run, one on each machine
NODE_ID, MOST_NODES = "ray.io/node-id", 1000
NOT_SEEN = 3  # exit status of a job that sees no folder
FAULTS = (OSError, RuntimeError)  # raised by the job server's client: no connection, or a strange answer


def connect(address: str | None) -> Launcher:
    """A launcher that has run folders trained by a cluster.

    Args:
        address: of the cluster's job server, as ``http://HEAD:8265``.

    Raises:
        GenClassError: ``no_ray_address``, ``no_ray``, ``no_cluster``, ``cluster_full`` or ``not_on_node``.
    """
    client = _client(address)
    _check_shared(client, _nodes(client))
    threading.Thread(target=_watch, args=(client,), daemon=True).start()
    return lambda path: submit(client, path)


def _client(address: str | None) -> "JobSubmissionClient":
    if not address:
        raise GenClassError("no_ray_address")
    try:
        from ray.job_submission import JobSubmissionClient
    except ImportError as error:
        raise GenClassError("no_ray") from error
    try:
        where = urlsplit(address)
        if where.scheme not in ("http", "https"):
            raise ValueError(address)
        port = where.port or {"http": 80, "https": 443}[where.scheme]
        socket.create_connection((where.hostname, port), CONNECT_SECONDS).close()  # Ray's own try has no end
        return JobSubmissionClient(address)
    except (*FAULTS, ValueError) as error:
        raise GenClassError("no_cluster", address=address) from error


def _nodes(client: "JobSubmissionClient") -> dict[str, str]:
    """``{id: address}`` of the cluster's machines that have processors for a job."""
    from ray.util.state import list_nodes
    from ray.util.state.exception import RayStateApiException

    try:
        # It takes nodes that have gone for truncated output, and would raise.
        alive = list_nodes(
            client.get_address(), [("state", "=", "ALIVE")], limit=MOST_NODES, raise_on_missing_output=False
        )
    except (RayStateApiException, *FAULTS) as error:
        log.warning("the cluster does not name its machines: %s", error)
        raise GenClassError("no_cluster", address=client.get_address()) from error
    return {node.node_id: node.node_ip for node in alive if node.resources_total.get("CPU")}


def _check_shared(client: "JobSubmissionClient", nodes: Mapping[str, str]) -> None:
    """Whether each of the machines sees a file that was just written, and this program.

    Raises:
        GenClassError: ``no_cluster``, ``cluster_full`` or ``not_on_node``.
    """
    file, limit = paths.runs_dir() / f".seen-{secrets.token_hex(8)}", time.monotonic() + CHECK_SECONDS
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        look = _seen(file.resolve(), "true")
        jobs = [client.submit_job(entrypoint=look, entrypoint_label_selector={NODE_ID: node}) for node in nodes]
        for job, (node, address) in zip(jobs, nodes.items(), strict=True):
            if _ended(client, job, limit) != "SUCCEEDED" and node in _nodes(client):  # else it went away meanwhile
                raise GenClassError("not_on_node", node=address)
    except FAULTS as error:
        log.warning("the cluster could not be asked: %s", error)
        raise GenClassError("no_cluster", address=client.get_address()) from error
    finally:
        file.unlink(missing_ok=True)


def _ended(client: "JobSubmissionClient", job: str, limit: float) -> str:
    """How a job has ended, which it must by then."""
    while not (status := client.get_job_status(job)).is_terminal():
        if time.monotonic() > limit:
            client.stop_job(job)
            raise GenClassError("cluster_full")
        time.sleep(0.2)
    return status


def _seen(path: Path, command: str) -> str:
    """A shell command that runs another where the path, this program and its Python are found."""
    place, root, python = (shlex.quote(str(part)) for part in (path, paths.ROOT, sys.executable))
    return f"test -e {place} && test -x {python} && cd {root} || exit {NOT_SEEN}; {command}"


def submit(client: "JobSubmissionClient", path: Path) -> None:
    """Hand a run folder over to the cluster; if that fails, the run has failed, and can be resumed."""
    request, job = run_folder.read_request(path), f"genclass-{secrets.token_hex(8)}"
    words = shlex.join([sys.executable, "-m", "genclass", "train", "--resume", str(path.resolve())])
    waiting.hand_over(path, job)
    try:
        client.submit_job(
            submission_id=job,
            entrypoint=_seen(path.resolve() / "config.json", f"exec {words}"),
            entrypoint_num_cpus=request.threads or 1,
            entrypoint_num_gpus=int(request.device == "cuda"),
            runtime_env={"env_vars": _environment(job)},
        )
    except FAULTS:
        log.exception("could not submit %s", job)
        waiting.end(path, job, "failed", GenClassError("cluster_away"))


def _environment(job: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("GENCLASS_DATA", "PYTHONPATH") if name in os.environ}
    return {**kept, "GENCLASS_RUNS": str(paths.runs_dir().resolve()), waiting.JOB: job}


def _watch(client: "JobSubmissionClient") -> None:
    """As long as the page lives: look after every run whose job no process has taken up yet."""
    while True:
        time.sleep(LOOK_SECONDS)
        for file in paths.runs_dir().glob("*/status.json"):
            with store.if_readable(file):  # or storage is away for a moment: the others are looked after all the same
                look_after(client, file.parent)


def look_after(client: "JobSubmissionClient", path: Path) -> None:
    """Beat for a run whose job waits; end it where its job has ended, or where it was asked to stop before it began.

    Raises:
        GenClassError: ``not_a_run``.
    """
    job = waiting.job_of(path)
    if job is None:
        return
    try:
        info = client.get_job_info(job)
        given_up = info.status == "PENDING" and (path / "stop").exists()
        if given_up:
            client.stop_job(job)
    except FAULTS:  # without a heartbeat the run will count as interrupted
        log.exception("the cluster does not tell about %s", job)
        return
    with contextlib.suppress(Timeout):  # its process is just taking it up
        if given_up:
            waiting.end(path, job, "stopped")
        elif info.status.is_terminal():
            lost = "not_on_cluster" if info.driver_exit_code == NOT_SEEN else "job_failed"
            waiting.end(path, job, "failed", GenClassError(lost))
        else:
            waiting.beat(path, job)
