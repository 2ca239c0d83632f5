"""Start, watch, stop and resume training processes, through run folders only.

Each run is the same command a person would type, in a process of its own that outlives the page and its server. Whoever
holds a run's id (128 random bits) may watch, stop and resume it.
"""

import dataclasses
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import psutil
from filelock import FileLock

from genclass import checkpoint, data, folders
from genclass.errors import GenClassError
from genclass.train import folder as run_folder
from genclass.train.loop import check_data, pick_device

RUN_ID = re.compile(r"^[0-9a-f]{32}$")
MAX_WAITING = 20
ROOT = Path(__file__).parent.parent


def start(request, upload=None):
    """Start a run in ``$GENCLASS_RUNS``; it waits in the queue while another one trains.

    Args:
        request: a ``train.settings.Request``.
        upload: the visitor's own images, packed into the run before it starts: a ``data.ImageSet``, or the path of a
            zip or folder. ``request.data`` is then only its name.

    Returns:
        The run's id.

    Raises:
        GenClassError: ``unknown_dataset``, ``too_many_runs``, ``bad_name``, ``name_taken``, ``no_device``, or what
            the upload raises.
    """
    pick_device(request.device)
    if upload is None and request.data not in data.NAMES:
        raise GenClassError("unknown_dataset", name=request.data[:60], choices=", ".join(data.NAMES))
    imageset = None if upload is None else _own_images(upload, request)
    waiting = [entry for entry in list_runs() if entry["state"] == "queued"]
    if len(waiting) >= MAX_WAITING:
        raise GenClassError("too_many_runs", count=len(waiting))
    run_id = secrets.token_hex(16)
    path = checkpoint.runs_dir() / run_id
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / ".names"):  # between two starts a name could be given twice
        run_folder.create(path, request)
    if imageset is not None:
        data.save_packed(imageset, path / "data.safetensors")
    _spawn(path)
    return run_id


def _own_images(upload, request):
    read = isinstance(upload, data.ImageSet)
    imageset = upload if read else data.load_folder(Path(upload), limits=folders.IN_PAGE)
    check_data(imageset, request.kind)
    return dataclasses.replace(imageset, name=request.data)


def command(path):
    """The command line that trains a run folder: a list of words."""
    return [sys.executable, "-m", "genclass", "train", "--resume", str(path)]


def _spawn(path):
    """Start the training process, detached, its output in the run's log; the status names it at once."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with open(path / "log.txt", "a") as log:
        process = subprocess.Popen(command(path), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, env=environment)  # fmt: skip
    run_folder.take_up(path, psutil.Process(process.pid))


def find(run_id):
    """The folder of a run.

    Raises:
        GenClassError: ``unknown_run``.
    """
    if not isinstance(run_id, str) or not RUN_ID.match(run_id):
        raise GenClassError("unknown_run")
    path = checkpoint.runs_dir() / run_id
    if not (path / "status.json").exists():
        raise GenClassError("unknown_run")
    return path


def status(run_id):
    """What a run is doing.

    Returns:
        ``{"id", "name", "state", "step", "total", "seconds", "error", "kind", "data", "preset", "metrics"}``:
        ``metrics`` is the last report, or None before the first.

    Raises:
        GenClassError: ``unknown_run``.
    """
    path = find(run_id)
    found, request = run_folder.read_status(path), run_folder.read_request(path)
    if found["state"] in ("queued", "running") and (path / "stop").exists():
        found["state"] = "stopping"
    reports = run_folder.read_metrics(path)
    return {
        "id": run_id,
        **{key: found.get(key) for key in ("name", "state", "step", "total", "seconds", "error")},
        **{key: getattr(request, key) for key in ("kind", "data", "preset")},
        "metrics": reports[-1] if reports else None,
    }


def metrics(run_id):
    """Every report of a run, oldest first: dicts with ``step``, ``seconds`` and the figures."""
    return run_folder.read_metrics(find(run_id))


def pictures(run_id):
    """``[(step, path)]`` of a run's pictures, oldest first."""
    return run_folder.read_pictures(find(run_id))


def list_runs():
    """The status of every run, newest first."""
    paths = [path.parent for path in checkpoint.runs_dir().glob("*/status.json") if RUN_ID.match(path.parent.name)]
    paths.sort(key=lambda path: (path / "config.json").stat().st_ctime, reverse=True)
    return [status(path.name) for path in paths]


def stop(run_id):
    """Ask a run to stop between two steps; it can always go on with ``resume``.

    Raises:
        GenClassError: ``unknown_run`` or ``run_over``.
    """
    path = find(run_id)
    if run_folder.read_status(path)["state"] not in run_folder.LIVE:
        raise GenClassError("run_over", action="stop")
    (path / "stop").touch()


def resume(run_id):
    """Go on with a run that was stopped, failed or interrupted.

    Raises:
        GenClassError: ``unknown_run``, ``run_busy`` or ``run_over``.
    """
    path = find(run_id)
    state = run_folder.read_status(path)["state"]
    if state in run_folder.LIVE:
        raise GenClassError("run_busy")
    if state == "finished":
        raise GenClassError("run_over", action="resume")
    (path / "stop").unlink(missing_ok=True)
    _spawn(path)


def delete(run_id):
    """Remove a run and its models, for good.

    Raises:
        GenClassError: ``unknown_run`` or ``run_busy``.
    """
    run_folder.delete(find(run_id))
