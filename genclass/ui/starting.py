"""What a visitor asks of a training run, made into a request and started. The page and the web API share it."""

import shlex
from pathlib import Path

from genclass import data, runs
from genclass.errors import GenClassError, check_choice, check_number
from genclass.train.settings import MAX_MINUTES, PRESETS, Request
from genclass.ui import uploads

LEAST_MINUTES = 0.05


def start(kind, preset, minutes, name, dataset=None, upload=None, imageset=None):
    """Start a run.

    Args:
        preset: None for the first of the kind.
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
    preset = check_choice("preset", preset or next(iter(PRESETS[kind])), tuple(PRESETS[kind]))
    own = imageset if upload is None else uploads.uploaded(upload)
    if own is None and not isinstance(dataset, str):
        raise GenClassError("not_text", field="dataset")
    source = dataset if own is None else own_name(own.stem if imageset is None else imageset.name)
    request = Request(kind, source, preset, minutes=minutes, name=name or None)
    return runs.start(request, own)


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
