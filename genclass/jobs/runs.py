"""Start, watch, stop and resume training processes, through run folders only.

Each run is the same command a person would type, in a process of its own that outlives the page and its server: here,
or where a cluster has room, as the launcher decides; its status tells which. Whoever holds a run's id (128 random bits)
may watch, stop and resume it.
"""

import contextlib
import dataclasses
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock
from safetensors import SafetensorError

from genclass import paths
from genclass.data import catalog, folders, sources
from genclass.data.imageset import ImageSet, packed_notes, save_packed
from genclass.errors import GenClassError
from genclass.jobs import prewarm
from genclass.models import store
from genclass.train.ending import why_early
from genclass.train.run import layout as run_folder
from genclass.train.run.longer import lengthen
from genclass.train.run.waiting import place_in_line
from genclass.train.settings import Request
from genclass.train.trainer import about_mirroring, check_data, pick_device

log = logging.getLogger("genclass.page")
# Has a run folder trained, and returns at once: ``prewarm.train`` here, what ``ray.connect`` gives on a cluster.
Launcher = Callable[[Path], None]
RUN_ID = re.compile(r"^[0-9a-f]{32}\Z")
MAX_WAITING = 20


def start(
    request: Request,
    upload: ImageSet | str | Path | None = None,
    owner: run_folder.Owner | None = None,
    launch: Launcher = prewarm.train,
) -> str:
    """Start a run in ``$GENCLASS_RUNS``; it waits in the queue while another one trains.

    Args:
        request: what is asked for.
        upload: the visitor's own images, packed into the run before it starts: an ``ImageSet``, or the path of a
            zip or folder. ``request.data`` is then only its name.
        owner: the visitor who asks, or None.
        launch: has the run's folder trained.

    Returns:
        The run's id.

    Raises:
        GenClassError: ``unknown_dataset``, ``too_many_runs``, ``bad_name``, ``name_taken``, ``no_device``,
            ``not_started`` where nothing can be written, or what the upload raises.
    """
    pick_device(request.device)
    if upload is None and catalog.find(request.data) is None:
        raise GenClassError("unknown_dataset", name=request.data[:60], choices=", ".join(catalog.names()))
    check_waiting()
    imageset = None if upload is None else _own_images(upload, request)
    run_id = secrets.token_hex(16)
    path = paths.runs_dir() / run_id
    with _whole(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".names"):  # between two starts a name could be given twice
            run_folder.create(path, request, owner)
        if imageset is not None:
            save_packed(imageset, path / "data.safetensors")
        launch(path)
    return run_id


def check_waiting() -> None:
    """Whether one more run may wait.

    Raises:
        GenClassError: ``too_many_runs``.
    """
    waiting = [entry for entry in list_runs() if entry["state"] == "queued"]
    if len(waiting) >= MAX_WAITING:
        raise GenClassError("too_many_runs", count=len(waiting))


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Where a run's folder can't be written, a full disk above all, nothing of it stays, and no path is told."""
    try:
        yield
    except (OSError, SafetensorError, GenClassError) as error:
        if isinstance(error, GenClassError) and error.code != "cannot_write":
            raise
        shutil.rmtree(path, ignore_errors=True)
        log.warning("a run could not be written: %s", error.__cause__ or error)
        raise GenClassError("not_started") from error


def _own_images(upload: ImageSet | str | Path, request: Request) -> ImageSet:
    if not isinstance(upload, ImageSet):
        size = request.settings().image_size
        upload = sources.load_folder(Path(upload), size, folders.IN_PAGE, request.classes_from)
    check_data(upload, request.kind)
    return dataclasses.replace(upload, name=request.data)


def find(run_id: object) -> Path:
    """The folder of a run.

    Raises:
        GenClassError: ``unknown_run``.
    """
    if not isinstance(run_id, str) or not RUN_ID.match(run_id):
        raise GenClassError("unknown_run")
    path = paths.runs_dir() / run_id
    if not os.path.lexists(path / "status.json"):
        raise GenClassError("unknown_run")
    return path


def status(run_id: object) -> dict[str, Any]:
    """What a run is doing.

    Returns:
        ``{"id", "name", "state", "step", "total", "seconds", "error", "ahead", "kind", "data", "preset", "metrics",
        "ended"}``: ``metrics`` is the last report, or None before the first; ``ahead`` how many runs come before one
        that waits; ``ended`` why it took less time than it was given, as an error's dict, or None.

    Raises:
        GenClassError: ``unknown_run``.
    """
    path = find(run_id)
    found, request = run_folder.read_status(path), run_folder.read_request(path)
    if found["state"] in run_folder.STOPPABLE and (path / "stop").exists():
        found["state"] = "stopping"
    if found["state"] == "interrupted":
        found["error"] = GenClassError("interrupted").as_dict()
    early = why_early(request, run_folder.read_config(path), found)
    return {
        "id": path.name,
        **{key: found.get(key) for key in ("name", "state", "step", "total", "seconds", "error")},
        "ahead": place_in_line(path) if found["state"] == "queued" else 0,
        **{key: getattr(request, key) for key in ("kind", "data", "preset")},
        "metrics": run_folder.last_metrics(path),
        "ended": early.as_dict() if early else None,
    }


def told(run_id: object) -> list[str]:
    """What is said of a run's own set: its classes, what is left out and why, its split, and, once that is decided,
    whether it is mirrored; empty for a named one."""
    path = find(run_id)
    said = [note["message"] for note in packed_notes(path / "data.safetensors")]
    fixed = run_folder.read_config(path)["fixed"]
    mirroring = about_mirroring(run_folder.read_request(path), fixed.get("mirror_twins")) if said and fixed else None
    return said if mirroring is None else [*said, str(mirroring)]


def request(run_id: object) -> Request:
    """What was asked of a run."""
    return run_folder.read_request(find(run_id))


def config(run_id: object) -> dict[str, Any]:
    """What was asked of a run and fixed before its first step, as a dict."""
    return run_folder.read_config(find(run_id))


def metrics(run_id: object) -> list[dict[str, Any]]:
    """Every report of a run, oldest first: dicts with ``step``, ``seconds`` and the figures."""
    return run_folder.read_metrics(find(run_id))


def pictures(run_id: object) -> list[tuple[int, Path]]:
    """``[(step, path)]`` of a run's pictures, oldest first."""
    return run_folder.read_pictures(find(run_id))


def list_runs(ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """The status of every run that can be read, or of those among ``ids``, newest first."""
    folder, found = paths.runs_dir(), []
    for run_id in _known(ids):
        with store.if_readable(folder / run_id / "status.json"):
            found.append((run_folder.read_config(folder / run_id)["created"], status(run_id)))
    return [told for _, told in sorted(found, key=lambda pair: pair[0], reverse=True)]


def list_damaged(listed: Iterable[dict[str, Any]], ids: Iterable[str] | None = None) -> list[str]:
    """Ids of the runs that ``list_runs``, which gave ``listed``, left out: all that can be done is to delete them."""
    found = []
    for run_id in _known(ids) - {status["id"] for status in listed}:
        try:
            run_folder.read_config(find(run_id)), status(run_id)
        except GenClassError as error:
            found += [run_id] if error.code == "broken_run" else []
    return sorted(found)


def _known(ids: Iterable[str] | None) -> set[str]:
    """Those of all runs, or of ``ids``, that may be runs."""
    names = os.listdir(paths.runs_dir()) if ids is None and paths.runs_dir().is_dir() else ids or ()
    return {name for name in names if RUN_ID.match(name)}


def stop(run_id: object) -> None:
    """Ask a run to stop between two steps; it can always go on with ``resume``.

    Raises:
        GenClassError: ``unknown_run`` or ``run_over``.
    """
    path = find(run_id)
    if run_folder.read_status(path)["state"] not in run_folder.LIVE:
        raise GenClassError("run_over", action="stop")
    (path / "stop").touch()


def resume(run_id: object, minutes: float | None = None, launch: Launcher = prewarm.train) -> None:
    """Go on with a run that was stopped, failed or interrupted.

    Args:
        minutes: go on for so much longer than it was to last; a finished run can go on in this way alone.
        launch: has the run's folder trained.

    Raises:
        GenClassError: ``unknown_run``, ``broken_run``, ``run_busy``, ``run_over``, or as ``run.longer.lengthen``.
    """
    path = find(run_id)
    run_folder.read_request(path)  # without it there is nothing to go on with
    if run_folder.read_status(path)["state"] in run_folder.LIVE:
        raise GenClassError("run_busy")
    if minutes is not None:
        lengthen(path, minutes=minutes)
    if run_folder.read_status(path)["state"] == "finished":
        raise GenClassError("run_over", action="resume")
    (path / "stop").unlink(missing_ok=True)
    launch(path)


def delete(run_id: object) -> None:
    """Remove a run and its models, for good, whatever became of its files.

    Raises:
        GenClassError: ``unknown_run`` or ``run_busy``.
    """
    run_folder.delete(find(run_id))
