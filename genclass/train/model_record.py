"""A run's model as a checkpoint, with how it was made: enough to make it again."""

import dataclasses
import datetime
import platform
from pathlib import Path
from typing import Any

import safetensors
import torch

import genclass
from genclass.models import checkpoint, directions
from genclass.models.sampler import Sampler
from genclass.train import machine
from genclass.train.run.writer import RunFolder, keep_newest
from genclass.train.trainer import Trainer


def save_model(
    folder: RunFolder, trainer: Trainer, step: int, seconds: float, final: dict[str, Any] | None, preview: bytes
) -> None:
    """Write ``model/<step>``: a checkpoint that the other tabs can use at once; the newest two are kept.

    Args:
        final: what only the finished model's record says: ``metrics``, and the limits of its answers; None before,
            where a model that is there already is left as it is.
        preview: a PNG of what it can do.
    """
    target = folder.path / "model" / str(step)
    if final is None and target.is_dir():
        return
    made = {"name": folder.status["name"], "training": training_record(folder, trainer, step, seconds)}
    config = trainer.config | {"metrics": {}} | made | (final or {})
    checkpoint.save(target, config, trainer.networks(), preview)
    keep_newest(folder.path / "model")
    if final is not None and trainer.kind == "gan":
        _find_directions(target)


def _find_directions(folder: Path) -> None:
    """Now, with their names, so that nobody waits for them when the finished model is opened."""
    sampler = Sampler.load(folder)
    directions.of(sampler.network, sampler.config, folder)


def training_record(folder: RunFolder, trainer: Trainer, step: int, seconds: float) -> dict[str, Any]:
    """How a model was made: enough to make it again."""
    return {
        "recipe": {"preset": folder.request.preset, **dataclasses.asdict(trainer.settings)},
        "seed": folder.request.seed,
        "data": {"name": trainer.imageset.name, "images": len(trainer.imageset.train_images)},
        "steps": step,
        "total_steps": trainer.total,
        "fixed": folder.config["fixed"],
        "lengthened": folder.config["lengthened"],
        "seconds": seconds,
        "machine": machine.described(trainer.device),
        "versions": {
            "genclass": genclass.__version__,
            "torch": torch.__version__,
            "safetensors": safetensors.__version__,
            "python": platform.python_version(),
        },
        "date": datetime.date.today().isoformat(),
    }
