"""A run's folder: the only contract between a training process and everyone else.

    config.json  status.json  metrics.jsonl  log.txt  samples/<step>.png  model/<step>/  state/<step>/
    data.safetensors (a set of the user's own)

The trainer writes through ``RunFolder`` and holds its lock; readers use ``read_*`` and take no lock. Metrics and log
are only appended to; everything else is replaced whole, by rename.
"""

import dataclasses
import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
from filelock import FileLock, Timeout
from safetensors.torch import load_file, save_file

from genclass import checkpoint
from genclass.errors import GenClassError
from genclass.train.settings import Request, default_name

KEEP = 2
LIVE = ("queued", "running", "stopping")
STALE_SECONDS = 120


def write_whole(path, text):
    """Replace a text file by rename, so that no reader ever sees half of it."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    partial.write_text(text)
    partial.replace(path)


def read_status(path):
    """``status.json`` of a run folder; ``state`` is ``interrupted`` where its process is gone.

    Raises:
        GenClassError: ``not_a_run``.
    """
    try:
        status = json.loads((path / "status.json").read_text())
    except (OSError, ValueError) as error:
        raise GenClassError("not_a_run") from error
    if status["state"] in LIVE and not _alive(status):
        status["state"] = "interrupted"
    return status


def _alive(status):
    if time.time() - status["heartbeat"] > STALE_SECONDS:
        return False
    if status["pid"] is None:  # not taken up yet: the heartbeat alone tells
        return True
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


def read_pictures(path):
    """``[(step, path)]`` of the pictures in ``samples/``, oldest first."""
    return sorted((int(file.stem), file) for file in path.glob("samples/*.png") if file.stem.isdigit())


def create(path, request):
    """Make a run folder, queued.

    Args:
        path: the folder; an empty one may be there.
        request: a ``Request``.

    Raises:
        GenClassError: ``other_request`` if something else is there, ``bad_name``, ``name_taken`` or ``cannot_write``.
    """
    if (path / "config.json").exists() and read_request(path) == request:
        return
    if path.exists() and any(path.iterdir()):
        raise GenClassError("other_request")
    if request.name is not None:
        checkpoint.check_name(request.name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GenClassError("cannot_write", path=str(path)) from error
    now = time.time()
    config = {"format": 1, "request": dataclasses.asdict(request), "created": now, "fixed": None}
    status = {"state": "queued", "name": _unique_name(path, request), "step": 0, "total": None, "pid": None,
              "started": None, "heartbeat": now, "error": None}  # fmt: skip
    write_whole(path / "config.json", json.dumps(config, indent=1))
    write_whole(path / "status.json", json.dumps(status, indent=1))


def _unique_name(path, request):
    """The asked name, or the default, with -2, -3 … if another model or run beside this one has it."""
    wanted = request.name or default_name(request)
    taken = {json.loads(file.read_text())["name"] for file in path.parent.glob("*/status.json")}
    taken |= {folder.name for folder in checkpoint.SHIPPED.glob("*")}
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted[: 40 - len(str(number)) - 1]}-{number}"
    return name


def take_up(path, process):
    """Note, before it can itself, which process (a ``psutil.Process``) is going to train a run."""
    status = json.loads((path / "status.json").read_text())
    status |= {"state": "queued", "pid": process.pid, "started": process.create_time(), "heartbeat": time.time()}
    write_whole(path / "status.json", json.dumps({**status, "error": None}, indent=1))


class RunFolder:
    """A run folder as its trainer sees it; use it inside ``with folder.locked():``."""

    def __init__(self, path):
        self.path = Path(path)
        self.request = read_request(self.path)
        self.config = json.loads((self.path / "config.json").read_text())
        self.status = json.loads((self.path / "status.json").read_text())

    @contextmanager
    def locked(self):
        """Hold the folder's lock.

        Raises:
            GenClassError: ``run_busy`` if another process trains this run.
        """
        try:
            with FileLock(self.path / ".lock", timeout=0):
                yield
        except Timeout as error:
            raise GenClassError("run_busy") from error

    @contextmanager
    def training_slot(self):
        """Wait for the one training slot of ``$GENCLASS_RUNS``, which runs elsewhere do not need.

        Yields True once it is held, False if the run was asked to stop while it waited.
        """
        if self.path.resolve().parent != checkpoint.runs_dir().resolve():
            yield True
            return
        slot = FileLock(self.path.parent / ".training-slot")
        while True:
            try:
                slot.acquire(timeout=0.5)
                break
            except Timeout:
                self.write_status(state="queued")
                if self.stop_asked():
                    yield False
                    return
        try:
            yield True
        finally:
            slot.release()

    def stop_asked(self):
        return (self.path / "stop").exists()

    def write_status(self, **changes):
        """Replace ``status.json``, with this process and the present as its heartbeat."""
        me = psutil.Process()
        self.status |= {"pid": me.pid, "started": me.create_time(), "heartbeat": time.time(), **changes}
        write_whole(self.path / "status.json", json.dumps(self.status, indent=1))

    def end(self, state, **changes):
        """Say how it ended; a request to stop has then been answered."""
        self.write_status(state=state, **changes)
        (self.path / "stop").unlink(missing_ok=True)

    def fix(self, fixed):
        """Record what was decided before the first step, once."""
        self.config["fixed"] = fixed
        write_whole(self.path / "config.json", json.dumps(self.config, indent=1))

    def append_metrics(self, values):
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write(json.dumps(values) + "\n")

    def cut_back(self, step):
        """Drop metrics and pictures of later steps than the one that training resumes from."""
        kept = [line for line in read_metrics(self.path) if line["step"] <= step]
        write_whole(self.path / "metrics.jsonl", "".join(json.dumps(line) + "\n" for line in kept))
        for later, file in read_pictures(self.path):
            if later > step:
                file.unlink()

    def save_picture(self, step, png):
        target = self.path / "samples" / f"{step}.png"
        target.parent.mkdir(exist_ok=True)
        target.with_suffix(".partial").write_bytes(png)
        target.with_suffix(".partial").replace(target)

    def save_state(self, step, tensors):
        """Write ``state/<step>`` whole and keep the newest two."""
        folder = self.path / "state" / str(step)
        partial = folder.with_name(f".{step}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        file = partial / "state.safetensors"
        save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, file)
        (partial / "state.json").write_text(json.dumps({"step": step, "sha256": checkpoint.sha256(file)}))
        checkpoint.publish(partial, folder)
        keep_newest(self.path / "state")

    def newest_state(self):
        """(step, tensors) of the newest whole state, or (0, None)."""
        for folder in checkpoint.numbered(self.path / "state"):
            file = folder / "state.safetensors"
            try:
                record = json.loads((folder / "state.json").read_text())
                if checkpoint.sha256(file) == record["sha256"]:
                    return record["step"], load_file(file)
            except (OSError, ValueError, KeyError):  # torn by a crash: an older one will do
                continue
        return 0, None


def keep_newest(parent, count=KEEP):
    """Delete all but the newest numbered folders."""
    for folder in checkpoint.numbered(parent)[count:]:
        shutil.rmtree(folder, ignore_errors=os.name == "nt")


def delete(path):
    """Remove a run and its models, for good.

    Raises:
        GenClassError: ``run_busy`` while it is being trained or waits.
    """
    if read_status(path)["state"] in LIVE:
        raise GenClassError("run_busy")
    (path / "status.json").unlink()  # from here on it is no run, whatever happens
    shutil.rmtree(path)
