"""Find and list models by name: the shipped ones, fetched ones and those of runs."""

import contextlib
import functools
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import records
from genclass.models.checkpoint import read_config, verify

log = logging.getLogger("genclass.models")
Offered = Callable[[Path], bool]  # whether the model of a run folder may be asked for
KNOWS_MOST = "imagenet-efficientnet-lite0"  # the shipped classifier for any photo
NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}\Z")


def check_name(name: object) -> str:
    """Return ``name`` if it may name a model or a run.

    Raises:
        GenClassError: ``bad_name`` or ``name_taken`` (a shipped or fetched model's).
    """
    if not isinstance(name, str) or not NAME.match(name):
        raise GenClassError("bad_name", name=str(name)[:60])
    if any((parent / name).exists() for parent in (paths.SHIPPED, paths.fetched_dir())):
        raise GenClassError("name_taken", name=name)
    return name


def newest_model(run: Path) -> Path | None:
    """The newest whole ``model/<step>`` of a run folder, or None."""
    for folder in numbered(run / "model"):
        try:
            verify(folder, read_config(folder))
            return folder
        except GenClassError:  # a reader takes the newest whose hashes hold
            continue
    return None


def numbered(parent: Path) -> list[Path]:
    """Folders named by a step number, newest first."""
    steps = [path for path in parent.glob("*") if path.name.isdecimal()]
    return sorted(steps, key=lambda path: int(path.name), reverse=True)


def named_folders(offered: Offered | None = None) -> dict[str, Path]:
    """``{name: folder}`` of every model: the shipped ones, those that were fetched, then the newest of each run.

    Args:
        offered: which runs' models count; None: all of them.
    """
    parents = (paths.SHIPPED, paths.fetched_dir())
    found = {path.parent.name: path.parent for parent in parents for path in sorted(parent.glob("*/config.json"))}
    for _, name, run in sorted(_named_runs(), reverse=True):
        with if_readable(run / "status.json"):
            folder = newest_model(run) if offered is None or offered(run) else None
            if folder is not None:
                found.setdefault(name, folder)
    return found


def _named_runs() -> Iterator[tuple[float, str, Path]]:
    """(time of its last change, name, folder) of every run."""
    for path in paths.runs_dir().glob("*/status.json"):
        with if_readable(path):
            yield path.stat().st_mtime, _name_of(path), path.parent


def _name_of(status: Path) -> str:
    try:
        return records.read(status, {"name": records.is_text})["name"]
    except (OSError, ValueError) as error:
        raise GenClassError("broken_run", file=status.name) from error


@contextlib.contextmanager
def if_readable(file: Path) -> Iterator[None]:
    """Pass over a run or a model that can't be read, so that one never hides the others from a list.

    What was deleted meanwhile, and this file of it with it, is passed over without a word; what is damaged is told in
    the log, once.
    """
    try:
        yield
    except (GenClassError, OSError) as error:
        if os.path.lexists(file):
            _tell(file.parent, str(error))


@functools.lru_cache(maxsize=1024)
def _tell(folder: Path, why: str) -> None:
    log.warning("%s is left out: %s", folder, why)


def find_named(name: object, offered: Offered | None = None) -> Path:
    """Folder of the model with this public name; ``offered`` as for ``named_folders``.

    Raises:
        GenClassError: ``unknown_model``.
    """
    known = name if isinstance(name, str) and NAME.match(name) else ""
    if known and (paths.SHIPPED / known / "config.json").exists():
        return paths.SHIPPED / known
    found = named_folders(offered)
    if known not in found:
        raise GenClassError("unknown_model", name=str(name)[:60], choices=", ".join(found))
    return found[known]


def find(name: str | Path) -> Path:
    """Folder of a model by name, checkpoint folder or run folder.

    Raises:
        GenClassError: ``unknown_model`` or ``no_checkpoint_yet``.
    """
    path = Path(name)
    if (path / "status.json").is_file():
        folder = newest_model(path)
        if folder is None:
            raise GenClassError("no_checkpoint_yet")
        return folder
    return path if (path / "config.json").is_file() else find_named(str(name))


def list_models(offered: Offered | None = None) -> list[dict]:
    """Every model: dicts with ``name``, ``kind``, ``dataset``, ``classes``, ``metrics``."""
    keys = ("kind", "dataset", "classes", "metrics")
    found = []
    for name, folder in named_folders(offered).items():
        with if_readable(folder / "config.json"):
            config = read_config(folder)
            found.append({"name": name, **{key: config[key] for key in keys}})
    return found
