"""What there is to know of a model before one takes it: quality, parameters, size, speed, where it comes from."""

import functools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.files.records import is_count, is_number
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

MEASURED = ".measured"  # a folder beside the runs
PASSES = 12
WARM_UP = 3
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")  # of batch norms: counted, not learned
_TIMES: dict[str, float] = {}


@dataclass(frozen=True)
class Quality:
    """One figure of a model.

    Attributes:
        name: ``accuracy`` (0..1), ``fid`` or ``frechet`` (both 0 and up, less is better).
        judge: whose features a ``frechet`` is measured in, or None.
        samples: images behind it, or None where its record does not tell.
        here: measured on this machine, not by whoever made the model.
    """

    name: str
    value: float
    judge: str | None = None
    samples: int | None = None
    here: bool = False


@dataclass(frozen=True)
class Facts:
    """What a model's folder and what was measured of it tell, without loading its weights.

    Attributes:
        name: its public name, which a run may have given up in its config for a number behind it.
        parameters: of the generator or classifier alone; ``size``: bytes of its whole folder.
        qualities: ``Quality`` of each kind that is known, by name.
        seconds: of training, or None; ``gpu``: it was trained on, or None; ``date``: ISO, or None.
        shipped: whether it came with the program.
    """

    name: str
    folder: Path
    config: dict
    parameters: int
    size: int
    qualities: dict[str, Quality]
    seconds: float | None
    gpu: str | None
    date: str | None
    shipped: bool

    @property
    def kind(self) -> str:
        return self.config["kind"]

    @property
    def sha256(self) -> str:
        return self.config["sha256"]["model.safetensors"]

    @property
    def quality(self) -> Quality | None:
        """The figure that models of this kind are compared by, or None."""
        return next((self.qualities[name] for name in ("accuracy", "frechet", "fid") if name in self.qualities), None)


def every(folders: Mapping[str, Path]) -> list[Facts]:
    """``Facts`` of the models of ``store.named_folders``, in their order."""
    found = []
    for name, folder in folders.items():
        with store.if_readable(folder / "config.json"):
            found.append(of(name, folder))
    return found


def of(name: str, folder: Path) -> Facts:
    """``Facts`` of one model.

    Raises:
        GenClassError: ``broken_checkpoint``.
    """
    config = checkpoint.read_config(folder)
    sha256 = config["sha256"]["model.safetensors"]
    kept = measured_here(sha256)
    training = config.get("training", {})
    parts = [training, training["before"]] if "before" in training else [training]
    seconds = [part.get("seconds") for part in parts]
    gpus = [str(part.get("machine")).partition(" cores, ")[2] for part in parts]  # as ``machine.described`` names them
    return Facts(
        name=name,
        folder=folder,
        config=config,
        parameters=parameters(folder, sha256),
        size=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        qualities=_qualities(kept, here=True) | _qualities(config["metrics"], here=False),
        seconds=None if None in seconds else sum(seconds),
        gpu=next(filter(None, gpus), None),
        date=training.get("date"),
        shipped=folder.parent == paths.SHIPPED,
    )


def _qualities(metrics: dict, here: bool) -> dict[str, Quality]:
    """``{name: Quality}`` of a checkpoint's metrics, or of what ``evaluate`` returns."""
    found = {}
    for key, metric in metrics.items():
        name, _, judge = key.partition("_")
        if name not in ("accuracy", "frechet", "fid"):
            continue
        plain = not isinstance(metric, dict)
        value = metric if plain else metric.get("value")
        samples = metrics.get("samples") if plain else metric.get("samples")
        if is_number(value):
            known = samples if is_count(samples) else None
            found[name] = Quality(name, value, judge if name == "frechet" else None, known, here)
    return found


@functools.lru_cache(maxsize=256)
def parameters(folder: Path, sha256: str) -> int:
    """How many numbers a model's network learned, by the header of its weights' file: nothing else is read.

    Args:
        sha256: of its weights, which decides whether the answer is remembered.
    """
    try:
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            learned = [key for key in file.keys() if not key.endswith(STATISTICS)]
            return sum(math.prod(file.get_slice(key).get_shape()) for key in learned)
    except SafetensorError as error:
        raise GenClassError("broken_checkpoint", name=folder.name, what="its weights can't be read") from error


def measured_here(sha256: str) -> dict:
    """The figures that were kept for weights; empty where there are none, or a crash tore them: measure again."""
    return atomic.read_json(_measured_file(sha256))


def keep(sha256: str, figures: dict) -> None:
    """Add ``figures`` (a dict that JSON can hold) to what is kept for weights; the newer of two with one name stays.

    They lie beside the runs, by the hash of the weights: checkpoints stay as they are.
    """
    atomic.update_json(_measured_file(sha256), lambda kept: {**kept, **figures})


def _measured_file(sha256: str) -> Path:
    return paths.runs_dir() / MEASURED / f"{sha256}.json"


def milliseconds_so_far(sha256: str) -> float | None:
    """What ``milliseconds_per_image`` has found of weights since the start, or None."""
    return _TIMES.get(sha256)


def milliseconds_per_image(folder: Path, sha256: str) -> float:
    """Milliseconds that one image takes here: a classifier's whole answer, or a generator's picture.

    Args:
        sha256: of its weights, by which the answer is remembered until the program ends.
    """
    if sha256 not in _TIMES:
        _TIMES[sha256] = milliseconds(_one_image(folder), PASSES, WARM_UP)
    return _TIMES[sha256]


def milliseconds(work: Callable[[], object], passes: int, warm_up: int = 0) -> float:
    """Milliseconds of the quickest of some calls, after ``warm_up`` others: other work may slow any of them."""
    times = []
    for _ in range(warm_up + passes):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[warm_up:]) * 1000


def _one_image(folder: Path) -> Callable[[], object]:
    config = checkpoint.read_config(folder)
    if config["kind"] == "classifier":
        classifier = Classifier.load(folder)
        shape = (1, classifier.channels, classifier.image_size, classifier.image_size)
        image = torch.zeros(shape, dtype=torch.uint8)
        return lambda: classifier.answer(image)
    sampler = Sampler.load(folder)
    z, class_weights = torch.zeros(1, sampler.z_dim), torch.eye(len(sampler.classes))[:1] if sampler.classes else None
    return lambda: sampler.draw(z, class_weights)
