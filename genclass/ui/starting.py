"""What a visitor asks of a training run, made into a request and started. The page and the web API share it."""

import json
import shlex
from pathlib import Path

from genclass import data, runs
from genclass.errors import GenClassError, check_choice, check_number
from genclass.train import machine
from genclass.train.settings import MAX_MINUTES, PRESETS, Request, adjustable
from genclass.ui import rules, uploads
from genclass.ui.text import say

LEAST_MINUTES = 0.05


def start(kind, preset, minutes, name, dataset=None, upload=None, epochs=None, seed=0, fields=None, owner=None):
    """Start a run.

    Args:
        preset: None for the first of the kind.
        minutes: its length; not looked at where ``epochs`` is given.
        name: None or empty for one made of data set and preset.
        dataset: a name in ``data.NAMES``.
        upload: instead of it, Gradio's dict of an uploaded zip.
        fields: settings by name; those that are the preset's own, or None, are left out.
        owner: marks the visitor on a public page, or None.

    Returns:
        The run's id.

    Raises:
        GenClassError: for anything wrong with the request or the zip, or what ``rules`` forbids.
    """
    path = None if upload is None else uploads.uploaded(upload)
    if path is None and not isinstance(dataset, str):
        raise GenClassError("not_text", field="dataset")
    source = dataset if path is None else own_name(path)
    request = request_of(kind, source, preset, minutes, epochs, seed, fields or {}, name or None)
    rules.check_start(request, owner)
    return runs.start(request, path, owner)


def request_of(kind, source, preset, minutes, epochs=None, seed=0, fields=None, name=None):
    """A ``train.settings.Request`` from raw values.

    Raises:
        GenClassError: as they are checked.
    """
    check_choice("kind", kind, tuple(PRESETS))
    preset = check_choice("preset", preset or next(iter(PRESETS[kind])), tuple(PRESETS[kind]))
    usual = Request(kind, source, preset).settings()
    changed = {key: value for key, value in (fields or {}).items()
               if key in adjustable(usual) and value not in (None, getattr(usual, key))}  # fmt: skip
    shared = {"seed": seed, "name": name, "threads": machine.threads_beside_page()}
    if epochs:  # 0 and None: minutes count
        return Request(kind, source, preset, {**changed, "epochs": epochs}, **shared)
    check_number("minutes", minutes, LEAST_MINUTES, MAX_MINUTES)
    return Request(kind, source, preset, changed, minutes=minutes, **shared)


def own_name(path):
    """A data set's name from the zip's file name, which is never that of a known set."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in path.stem.lower())
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
    settings = dict(request.overrides)
    if request.minutes is not None:
        words += ["--minutes", f"{request.minutes:g}"]
    elif "epochs" in settings:
        words += ["--epochs", f"{settings.pop('epochs'):g}"]
    for key, value in settings.items():
        words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
    words += [] if request.threads is None else ["--threads", str(request.threads)]
    words += [] if request.name is None else ["--name", request.name]
    return shlex.join([*words, "--seed", str(request.seed), "--out", f"runs/{name}"])


def duration(seconds):
    """Seconds in words: short, rounded."""
    if seconds < 90:
        return say("seconds", count=max(1, round(seconds)))
    if seconds < 5400:
        return say("minutes_count", count=round(seconds / 60))
    return say("hours_count", count=f"{seconds / 3600:.1f}")
