"""Training as a generator of progress reports, driven alike by the command line, tests and the page.

    for progress in train(folder):
        print(progress.step, progress.total, progress.metrics)

Nothing here depends on the time but when to report and when to save; weights depend on the step alone.
"""

import dataclasses
import datetime
import logging
import math
import os
import platform
import re
import time
import traceback
from pathlib import Path

import safetensors
import torch

import genclass
from genclass import checkpoint, data
from genclass.errors import GenClassError
from genclass.images import png_bytes
from genclass.train.classifier import ClassifierTrainer
from genclass.train.folder import RunFolder, keep_newest
from genclass.train.gan import GanTrainer
from genclass.train.precision import choose_precision
from genclass.train.transfer import FineTuner, LastBlockTrainer

log = logging.getLogger("genclass.train")
TRAINERS = {"classifier": ClassifierTrainer, "gan": GanTrainer}
TRANSFER = {"classifier": LastBlockTrainer, "gan": FineTuner}
REPORT_SECONDS = 1.0
SAVE_SECONDS = 60.0
PICTURE_SHARE = 0.05
PICTURE_SECONDS = 2.0
CALIBRATION_STEPS = 5


@dataclasses.dataclass
class Progress:
    """One report.

    Attributes:
        step, total: steps done and to do.
        metrics: means since the last report; ``images_per_second``; sometimes ``test_accuracy``.
    """

    step: int
    total: int
    metrics: dict


def train(path):
    """Train a run folder to its end, or until it is asked to stop; resumes where it stopped.

    A file ``stop`` in the folder, or closing this generator, ends it cleanly between two steps, with its state saved.

    Yields:
        ``Progress``.

    Raises:
        GenClassError: ``not_a_run``, ``run_busy``, what the data raise, or ``diverged``. The status carries it too.
    """
    folder = RunFolder(path)
    with folder.locked(), folder.training_slot() as held:
        if not held:
            folder.end("stopped")
            return
        try:
            yield from _train(folder)
        except GenClassError as error:
            folder.write_status(state="failed", error=error.as_dict())
            raise
        except Exception:
            (folder.path / "log.txt").open("a").write(traceback.format_exc())
            folder.write_status(state="failed", error=GenClassError("crashed").as_dict())
            raise


def _train(folder):
    folder.write_status(state="running", error=None)
    imageset = _load_data(folder)
    fixed = folder.config["fixed"] or _fix(folder, imageset)
    torch.set_num_threads(fixed["threads"])
    trainer = make_trainer(folder.request, imageset, fixed["total"], fixed["precision"])
    step, tensors = folder.newest_state()
    if tensors is not None:
        trainer.restore(tensors)
    folder.cut_back(step)
    folder.write_status(step=step, total=fixed["total"])
    session = _Session(folder, trainer, step, fixed["total"])
    try:
        yield from session.steps()
    except GeneratorExit:
        session.finish()
        raise


def _load_data(folder):
    """The run's own packed set if it has one, else what the request names, checked for its kind."""
    packed, request = folder.path / "data.safetensors", folder.request
    imageset = data.load_packed(packed) if packed.exists() else data.load(request.data)
    if imageset.skipped:
        log.warning("%d images can't be read and are left out: %s", len(imageset.skipped), ", ".join(imageset.skipped))
    check_data(imageset, request.kind)
    if request.data not in data.NAMES and not packed.exists():
        data.save_packed(imageset, packed)
    return imageset


def check_data(imageset, kind):
    """Refuse what can't be trained on.

    Raises:
        GenClassError: ``too_few_classes`` or ``one_image_a_class`` (classifier), or ``too_few_images``.
    """
    if kind == "classifier" and len(imageset.classes) < 2:
        raise GenClassError("too_few_classes", count=1 if len(imageset.train_images) else 0)
    if len(imageset.train_images) < 2:
        raise GenClassError("too_few_images", least=2, count=len(imageset.train_images))
    counts = torch.bincount(torch.cat([imageset.train_labels, imageset.test_labels]).int())
    if kind == "classifier" and counts.min() < 2:
        raise GenClassError("one_image_a_class", name=imageset.classes[counts.argmin()])


def pick_device(name):
    """``torch.device`` of a request.

    Raises:
        GenClassError: ``no_device``.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise GenClassError("no_device", name=name, choices="cpu")
    return torch.device(name)


def make_trainer(request, imageset, total, precision="float32"):
    """The trainer of a request, with fresh weights from its seed."""
    device, settings = pick_device(request.device), request.settings()
    trainers = TRANSFER if settings.transfer else TRAINERS
    return trainers[request.kind](imageset, settings, request.seed, device, total, precision)


def _fix(folder, imageset):
    """Decide, once and for all, what resuming must not measure again."""
    request = folder.request
    threads = request.threads or os.cpu_count()
    torch.set_num_threads(threads)
    trial = make_trainer(request, imageset, total=1_000_000)  # thrown away, like the next
    precision = choose_precision(trial)
    total = max(1, round(request.settings().epochs * trial.order.steps))
    if request.minutes is not None:
        trial = make_trainer(request, imageset, 1_000_000, precision)
        steps = max(1, int(request.minutes * 60 / _seconds_per_step(trial)))
        total = min(total, steps) if trial.brief else steps
    fixed = {"total": total, "precision": precision, "threads": threads, "device": request.device, "processes": 1}
    folder.fix(fixed)
    return fixed


def _seconds_per_step(trainer):
    """Median over a few steps of a trainer that is thrown away afterwards; the first warms up."""
    trainer.step(0)
    times = []
    for step in range(1, CALIBRATION_STEPS + 1):
        start = time.perf_counter()
        float(next(iter(trainer.step(step).values())))
        times.append(time.perf_counter() - start)
    return sorted(times)[CALIBRATION_STEPS // 2]


class _Session:
    """One stretch of training: counts steps, collects metrics, decides when to report, draw and save."""

    def __init__(self, folder, trainer, step, total):
        self.folder, self.trainer, self.step, self.total = folder, trainer, step, total
        self.pending = []
        now = time.monotonic()
        self.reported, self.saved, self.drawn, self.drawing = now, now, -math.inf, 0.0
        self.begun, self.seconds_before = now, folder.status.get("seconds", 0.0)

    def steps(self):
        if self.step == 0:
            self._draw({})
        while self.step < self.total and not self.folder.stop_asked():
            self.pending.append(self.trainer.step(self.step))
            self.step += 1
            now = time.monotonic()
            if self.step in (1, self.total) or now - self.reported > REPORT_SECONDS:
                yield self._report(now)
                if now - self.saved > SAVE_SECONDS:  # only what a report has found finite
                    self._save()
        self.finish()

    def _report(self, now):
        """Means over the steps since the last report, with a picture when one is due."""
        keys = self.pending[0]
        metrics = {key: float(torch.stack([values[key] for values in self.pending]).mean()) for key in keys}
        if not all(math.isfinite(value) for value in metrics.values()):
            raise GenClassError("diverged", step=self.step)
        images = len(self.pending) * self.trainer.order.batch
        metrics["images_per_second"] = round(images / max(now - self.reported, 1e-6), 1)
        due = max(PICTURE_SECONDS, self.drawing / PICTURE_SHARE)  # drawing takes at most a twentieth of the time
        if now - self.drawn > due or self.step == self.total:
            self._draw(metrics)
        self.folder.append_metrics({"step": self.step, "seconds": self._seconds(), **metrics})
        self.folder.write_status(step=self.step, seconds=self._seconds())
        self.pending, self.reported = [], time.monotonic()
        return Progress(self.step, self.total, metrics)

    def _seconds(self):
        """Seconds of training so far, those before a resume included."""
        return round(self.seconds_before + time.monotonic() - self.begun, 2)

    def _draw(self, metrics):
        start = time.monotonic()
        found, picture = self.trainer.report()
        metrics.update(found)
        self.folder.save_picture(self.step, png_bytes(picture))
        self.drawn = time.monotonic()
        self.drawing = self.drawn - start

    def _save(self, metrics=None):
        save_model(self.folder, self.trainer, self.step, self._seconds(), metrics or {})
        self.folder.save_state(self.step, self.trainer.tensors())
        self.saved = time.monotonic()

    def finish(self):
        """Save, and say how it ended."""
        over = self.step >= self.total
        if not over:
            self.folder.write_status(state="stopping")
        self._save(self.trainer.final_metrics() if over else None)
        self.folder.end("finished" if over else "stopped", step=self.step, seconds=self._seconds())


def save_model(folder, trainer, step, seconds, metrics):
    """Write ``model/<step>``: a checkpoint that the other tabs can use at once; the newest two are kept."""
    config = trainer.config | {
        "name": folder.status["name"],
        "metrics": metrics,
        "training": training_record(folder, trainer, step, seconds),
    }
    checkpoint.save(folder.path / "model" / str(step), config, trainer.networks(), png_bytes(trainer.report()[1]))
    keep_newest(folder.path / "model")


def training_record(folder, trainer, step, seconds):
    """How a model was made: enough to make it again."""
    return {
        "recipe": {"preset": folder.request.preset, **dataclasses.asdict(trainer.settings)},
        "seed": folder.request.seed,
        "data": {"name": trainer.imageset.name, "images": len(trainer.imageset.train_images)},
        "steps": step,
        "total_steps": trainer.total,
        "fixed": folder.config["fixed"],
        "seconds": seconds,
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "versions": {
            "genclass": genclass.__version__,
            "torch": torch.__version__,
            "safetensors": safetensors.__version__,
            "python": platform.python_version(),
        },
        "date": datetime.date.today().isoformat(),
    }


def processor():
    """The processor's name, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    return names[0] if names else platform.processor() or platform.machine()
