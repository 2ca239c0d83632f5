"""A run's folder: the only contract between a training process and everyone else.

    config.json  status.json  metrics.jsonl  log.txt  samples/<step>.png  model/<step>/  state/<step>/
    data.safetensors (a set of the user's own)

This module is what readers need; they take no lock. The trainer writes through ``writer.RunFolder`` and holds one.
Metrics and log are only appended to; everything else is replaced whole, by rename.
"""

import contextlib
import dataclasses
import json
import math
import os
import platform
import shutil
import time

import psutil
from filelock import FileLock, Timeout

from genclass import paths
from genclass.errors import GenClassError, check_number
from genclass.files import atomic
from genclass.models import checkpoint, store
from genclass.train.settings import MAX_MINUTES, RANGES, Request, default_name

LIVE = ("queued", "running", "stopping")
HERE = platform.node()
STALE_SECONDS = 120
LOCK_SECONDS = 3
TAIL = 20_000  # bytes, more than any report has


def read_status(path):
    """``status.json`` of a run folder; ``state`` is ``interrupted`` where its process is gone.

    Raises:
        GenClassError: ``not_a_run``.
    """
    status = written_status(path)
    if status["state"] in LIVE and not _alive(status):
        status["state"] = "interrupted"
    return status


def written_status(path):
    """``status.json`` as its process left it; as ``read_status``."""
    try:
        return json.loads((path / "status.json").read_text())
    except (OSError, ValueError) as error:
        raise GenClassError("not_a_run") from error


def _alive(status):
    stale = time.time() - status["heartbeat"] > STALE_SECONDS
    # Of what is not taken up yet, and of a process of another machine, whose number means nothing here, the heartbeat
    # alone tells: within two minutes, if the machines' clocks agree.
    if status["pid"] is None or status.get("host", HERE) != HERE:
        return not stale
    if stale and status["state"] != "queued":  # a process that still loads its libraries has no heartbeat yet
        return False
    try:  # the start time tells a process from a later one with the same number
        process = psutil.Process(status["pid"])
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - status["started"]) < 1
    except psutil.Error:
        return False


def read_request(path):
    """What was asked of a run.

    Raises:
        GenClassError: ``not_a_run``.
    """
    try:
        return Request(**json.loads((path / "config.json").read_text())["request"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GenClassError("not_a_run") from error


def read_metrics(path):
    """Every whole line of ``metrics.jsonl``: a list of dicts; a torn last line is left out."""
    file = path / "metrics.jsonl"
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [json.loads(line) for line in lines]


def last_metrics(path):
    """The last whole report, or None before the first; reads no more than the file's end."""
    try:
        with open(path / "metrics.jsonl", "rb") as file:
            file.seek(-min(file.seek(0, os.SEEK_END), TAIL), os.SEEK_END)
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    return json.loads(lines[-1]) if lines else None


def read_pictures(path):
    """``[(step, path)]`` of the pictures in ``samples/``, oldest first."""
    return sorted((int(file.stem), file) for file in path.glob("samples/*.png") if file.stem.isdigit())


def read_config(path):
    """``config.json``: ``request``, ``created``, ``fixed`` (None before the first step), ``lengthened``, ``owner``.

    Raises:
        GenClassError: ``not_a_run``.
    """
    try:
        return {"lengthened": [], "owner": None, **json.loads((path / "config.json").read_text())}
    except (OSError, ValueError, TypeError) as error:
        raise GenClassError("not_a_run") from error


def total_at(config, step):
    """Steps of the whole run as they were asked for when ``step`` was taken, which the rates' schedule needs."""
    total = config["fixed"]["total"]
    for change in config["lengthened"]:
        if step >= change["step"]:
            total = change["total"]
    return total


def place_in_line(path):
    """How many runs of the same folder of runs come first: the one being trained, and those that wait for longer.

    A cluster has a queue of its own, in which only those that wait count.
    """
    return sum(1 for _ in _states_ahead(path))


def waiting_before(path):
    """Whether another run has waited for longer."""
    return "queued" in _states_ahead(path)


def _states_ahead(path):
    own = written_status(path)
    clustered, mine = bool(own.get("job")), _ticket(path, own)
    for file in path.parent.glob("*/status.json"):
        with contextlib.suppress(GenClassError):  # deleted meanwhile
            status = read_status(file.parent)
            other = file.parent != path and bool(status.get("job")) == clustered
            waits = status["state"] == "queued"
            first = _ticket(file.parent, status) < mine if waits else not clustered
            if other and status["state"] in LIVE and first:
                yield status["state"]


def _ticket(path, status):
    return status.get("queued") or status["heartbeat"], path.name


def create(path, request, owner=None):
    """Make a run folder, queued.

    Args:
        path: the folder; an empty one may be there.
        request: a ``Request``.
        owner: marks the visitor who asked for it, or None.

    Raises:
        GenClassError: ``other_request`` if something else is there, ``bad_name``, ``name_taken`` or ``cannot_write``.
    """
    if (path / "config.json").exists() and read_request(path) == request:
        return
    if path.exists() and any(path.iterdir()):
        raise GenClassError("other_request")
    if request.name is not None:
        store.check_name(request.name)
    try:
        path.mkdir(parents=True, exist_ok=True)
        _write_new(path, request, owner)
    except OSError as error:
        raise GenClassError("cannot_write", path=str(path)) from error


def _write_new(path, request, owner):
    now = time.time()
    config = {"format": 1, "request": dataclasses.asdict(request), "created": now, "fixed": None, "lengthened": [],
              "owner": owner}  # fmt: skip
    status = {"state": "queued", "name": _unique_name(path, request), "step": 0, "total": None, "pid": None,
              "started": None, "host": None, "job": None, "heartbeat": now, "queued": now, "error": None}  # fmt: skip
    atomic.write_json(path / "config.json", config)
    atomic.write_json(path / "status.json", status)


def _unique_name(path, request):
    """The asked name, or the default, with -2, -3 … if another model or run beside this one has it."""
    wanted = request.name or default_name(request)
    taken = {folder.name for folder in paths.SHIPPED.glob("*")}
    for file in path.parent.glob("*/status.json"):
        with store.unless_deleted(file):
            taken.add(written_status(file.parent)["name"])
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted[: 40 - len(str(number)) - 1]}-{number}"
    return name


def take_up(path, process):
    """Note, before it can itself, which process (a ``psutil.Process``) is going to train a run."""
    queue(path, pid=process.pid, started=process.create_time(), host=HERE, job=None)


def queue(path, **who):
    """Let a run wait; ``who``: ``pid``, ``started`` and ``host`` of the process, or ``job``, that is to train it."""
    status, now = json.loads((path / "status.json").read_text()), time.time()
    status |= {"state": "queued", "heartbeat": now, "queued": now, "error": None, **who}
    atomic.write_json(path / "status.json", status)


@contextlib.contextmanager
def locked(path):
    """Hold a run folder's lock: only one process writes into it. One that has just ended lets go of it in a moment.

    Raises:
        GenClassError: ``run_busy``.
    """
    try:
        with FileLock(path / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise GenClassError("run_busy") from error


def lengthen(path, epochs=None, minutes=None):
    """Give a run that is not being trained more steps; it then waits to be resumed.

    Its whole length becomes ``epochs``, or grows by as many steps as it takes ``minutes`` for. Steps already
    done stay as they are; from its newest state on, rates follow the schedule of the new length. ``lengthened`` in its
    config.json records both, so that resuming stays exact.

    Raises:
        GenClassError: ``run_busy``, ``not_begun``, ``not_longer``, or as the numbers are checked.
    """
    with locked(path):
        config, status = read_config(path), read_status(path)
        if config["fixed"] is None or not newest_step(path):  # a model that was brought here has no state
            raise GenClassError("not_begun")
        before = total_at(config, math.inf)
        total = _longer(config["fixed"], status, before, epochs, minutes)
        if total <= before:
            raise GenClassError("not_longer", steps=total, before=before)
        config["lengthened"].append({"step": newest_step(path), "total": total})
        status |= {"total": total, "state": "stopped" if status["state"] == "finished" else status["state"]}
        atomic.write_json(path / "status.json", status)  # first: if no more comes, it just ends again
        atomic.write_json(path / "config.json", config)


def _longer(fixed, status, before, epochs, minutes):
    if (epochs is None) == (minutes is None):
        raise GenClassError("both_lengths")
    if epochs is not None:
        return round(check_number("epochs", epochs, *RANGES["epochs"]) * fixed["steps_per_epoch"])
    seconds = 60 * check_number("minutes", minutes, 0.05, MAX_MINUTES)
    return before + max(1, int(seconds * status["step"] / max(status["seconds"], 0.01)))


def newest_step(path):
    """The step of the newest whole state, or 0."""
    return next((int(folder.name) for folder in store.numbered(path / "state") if is_whole(folder)), 0)


def spoilt_step(path):
    """The step of the newest state where that is not whole, so that an older one must do; else None."""
    steps = [int(folder.name) for folder in store.numbered(path / "state")]
    return steps[0] if steps and steps[0] != newest_step(path) else None


def is_whole(folder):
    """Whether a folder ``state/<step>`` holds what was written into it."""
    try:
        record = json.loads((folder / "state.json").read_text())
        return checkpoint.sha256(folder / "state.safetensors") == record["sha256"]
    except (OSError, ValueError, KeyError):  # torn by a crash, or spoilt since
        return False


def delete(path):
    """Remove a run and its models, for good.

    Raises:
        GenClassError: ``run_busy`` while it is being trained or waits.
    """
    if read_status(path)["state"] in LIVE:
        raise GenClassError("run_busy")
    with locked(path):
        (path / "status.json").unlink()  # from here on it is no run, whatever happens
    for inner in path.iterdir():
        shutil.rmtree(inner) if inner.is_dir() else inner.unlink(missing_ok=True)
    path.rmdir()
