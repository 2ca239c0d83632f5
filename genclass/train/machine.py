"""What was measured of this machine and is kept, so that a run starts at once and a preset's time is known before.

``$GENCLASS_RUNS/.machine.json``: for each machine, for each kind of step, ``precision`` and ``seconds_per_step``.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import platform
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

from genclass import paths
from genclass.data import catalog, sources
from genclass.data.imageset import ImageSet
from genclass.files import atomic
from genclass.files.records import an_object, is_number, is_text
from genclass.train import cuda_graph
from genclass.train.gan import GanTrainer
from genclass.train.precision import choose_precision
from genclass.train.presets import PRESETS
from genclass.train.run import waiting
from genclass.train.settings import Request
from genclass.train.trainer import Trainer, make_trainer, trainer_class

Shape = tuple[int, int, int]  # channels, image size and classes of a set
# {"precision": "float32" or "bfloat16", "seconds_per_step": float}; "cuda_graph" and "of_run" where they are true
Measured = dict[str, Any]
MEASURED = an_object({"precision": is_text, "seconds_per_step": is_number})
CALIBRATION_STEPS = 5
SLOWER = 1.25  # how many times as slow one run can make what is known
# What decides how many steps there are and where they lead, but not how long one takes.
NOT_TIMED = (
    "epochs",
    "learning_rate",
    "discriminator_learning_rate",
    "weight_decay",
    "label_smoothing",
    "beta1",
    "beta2",
    "ema_images",
    "holdout",
    "image_size",  # which the shape of the images tells
    "fall",
)


def known(request: Request, shape: Shape) -> Measured | None:
    """What was measured of a step of a request on data of this shape, or None."""
    found = atomic.read_json(_file()).get(_machine())
    one = found.get(_key(request, shape)) if isinstance(found, dict) else None
    return one if MEASURED(one) else None


def seconds_known(request: Request, shape: Shape) -> float | None:
    """What was measured of the time of a step, or None."""
    found = known(request, shape)
    return None if found is None else float(found["seconds_per_step"])


def shape_of(imageset: ImageSet) -> Shape:
    return imageset.channels, imageset.image_size, len(imageset.classes)


def measure(request: Request, imageset: ImageSet) -> Measured:
    """Measure a request's step with a trainer that is thrown away, and remember it."""
    threads = request.threads or cores()
    torch.set_num_threads(threads)
    trainer = make_trainer(request, imageset, total=1_000_000)
    trainer.precision = choose_precision(trainer)
    graph = {"cuda_graph": True} if is_quicker_recorded(trainer) else {}
    found = {"precision": trainer.precision, **graph, "seconds_per_step": seconds_per_step(trainer)}
    remember(request, shape_of(imageset), found)
    return found


def is_quicker_recorded(trainer: Trainer) -> bool:
    """Whether a trainer that is thrown away afterwards steps sooner as a CUDA graph; it does so then."""
    return isinstance(trainer, GanTrainer) and trainer.device.type == "cuda" and cuda_graph.pays(trainer)


def seconds_per_step(trainer: Trainer) -> float:
    """Median over a few steps of a trainer that is thrown away afterwards; the first warms up."""
    trainer.step(0)
    times = []
    for step in range(1, CALIBRATION_STEPS + 1):
        start = time.perf_counter()
        float(next(iter(trainer.step(step).values())))
        times.append(time.perf_counter() - start)
    return sorted(times)[CALIBRATION_STEPS // 2]


def remember(request: Request, shape: Shape, found: Measured) -> None:
    """Keep what was measured; where the folder of runs can't be written, it is measured again next time."""
    mine, key = _machine(), _key(request, shape)
    with contextlib.suppress(OSError):
        atomic.update_json(_file(), lambda known: {**known, mine: {**known.get(mine, {}), key: found}})


def tempered(request: Request, shape: Shape, found: Measured) -> Measured:
    """What a run found, no more than a quarter slower than what was known: other work may have slowed it.

    A fast run makes up for slow ones at once, and several slow ones are believed. What a calibration found of a brief
    run is not held on to: it measures steps alone, most of the time of such a run is no step's.
    """
    before = known(request, shape)
    if before is None or (trainer_class(request).brief and "of_run" not in before):
        return found
    return {**found, "seconds_per_step": min(found["seconds_per_step"], SLOWER * before["seconds_per_step"])}


def expected_steps(request: Request) -> int | None:
    """How many steps a request on a named set will take here, or None where that was not measured yet."""
    settings = request.settings()
    if request.minutes is None:
        return max(1, round(settings.epochs * (catalog.SETS[request.data].images // settings.batch)))
    found = known(request, named_shape(request.data))
    return None if found is None else max(1, round(request.minutes * 60 / found["seconds_per_step"]))


def expected_seconds(request: Request) -> float | None:
    """How long a request on a named set will take here, or None where that was not measured yet."""
    if request.minutes is not None:
        return request.minutes * 60
    found, steps = known(request, named_shape(request.data)), expected_steps(request)
    return None if found is None or steps is None else steps * found["seconds_per_step"]


def unmeasured() -> Iterator[Request]:
    """A request for each kind of step among the presets that was not measured on this machine yet, quick ones first."""
    seen = set()
    named = [(kind, preset) for kind, presets in reversed(PRESETS.items()) for preset in presets]
    for source in sorted(catalog.bundled(), key=_pixels):
        for request in (Request(kind, source, preset, threads=threads_beside_page()) for kind, preset in named):
            key = _key(request, named_shape(source))
            if key not in seen and known(request, named_shape(source)) is None:
                yield request
            seen.add(key)


def _pixels(name: str) -> int:
    channels, side, _ = named_shape(name)
    return channels * side**2


def measure_if_free(request: Request) -> None:
    """Measure a request's step, unless a run is being trained: each would slow the other down."""
    with contextlib.suppress(Timeout, OSError):
        paths.runs_dir().mkdir(parents=True, exist_ok=True)
        with FileLock(paths.runs_dir() / waiting.SLOT, timeout=0):
            measure(request, sources.load(request.data))


def named_shape(name: str) -> Shape:
    """``shape_of`` a named set, without loading it."""
    row = catalog.SETS[name]
    return row.channels, row.image_size, len(row.classes)


def _file() -> Path:
    return paths.runs_dir() / ".machine.json"


def _machine() -> str:
    return f"{described(torch.device('cpu'))}, torch {torch.__version__}"


def _key(request: Request, shape: Shape) -> str:
    settings = {key: value for key, value in dataclasses.asdict(request.settings()).items() if key not in NOT_TIMED}
    values = [request.kind, settings, shape, request.device, request.threads or cores()]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_beside_page() -> int:
    """All cores but one, which the page and the visitor's browser work on.

    Threads of one step wait for each other: where something else takes one of their cores now and then, all of them
    stand still, and a step takes many times as long (benchmarks/RESULTS.md).
    """
    return max(1, cores() - 1)


def described(device: torch.device) -> str:
    """This machine as a model's record names it: with its GPU, where that is the ``torch.device`` of the training."""
    gpu = [torch.cuda.get_device_name(device)] if device.type == "cuda" else []
    return ", ".join([processor(), f"{cores()} cores", *gpu])


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    return names[0] if names else platform.processor() or platform.machine()
