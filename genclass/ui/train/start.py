"""What a visitor asks of a training run, made into a request and started. The page and the web API share it."""

import hashlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genclass.data import catalog, folders, sources
from genclass.data.imageset import PARTS, ImageSet
from genclass.errors import GenClassError, check_choice, check_number
from genclass.jobs import drafts, runs
from genclass.train import machine
from genclass.train.naming import name_of_classes, slug
from genclass.train.presets import PRESETS
from genclass.train.run.layout import LIVE, Owner
from genclass.train.settings import MAX_MINUTES, Request, adjustable, renamed
from genclass.ui.server import limits, uploads

SESSIONS = 200
OWN = "own"  # stands for a visitor's own images, whatever they are called
FEW_IMAGES = drafts.MANY  # of one's own: up to here a shipped model is gone on with (benchmarks/transfer.py)

Asked = tuple[Request, bytes | None]  # what is asked for, and what tells the visitor's own images from others
# {session: (what it asked for last, the run's id)}, of the last SESSIONS
_newest: dict[str | None, tuple[Asked, str]] = {}


def start(kind: Any, preset: Any, minutes: Any, name: Any, dataset: Any = None, upload: Any = None,
          imageset: ImageSet | None = None, epochs: Any = None, seed: Any = 0, fields: dict[str, Any] | None = None,
          owner: Owner | None = None, session: str | None = None, classes_from: Any = None) -> str:  # fmt: skip
    """Start a run.

    Args:
        preset: None for the usual one.
        minutes: its length; not looked at where ``epochs`` is given.
        name: None or empty for one made of data set and preset, or of the classes that were made in the page.
        dataset: a name in ``catalog.names()``.
        upload: instead of it, Gradio's dict of an uploaded zip.
        imageset: instead of both, an ``ImageSet`` of the visitor's own, as large as ``image_size`` says.
        fields: settings by name; those that are the preset's own, or None, are left out, but for ``flip``: of one's own
            images it is asked for only where it is named.
        owner: the visitor on a public page, or None.
        session: of a browser's tab, or None. Pressing Start there many times at once starts one run.
        classes_from: of a zip, which reading of its classes is taken; None for the likeliest.

    Returns:
        The run's id.

    Raises:
        GenClassError: for anything wrong with the request or the zip, or what ``limits`` forbid.
    """
    limits.check_training()  # before anything is unpacked, as all that does not depend on what is inside
    check_choice("kind", kind, tuple(PRESETS))
    ask = lambda source, preset: request_of(kind, source, preset, minutes, epochs, seed, fields or {}, name or None,
                                            classes_from)  # fmt: skip
    if upload is not None:
        path = uploads.uploaded(upload)
        limits.check_start(ask(own_name(path.stem), preset or usual_preset(kind)), owner)
        runs.check_waiting()
        imageset = _of_zip(
            path, classes_from, lambda count: image_size(kind, preset or usual_preset(kind, count), fields)
        )
    if imageset is None and not isinstance(dataset, str):
        raise GenClassError("not_text", field="dataset")
    images = None if imageset is None else len(imageset.train_images) + len(imageset.test_images)
    source = dataset if imageset is None else own_name(imageset.name)
    if imageset is not None and imageset.name == drafts.NAME:  # classes made by hand have no title of their own
        name = name or name_of_classes(kind, imageset.classes)
    request = ask(source, preset or usual_preset(kind, images))
    asked = request, None if imageset is None else _fingerprint(imageset)
    again = _started_already(session, asked)
    if again is not None:
        return again
    limits.check_start(request, owner)
    _check_memory(request, imageset)
    run_id = runs.start(request, imageset, owner, limits.now.launch)
    _remember(session, asked, run_id)
    return run_id


def _of_zip(path: Path, classes_from: Any, size_for: Callable[[int], int]) -> ImageSet:
    """The images of a zip, as large as so many are kept and what learns from them takes them."""
    count = len(folders.found(path, folders.IN_PAGE).names)
    return sources.load_folder(path, min(size_for(count), drafts.side_for(count)), folders.IN_PAGE, classes_from)


def image_size(kind: Any, preset: Any, fields: dict[str, Any] | None = None) -> int:
    """To which side a visitor's own images are made for a run, as raw values ask for it.

    Raises:
        GenClassError: as they are checked.
    """
    asked = request_of(kind, OWN, preset, 1, fields={"image_size": (fields or {}).get("image_size")})
    return asked.settings().image_size


def _check_memory(request: Request, imageset: ImageSet | None) -> None:
    row = catalog.find(request.data)
    if imageset is not None:
        limits.check_memory(request, machine.shape_of(imageset), len(imageset.train_images))
    elif row is not None:
        limits.check_memory(request, machine.named_shape(row.name), row.images)


def _fingerprint(imageset: ImageSet) -> bytes:
    """What another set of images, or the same with other labels, does not have."""
    digest = hashlib.blake2b(json.dumps(imageset.classes).encode())
    for part in PARTS:
        digest.update(getattr(imageset, part).numpy().tobytes())
    return digest.digest()


def _started_already(session: str | None, asked: Asked) -> str | None:
    """The run that this session started last, if that is asked for again while it waits or trains; else None."""
    before, run_id = _newest.get(session, (None, None))
    try:
        return run_id if asked == before and runs.status(run_id)["state"] in LIVE else None
    except GenClassError:  # deleted
        return None


def _remember(session: str | None, asked: Asked, run_id: str) -> None:
    if session is not None:
        _newest.pop(session, None)
        _newest[session] = asked, run_id
        if len(_newest) > SESSIONS:
            del _newest[next(iter(_newest))]


def request_of(kind: Any, source: str, preset: Any, minutes: Any, epochs: Any = None, seed: Any = 0,
               fields: dict[str, Any] | None = None, name: Any = None,
               classes_from: Any = None) -> Request:  # fmt: skip
    """A ``Request`` from raw values.

    Raises:
        GenClassError: as they are checked.
    """
    check_choice("kind", kind, tuple(PRESETS))
    check_choice("preset", preset, tuple(PRESETS[kind]))
    usual = Request(kind, source, preset).settings()
    named = ("flip",) if catalog.find(source) is None else ()
    changed = {key: value for key, value in renamed(fields or {}).items() if key in adjustable(usual)
               and value is not None and (key in named or value != getattr(usual, key))}  # fmt: skip
    shared = {"seed": seed, "name": name, "threads": machine.threads_beside_page(), "classes_from": classes_from}
    if epochs:  # 0 and None: minutes count
        return Request(kind, source, preset, {**changed, "epochs": epochs}, **shared)
    check_number("minutes", minutes, limits.LEAST_MINUTES, MAX_MINUTES)
    return Request(kind, source, preset, changed, minutes=minutes, **shared)


def usual_preset(kind: str, images: int | None = None) -> str:
    """``transfer`` for few images of one's own; else, and without a count, the kind's first."""
    return next(iter(PRESETS[kind])) if images is None or images > FEW_IMAGES else "transfer"


def own_name(title: str) -> str:
    """A data set's name from that of a zip's file, never that of a known set."""
    stem = slug(title, 30) or "images"
    return f"my-{stem}" if catalog.find(stem) else stem


def command_line(request: Request, name: str) -> str:
    """The command that trains the same, as a person would type it.

    Args:
        name: the run's public name.
    """
    source = request.data if catalog.find(request.data) else f"{Path(request.data).stem}.zip"
    words = ["python", "-m", "genclass", "train", request.kind, "--data", source, "--preset", request.preset]
    settings = dict(request.overrides)
    if request.minutes is not None:
        words += ["--minutes", f"{request.minutes:g}"]
    elif "epochs" in settings:
        words += ["--epochs", f"{settings.pop('epochs'):g}"]
    for key, value in settings.items():
        words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
    words += [] if request.classes_from is None else ["--classes-from", request.classes_from]
    words += [] if request.threads is None else ["--threads", str(request.threads)]
    words += [] if request.name is None else ["--name", request.name]
    return shlex.join([*words, "--seed", str(request.seed), "--out", f"runs/{name}"])
