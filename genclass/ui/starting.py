"""What a visitor asks of a training run, made into a request and started. The page and the web API share it."""

import shlex
from pathlib import Path

from genclass import data, folders, runs
from genclass.errors import GenClassError, check_choice, check_number
from genclass.train.settings import MAX_MINUTES, PRESETS, Request
from genclass.ui import uploads

LEAST_MINUTES = 0.05
FEW_IMAGES = 1000  # of one's own: up to here a shipped model is gone on with (benchmarks/transfer.py)


def start(kind, preset, minutes, name, dataset=None, upload=None, imageset=None):
    """Start a run.

    Args:
        preset: None for the usual one.
        name: None or empty for one made of data set and preset.
        dataset: a name in ``data.NAMES``.
        upload: instead of it, Gradio's dict of an uploaded zip.
        imageset: instead of both, a ``data.ImageSet`` of the visitor's own.

    Returns:
        The run's id.

    Raises:
        GenClassError: for anything wrong with the request or the zip.
    """
    check_choice("kind", kind, tuple(PRESETS))
    check_number("minutes", minutes, LEAST_MINUTES, MAX_MINUTES)
    if upload is not None:
        imageset = data.load_folder(uploads.uploaded(upload), limits=folders.IN_PAGE)
    if imageset is None and not isinstance(dataset, str):
        raise GenClassError("not_text", field="dataset")
    images = None if imageset is None else len(imageset.train_images) + len(imageset.test_images)
    preset = check_choice("preset", preset or usual_preset(kind, images), tuple(PRESETS[kind]))
    source = dataset if imageset is None else own_name(imageset.name)
    request = Request(kind, source, preset, minutes=minutes, name=name or None)
    return runs.start(request, imageset)


def usual_preset(kind, images=None):
    """``transfer`` for few images of one's own; else, and without a count, the kind's first."""
    return next(iter(PRESETS[kind])) if images is None or images > FEW_IMAGES else "transfer"


def own_name(title):
    """A data set's name from that of a zip's file, never that of a known set."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in title.lower())
    stem = stem.strip("-")[:30] or "images"
    return f"my-{stem}" if stem in data.NAMES else stem


def command_line(request, name):
    """The command that trains the same, as a person would type it.

    Args:
        request: a ``train.settings.Request``.
        name: the run's public name.
    """
    source = request.data if request.data in data.NAMES else f"{Path(request.data).stem}.zip"
    words = ["python", "-m", "genclass", "train", request.kind, "--data", source, "--preset", request.preset]
    words += [] if request.minutes is None else ["--minutes", f"{request.minutes:g}"]
    for key, value in request.overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join([*words, "--out", f"runs/{name}"])
