"""A run's folder: the only contract between a training process and everyone else.

    config.json  status.json  metrics.jsonl  log.txt  samples/<step>.png  model/<step>/  state/<step>/
    data.safetensors (a set of the user's own)

Here stands what readers need, who take no lock, and what is done to a run that is not being trained. The trainer writes
through ``writer.RunFolder`` and holds a lock.
Metrics and log are only appended to; everything else is replaced whole, by rename.
"""

import dataclasses
import json
import os
import platform
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic, records
from genclass.files.records import a_list, an_object, is_count, is_error, is_number, is_object, is_text, or_none
from genclass.models import checkpoint, store
from genclass.train.run.lock import locked
from genclass.train.run.signs_of_life import STALE_SECONDS, is_stale
from genclass.train.settings import Request, default_name

LIVE = ("queued", "running", "stopping")
STOPPABLE = tuple(state for state in LIVE if state != "stopping")
HERE = platform.node()
TAIL = 20_000  # bytes, more than any report has
# What readers rely on in status.json and config.json; what else stands there is the trainer's.
STATUS = {"state": is_text, "name": is_text, "heartbeat": is_number}
STATUS_MORE = {"step": is_count, "total": or_none(is_count), "seconds": or_none(is_number), "error": or_none(is_error),
               "pid": or_none(lambda pid: is_count(pid) and pid < 2**31), "started": or_none(is_number),
               "host": or_none(is_text), "job": or_none(is_text), "queued": or_none(is_number)}  # fmt: skip
NOT_YET: dict[str, Any] = {"step": 0, "total": None, "error": None, "pid": None, "started": None}
REQUEST = an_object({"kind": is_text, "data": is_text, "preset": is_text},
                    {"overrides": is_object, "name": or_none(is_text), "classes_from": or_none(is_text)})  # fmt: skip
CONFIG = {"request": REQUEST, "created": is_number}
CONFIG_MORE = {"fixed": or_none(an_object({"total": is_count})), "owner": or_none(is_text), "address": or_none(is_text),
               "lengthened": a_list(an_object({"step": is_count, "total": is_count}))}  # fmt: skip
REPORT = an_object({"step": is_count}, {"warnings": a_list(is_error)})  # else there are figures


class Owner(NamedTuple):
    """Whose a run is, by marks that name nobody.

    Attributes:
        visitor: what tells them from all others.
        address: what their limits are counted by: those behind one address share them.
    """

    visitor: str
    address: str


def read_status(path: Path) -> dict[str, Any]:
    """``status.json`` of a run folder; ``state`` is ``interrupted`` where its process is gone.

    Raises:
        GenClassError: ``not_a_run`` if there is no such file, ``broken_run`` if it can't be understood.
    """
    status = written_status(path)
    if status["state"] in LIVE and not _is_alive(path, status):
        status["state"] = "interrupted"
    return status


def written_status(path: Path) -> dict[str, Any]:
    """``status.json`` as its process left it; raises what ``read_status`` does."""
    return NOT_YET | _read(path / "status.json", STATUS, STATUS_MORE)


def _read(file: Path, required: Mapping[str, records.Fits], optional: Mapping[str, records.Fits]) -> dict[str, Any]:
    try:
        return records.read(file, required, optional)
    except FileNotFoundError as error:
        raise GenClassError("not_a_run") from error
    except (OSError, ValueError) as error:
        raise GenClassError("broken_run", file=file.name) from error


def _is_alive(path: Path, status: dict[str, Any]) -> bool:
    # Before a process has taken the run up, and where it runs on another machine, whose numbers mean nothing here,
    # heartbeats alone tell.
    if status["pid"] is None or status.get("host", HERE) != HERE:
        return not is_stale(path, status)
    stale = time.time() - status["heartbeat"] > STALE_SECONDS
    if stale and status["state"] != "queued":  # a process that still loads its libraries has no heartbeat yet
        return False
    try:  # the start time tells a process from a later one with the same number
        process = psutil.Process(status["pid"])
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - (status["started"] or 0)) < 1
    except psutil.Error:
        return False


def read_request(path: Path) -> Request:
    """What was asked of a run.

    Raises:
        GenClassError: as ``read_config``, or as the request is checked: a later version may know more presets.
    """
    asked = read_config(path)["request"]
    try:
        return Request(**asked)
    except (TypeError, ValueError) as error:
        raise GenClassError("broken_run", file="config.json") from error


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Every whole line of ``metrics.jsonl``: a list of dicts; torn ones are left out.

    Raises:
        GenClassError: ``broken_run`` if the file is there but can't be read.
    """
    return [report for line in _lines(path) if (report := _report(line)) is not None]


def last_metrics(path: Path) -> dict[str, Any] | None:
    """The last whole report, or None before the first; raises what ``read_metrics`` does.

    Reads no more than the file's end: a run may have made many.
    """
    return next((report for line in reversed(_lines(path, TAIL)) if (report := _report(line)) is not None), None)


def _lines(path: Path, most: int | None = None) -> list[bytes]:
    """The lines of ``metrics.jsonl`` that have an end: all of them, or those within its last ``most`` bytes."""
    try:
        with open(path / "metrics.jsonl", "rb") as file:
            if most is not None:
                file.seek(-min(file.seek(0, os.SEEK_END), most), os.SEEK_END)
            return file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise GenClassError("broken_run", file="metrics.jsonl") from error


def _report(line: bytes) -> dict[str, Any] | None:
    """A report by its line, or None if that is torn."""
    try:
        report = json.loads(line)
    except (ValueError, RecursionError):
        return None
    figures = REPORT(report) and all(is_number(value) for key, value in report.items() if key != "warnings")
    return report if figures else None


def read_pictures(path: Path) -> list[tuple[int, Path]]:
    """``[(step, path)]`` of the pictures in ``samples/``, oldest first."""
    return sorted((int(file.stem), file) for file in path.glob("samples/*.png") if file.stem.isdecimal())


def read_config(path: Path) -> dict[str, Any]:
    """``config.json``: ``request``, ``created``, ``fixed`` (None before the first step), ``lengthened``, ``owner`` and
    ``address`` as in ``Owner``, or both None.

    Raises:
        GenClassError: ``not_a_run`` if there is no such file, ``broken_run`` if it can't be understood.
    """
    config = {"fixed": None, "lengthened": [], "owner": None, **_read(path / "config.json", CONFIG, CONFIG_MORE)}
    return {"address": config["owner"], **config}  # earlier an address was the owner: it still counts, and owns nothing


def total_at(config: dict[str, Any], step: float) -> int:
    """Steps of the whole run as it was planned when ``step`` was taken, which the learning rate's schedule needs."""
    total = config["fixed"]["total"]
    for change in config["lengthened"]:
        if step >= change["step"]:
            total = change["total"]
    return total


def create(path: Path, request: Request, owner: Owner | None = None) -> None:
    """Make a run folder, queued.

    Args:
        path: the folder; an empty one may be there.
        request: what the run is to be.
        owner: the visitor who asked for it, or None.

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


def _write_new(path: Path, request: Request, owner: Owner | None) -> None:
    now = time.time()
    config = {"format": 1, "request": dataclasses.asdict(request), "created": now, "fixed": None, "lengthened": [],
              "owner": owner and owner.visitor, "address": owner and owner.address}  # fmt: skip
    status = {"state": "queued", "name": _unique_name(path, request), "step": 0, "total": None, "pid": None,
              "started": None, "host": None, "job": None, "heartbeat": now, "queued": now, "error": None}  # fmt: skip
    atomic.write_json(path / "config.json", config)
    atomic.write_json(path / "status.json", status)


def _unique_name(path: Path, request: Request) -> str:
    """The asked name, or the default, with -2, -3 … if another model or run beside this one has it."""
    wanted = request.name or default_name(request)
    taken = {folder.name for folder in paths.SHIPPED.glob("*")}
    for file in path.parent.glob("*/status.json"):
        with store.if_readable(file):
            taken.add(written_status(file.parent)["name"])
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted[: 40 - len(str(number)) - 1]}-{number}"
    return name


def newest_step(path: Path) -> int:
    """The step of the newest whole state, or 0."""
    return next((int(folder.name) for folder in store.numbered(path / "state") if is_whole(folder)), 0)


def spoilt_step(path: Path) -> int | None:
    """The step of the newest state where that is not whole, so that an older one must do; else None."""
    steps = [int(folder.name) for folder in store.numbered(path / "state")]
    return steps[0] if steps and steps[0] != newest_step(path) else None


def is_whole(folder: Path) -> bool:
    """Whether a folder ``state/<step>`` holds what was written into it."""
    try:
        record = json.loads((folder / "state.json").read_text())
        return checkpoint.sha256(folder / "state.safetensors") == record["sha256"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # torn by a crash, or spoilt since
        return False


def delete(path: Path) -> None:
    """Remove a run and its models, for good, whatever became of its files.

    Raises:
        GenClassError: ``run_busy`` while it is being trained or waits.
    """
    if _is_live(path):
        raise GenClassError("run_busy")
    with locked(path):
        _remove(path / "status.json")  # from here on it is no run, whatever happens
    for inner in path.iterdir():
        _remove(inner)
    path.rmdir()


def _is_live(path: Path) -> bool:
    """Whether a run says so; one whose status can't be read may still be trained, by whoever holds its lock."""
    try:
        return read_status(path)["state"] in LIVE
    except GenClassError:
        return False


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
