"""A model as a zip: packed to be taken away, and brought back as a finished run.

What is brought back comes from strangers: it is checked whole, and tried, before any list shows it.
"""

import json
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from filelock import FileLock

import genclass
from genclass import paths
from genclass.data.reading.names import LONGEST
from genclass.errors import GenClassError, printable
from genclass.files import archive, atomic, sizes
from genclass.files.decode import decode
from genclass.files.images import png_bytes
from genclass.models import checkpoint, directions, store
from genclass.models.sampler import Sampler
from genclass.networks.timm_backbone import MODEST
from genclass.train.presets import PRESETS
from genclass.train.run import layout as run_folder
from genclass.train.settings import RANGES, Request

WEIGHTS = ("model.safetensors", "discriminator.safetensors", "directions.safetensors")
FILES = ("config.json", *WEIGHTS, "preview.png")
PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".joblib", ".npy", ".h5", ".keras")
MOST_ENTRIES = 20
MOST_BYTES = 200_000_000
MOST_CLASSES = 1000
CONFIG_BYTES = 1_000_000
MOST_TOLD = 300  # letters of where a model comes from
KEYS = ("format", "name", "kind", "architecture", "dataset", "classes", "image_size", "channels", "normalisation",
        "metrics", "training", "sha256")  # fmt: skip
OPTIONAL = ("preprocess", "test_time_flip", "temperature", "unfamiliar", "unsure", "kinds")
SIDES = range(8, 225)
LARGEST = max(RANGES[name][1] for name in ("width", "discriminator_width", "z_dim"))
# What a network made of a stranger's arguments, or fed with them, may raise.
FAULTS = (RuntimeError, TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


def pack(folder: Path, target: str | Path | IO[bytes]) -> None:
    """Write a checkpoint folder's files into a zip at ``target``, a path or open file, in one folder of its name."""
    name = checkpoint.read_config(folder)["name"]
    with zipfile.ZipFile(target, "w") as packed:  # weights hardly get smaller
        for file in FILES:
            if (folder / file).exists():
                packed.write(folder / file, f"{name}/{file}")


def bring(path: Path, owner: run_folder.Owner | None = None, most: int = MOST_BYTES) -> str:
    """Make a finished run of a model's zip, under its own name or, where that is taken, with -2, -3 …

    Args:
        path: a zip as ``pack`` writes it.
        owner: the visitor who brings it, or None.
        most: bytes, unpacked and as it is kept. No type of weights has less than two for a number, so this bounds the
            numbers, too: in memory they take four each.

    Returns:
        The run's id.

    Raises:
        GenClassError: what ``archive.entries`` raises, ``model_pickle``, ``not_a_model``, ``broken_checkpoint``,
            ``broken_image`` and the like, ``bad_name`` or ``name_taken``. Nothing is left behind then.
    """
    files = _files(archive.entries(path, archive.Limits(MOST_ENTRIES, most)))
    with _staging() as staged:
        for name, entry in files.items():
            (staged / name).write_bytes(entry.read())
        try:
            config = _checked(staged, set(files))
            if sum(file.stat().st_size for file in staged.iterdir()) > most:  # what was drawn anew may be larger
                raise GenClassError("zip_too_large", size=sizes.in_words(most))
        except FAULTS as error:
            raise _broken("it is not understood, or does not run") from error
        return _settle(staged, config, owner)


def _files(entries: list[archive.Entry]) -> dict[str, archive.Entry]:
    """``{file name: entry}``, if the zip holds a model's files and nothing else."""
    for entry in entries:
        if entry.path.suffix.lower() in PICKLES:
            raise GenClassError("model_pickle", path=printable(entry.path))
        if entry.path.name not in FILES or len(entry.path.parts) > 2:
            raise GenClassError("not_a_model", path=printable(entry.path))
    files = {entry.path.name: entry for entry in entries}
    for name in ("config.json", "model.safetensors"):
        if name not in files or len(files) < len(entries):
            raise GenClassError("not_a_model", path=name)
    return files


@contextmanager
def _staging() -> Iterator[Path]:
    """A folder that no list looks into, gone afterwards; errors show its own name alone."""
    outer = paths.runs_dir() / f".bring-{secrets.token_hex(8)}"
    folder = outer / "zip"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _checked(folder: Path, files: set[str]) -> dict[str, Any]:
    """The config of a staged checkpoint that has been found sound."""
    if (folder / "config.json").stat().st_size > CONFIG_BYTES:
        raise _broken("config.json is too large")
    config = checkpoint.read_config(folder)
    if not (isinstance(config["sha256"], dict) and set(config["sha256"]) == files & set(WEIGHTS)):
        raise _broken("its files are not those of config.json")
    store.check_name(config.get("name"))
    config = _plain(config)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    _try(folder, files)
    if "preview.png" in files:  # drawn anew: what else was in the file is not kept
        (folder / "preview.png").write_bytes(png_bytes(np.asarray(decode(folder / "preview.png"))))
    return config


def _broken(what: str) -> GenClassError:
    return GenClassError("broken_checkpoint", name="zip", what=what)


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """The known parts of a config, each checked for its kind."""
    json.dumps(config, allow_nan=False)
    classes, scale = config["classes"], config["normalisation"]
    temperature = config.get("temperature", {"value": 1.0})["value"]
    sound = (
        isinstance(classes, list)
        and all(_is_name(name) for name in (config["dataset"], *classes))
        and len(set(classes)) == len(classes) <= MOST_CLASSES
        and config["image_size"] in SIDES
        and config["channels"] in (1, 3)
        and not set("/\\") & set(config["dataset"])  # or it would name any folder of this machine
        and config["dataset"].strip(".")
        and _is_scale(scale, config["channels"])
        and isinstance(temperature, (int, float))
        and temperature > 0
        and _is_modest(config["architecture"])
        and isinstance(config["training"], dict)
        and all(map(_is_metric, config["metrics"].values()))
        and all(fits(config["training"][key]) for key, fits in RECORD.items() if key in config["training"])
    )
    if not sound:
        raise _broken("config.json is not understood")
    return {key: config[key] for key in (*KEYS, *OPTIONAL) if key in KEYS or key in config}


def _is_scale(scale: dict[str, Any], channels: int) -> bool:
    """Whether mean and deviation are a number each, or one for each channel, and all deviations above zero."""
    means, deviations = (value if isinstance(value, list) else [value] for value in (scale["mean"], scale["std"]))
    sound = all(isinstance(value, (int, float)) for value in (*means, *deviations))
    return sound and {len(means), len(deviations)} <= {1, channels} and min(deviations) > 0


def _is_modest(value: Any) -> bool:
    """Whether no number in an architecture is above all that can be trained, and no network of a library too large:
    even without its weights one of millions of channels takes long to lay out."""
    if isinstance(value, dict):
        return all(map(_is_modest, value.values())) and (value.get("name") != "timm" or value.get("model") in MODEST)
    return not isinstance(value, (int, float)) or value <= LARGEST


def _is_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST and text == printable(text, LONGEST)


def _is_metric(value: Any) -> bool:
    """A plain number, or one with what is known of it."""
    known = value if isinstance(value, dict) else {"value": value}
    return _is_figure(known.get("value")) and _is_count(known.get("samples", 0))


def _is_figure(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 1e7


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**32


def _is_source(value: Any) -> bool:
    return isinstance(value, dict) and _is_name(value.get("name")) and _is_count(value.get("images"))


def _is_origin(value: Any) -> bool:
    told = [value.get(key) for key in ("source", "licence")] if isinstance(value, dict) else [None]
    return all(isinstance(text, str) and text == printable(text, MOST_TOLD) for text in told)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


# What lists and cards show of a record, if it is there.
RECORD = {"seconds": _is_figure, "date": _is_name, "steps": _is_count, "seed": _is_count, "data": _is_source,
          "recipe": _is_table, "versions": _is_table, "origin": _is_origin}  # fmt: skip


def _try(folder: Path, files: set[str]) -> None:
    """Load all that is there and run it once."""
    model = genclass.load(folder)
    if isinstance(model, Sampler):
        model.sample({"model": model.name, "count": 1})
        _try_beside(folder, files, model)
    else:
        model.answer(torch.zeros(1, model.channels, model.image_size, model.image_size, dtype=torch.uint8))


def _try_beside(folder: Path, files: set[str], sampler: Sampler) -> None:
    """What a generator may come with: its discriminator and its directions."""
    if "discriminator.safetensors" in files:
        checkpoint.load_network(folder, "discriminator")
    if "directions.safetensors" in files:
        # If they did not fit, they would be found anew and written here.
        if directions.stored(folder, sampler.config, sampler.z_dim) is None:
            raise _broken("its directions do not fit")


def _settle(staged: Path, config: dict[str, Any], owner: run_folder.Owner | None) -> str:
    """Move a checked model into a run of its own, which is over; the run's id."""
    run_id = secrets.token_hex(16)
    path = paths.runs_dir() / run_id
    with FileLock(path.parent / ".names"):
        run_folder.create(path, _request(config), owner)
        try:
            _fill(path, staged, config)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
    return run_id


def _fill(path: Path, staged: Path, config: dict[str, Any]) -> None:
    step = config["training"].get("steps", 0)
    status = run_folder.written_status(path)
    (staged / "config.json").write_text(json.dumps(config | {"name": status["name"]}, indent=1))
    (path / "model").mkdir()
    atomic.publish(staged, path / "model" / str(step))
    status |= {"state": "finished", "step": step, "total": step, "heartbeat": time.time()}
    atomic.write_json(path / "status.json", status)


def _request(config: dict[str, Any]) -> Request:
    """What was asked for when the model was made, as far as its record tells: every run has a request."""
    preset = config["training"].get("recipe", {}).get("preset")
    likely = (preset, config["architecture"]["name"], "transfer")  # the last for what came with weights from elsewhere
    return Request(
        kind=config["kind"],
        data=config["dataset"],
        preset=next(name for name in likely if isinstance(name, str) and name in PRESETS[config["kind"]]),
        seed=config["training"].get("seed", 0),
        name=config["name"],
    )
