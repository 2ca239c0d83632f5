"""Training as a generator of progress reports, driven alike by the command line, tests and the page.

    for progress in train(folder):
        print(progress.step, progress.total, progress.metrics)

Time decides nothing but when to report and when to save; weights depend on the step alone.
"""

import dataclasses
import logging
import math
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from genclass.data import catalog, sources
from genclass.data.imageset import ImageSet, load_packed, save_packed
from genclass.errors import GenClassError
from genclass.files import atomic, sizes
from genclass.files.images import png_bytes
from genclass.train import cuda_graph, footprint, machine
from genclass.train.distributed import ranks
from genclass.train.gan import GanTrainer
from genclass.train.health import Health
from genclass.train.model_record import save_model
from genclass.train.run import layout as run_folder
from genclass.train.run.writer import RunFolder
from genclass.train.settings import Request
from genclass.train.trainer import (
    EARLIER,
    Trainer,
    about_mirroring,
    beginning_of,
    check_data,
    make_trainer,
    mirror_twins,
    trainer_class,
)

log = logging.getLogger("genclass.train")
REPORT_SECONDS = 1.0
SAVE_SECONDS = 60.0
FIRST_SAVE_SECONDS = 10.0  # from then on the model can be tried
PICTURE_SHARE = 0.05
PICTURE_SECONDS = 2.0
MEASURED_STEPS = 100  # of a run, whose speed then counts more than a calibration's


@dataclasses.dataclass
class TrainingProgress:
    """One report.

    Attributes:
        step, total: steps done and to do.
        metrics: means since the last report; ``images_per_second``; sometimes ``test_accuracy``.
    """

    step: int
    total: int
    metrics: dict[str, Any]


def train(path: str | Path) -> Iterator[TrainingProgress]:
    """Train a run folder to its end, or until it is asked to stop; resumes where it stopped.

    A file ``stop`` in the folder, or closing this generator, ends it cleanly between two steps, with its state saved.

    Yields:
        ``TrainingProgress``.

    Raises:
        GenClassError: ``not_a_run``, ``run_busy``, what the data raise, ``diverged`` or ``disk_full``; it stands in
            the run's status too. Or ``run_taken``, which stands nowhere: the run is another process's by then.
    """
    folder = RunFolder(path)
    with folder.locked(), folder.beating(), folder.training_slot() as held, ranks.joined() as group:
        if not held:
            folder.end("stopped")
            return
        try:
            yield from _train(folder, group)
        except GenClassError as error:
            folder.fail(error)
            raise
        except Exception as error:
            if atomic.is_full(error):
                folder.fail(GenClassError("disk_full"))
                raise GenClassError("disk_full") from error
            folder.fail(GenClassError("crashed"), traceback.format_exc())
            raise


def _train(folder: RunFolder, group: ranks.Alone) -> Iterator[TrainingProgress]:
    folder.write_status(state="running", error=None)
    imageset = load_data(folder)
    fixed = folder.config["fixed"] or _fix(folder, imageset, group.size)
    if fixed["processes"] != group.size:
        raise GenClassError("other_processes", before=fixed["processes"], now=group.size)
    trainer, (step, _) = group.agree(lambda: prepared(folder, imageset))
    group.share(trainer)
    if catalog.find(folder.request.data) is None:
        log.warning("%s", about_mirroring(folder.request, fixed.get("mirror_twins")))
    warnings = _spoilt(folder.path, step)
    folder.cut_back(step)
    folder.write_status(step=step, total=folder.total_at(math.inf))
    session = _Session(folder, trainer, step, machine.shape_of(imageset), warnings)
    try:
        yield from session.steps()
    except GeneratorExit:
        session.finish()
        raise


def _spoilt(path: Path, step: int) -> list[dict[str, Any]]:
    """What to warn of where the newest state is spoilt and an older one is used: a list of errors as dicts."""
    spoilt = run_folder.spoilt_step(path)
    if spoilt is None:
        return []
    error = GenClassError("state_spoilt", step=spoilt, kept=step)
    log.warning("%s", error)
    return [error.as_dict()]


def prepared(folder: RunFolder, imageset: ImageSet) -> tuple[Trainer, tuple[int, float]]:
    """A run's trainer as its newest state left it, and (that state's step, when the run was made)."""
    fixed = folder.config["fixed"]
    torch.set_num_threads(fixed["threads"])
    step, tensors = folder.newest_state()
    mirrored, beginning = fixed.get("mirror_twins") is None, fixed.get("begun_with", EARLIER)
    trainer = make_trainer(
        folder.request, imageset, folder.total_at(step), fixed["precision"], mirrored, beginning, folder.architecture()
    )
    if tensors is not None:
        trainer.restore(tensors)
    if fixed.get("cuda_graph") and isinstance(trainer, GanTrainer):
        cuda_graph.begin(trainer)
    return trainer, (step, folder.config["created"])


def load_data(folder: RunFolder) -> ImageSet:
    """The run's own packed set if it has one, else what the request names, checked for its kind."""
    packed, request = folder.path / "data.safetensors", folder.request
    if packed.exists():
        imageset = load_packed(packed)
    else:
        imageset = sources.load(request.data, request.settings().image_size, classes_from=request.classes_from)
    for told in imageset.notes:
        log.warning("%s", told["message"])
    check_data(imageset, request.kind)
    if catalog.find(request.data) is None and not packed.exists():
        save_packed(imageset, packed)
    return imageset


def _fix(folder: RunFolder, imageset: ImageSet, processes: int) -> dict[str, Any]:
    """Decide, once and for all, what resuming must not measure again."""
    request = folder.request
    torch.set_num_threads(request.threads or machine.cores())  # what is chosen by what is computed depends on them
    twins = mirror_twins(request, imageset)
    beginning = beginning_of(request, imageset, mirrored=twins is None)
    found = machine.known(request, machine.shape_of(imageset)) or machine.measure(request, imageset)
    settings = request.settings()
    images = max(1, len(imageset.train_images) - getattr(settings, "holdout", 0))  # too few are refused by the trainer
    steps = images // min(settings.batch, images)
    total = steps_of(request, settings.epochs * steps, found["seconds_per_step"])
    if not trainer_class(request).brief:  # of those a step tells little: most of their time is no step's
        log.warning("%s", _takes(request, imageset, total * found["seconds_per_step"], total))
    threads = request.threads or max(1, machine.cores() // ranks.here())
    fixed = {"total": total, "precision": found["precision"], "threads": threads,
             "device": request.device, "processes": processes, "steps_per_epoch": max(1, steps),
             "mirror_twins": twins, "begun_with": beginning}  # fmt: skip
    if found.get("cuda_graph") and processes == 1:
        fixed["cuda_graph"] = True
    folder.fix(fixed)
    return fixed


def steps_of(request: Request, passes: float, seconds: float) -> int:
    """How many steps a request is made into.

    Args:
        passes: steps of all its epochs.
        seconds: of a step.
    """
    if request.minutes is not None:
        asked = request.minutes * 60 / seconds
        passes = min(passes, asked) if trainer_class(request).brief else asked
    return max(1, round(passes))


def _takes(request: Request, imageset: ImageSet, seconds: float, steps: int) -> GenClassError:
    """What a run will take here, as a sentence."""
    memory = footprint.memory(request, machine.shape_of(imageset), len(imageset.train_images))
    told = {"minutes": f"{seconds / 60:.1f}", "steps": steps}
    return (
        GenClassError("run_takes_time", **told)
        if memory is None
        else GenClassError("run_takes", **told, memory=sizes.in_words(memory))
    )


class _Session:
    """One stretch of training: counts steps, collects metrics, decides when to report, draw and save.

    Args:
        shape: ``machine.shape_of`` the images that were asked for, which a trainer may have fitted to its model.
        warnings: errors as dicts, to be reported until the next state is saved.
    """

    def __init__(
        self,
        folder: RunFolder,
        trainer: Trainer,
        step: int,
        shape: machine.Shape,
        warnings: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.folder, self.trainer, self.step, self.shape = folder, trainer, step, shape
        self.total = folder.total_at(math.inf)  # the state that it goes on with may be from before it was made longer
        self.pending: list[dict[str, torch.Tensor]] = []
        self.first, self.warnings, trainer.done = step, warnings, step
        fixed, earlier = folder.config["fixed"], run_folder.read_metrics(folder.path)
        self.health = Health(earlier, fixed.get("mirror_twins"), folder.request.minutes, fixed["total"])
        now = time.monotonic()
        self.reported, self.drawn, self.drawing = now, now, 0.0
        self.picture = -1, b""  # the step of the newest, and its PNG
        self.saved = now - max(SAVE_SECONDS - FIRST_SAVE_SECONDS, 0)
        self.begun, self.seconds_before = now, folder.status.get("seconds", 0.0)

    def steps(self) -> Iterator[TrainingProgress]:
        if self.step == 0 and self.trainer.draws_first:
            self._draw({})
        while self.step < self.total and not self.folder.stop_asked():
            self.trainer.total = self.folder.total_at(self.step)
            self.pending.append(self.trainer.ranks.step(self.trainer, self.step))
            self.step = self.trainer.done = self.step + 1
            now = time.monotonic()
            if self.step in (1, self.total) or now - self.reported > REPORT_SECONDS:
                yield self._report(now)
                if now - self.saved > SAVE_SECONDS and self.step < self.total:  # only what a report has found finite
                    self._save()
        self.finish()

    def _report(self, now: float) -> TrainingProgress:
        """Means over the steps since the last report, with a picture when one is due."""
        metrics: dict[str, Any] = self._means()
        images = len(self.pending) * self.trainer.order.batch
        metrics["images_per_second"] = round(images / max(now - self.reported, 1e-6), 1)
        due = max(PICTURE_SECONDS, self.drawing / PICTURE_SHARE)  # drawing takes at most a twentieth of the time
        if self.step > 1 and now - self.drawn > due or self.step == self.total:  # the first is told at once
            self._draw(metrics)
        told = {"step": self.step, "seconds": self._seconds()}
        metrics["warnings"] = [*self.warnings, *self.health.warnings(told | metrics)]
        self.folder.append_metrics(told | metrics)
        self.folder.write_status(step=self.step, seconds=self._seconds())
        self.pending, self.reported = [], time.monotonic()
        return TrainingProgress(self.step, self.total, metrics)

    def _means(self) -> dict[str, float]:
        keys = self.pending[0]
        means = {key: float(torch.stack([values[key] for values in self.pending]).mean()) for key in keys}
        if not all(math.isfinite(value) for value in means.values()):
            raise GenClassError("diverged", step=self.step)
        return means

    def _seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        return round(self.seconds_before + time.monotonic() - self.begun, 2)

    def _draw(self, metrics: dict[str, Any]) -> None:
        start = time.monotonic()
        found, picture, beside = self.trainer.report()
        metrics.update(found)
        self.picture = self.step, png_bytes(picture)
        self.folder.save_picture(*self.picture, beside)
        self.drawn = time.monotonic()
        self.drawing = self.drawn - start

    def _picture(self) -> bytes:
        """The newest one, of the model as it is now."""
        step, picture = self.picture
        return picture if step == self.step else png_bytes(self.trainer.report()[1])

    def _save(self, final: dict[str, Any] | None = None) -> None:
        """State first: to be able to go on matters more than to have a model to look at."""
        tensors = self.trainer.tensors()
        if not all(value.isfinite().all() for value in tensors.values()):
            raise GenClassError("diverged", step=self.step)
        self.folder.save_state(self.step, tensors)
        self.warnings = ()
        save_model(self.folder, self.trainer, self.step, self._seconds(), final, self._picture())
        self.saved = time.monotonic()

    def finish(self) -> None:
        """Save, and record how it ended."""
        over = self.step >= self.total
        if self.pending:  # the last of them may have diverged
            self._means()
        if not over:
            self.folder.write_status(state="stopping")
        self._save({"metrics": self.trainer.final_metrics(), **self.trainer.limits()} if over else None)
        self._remember_speed()
        self.folder.end("finished" if over else "stopped", step=self.step, seconds=self._seconds())

    def _remember_speed(self) -> None:
        done, seconds = self.step - self.first, self._seconds() - self.seconds_before
        if (done == self.total if self.trainer.brief else done >= MEASURED_STEPS) and self.trainer.ranks.size == 1:
            fixed = self.folder.config["fixed"]
            computed = {key: fixed[key] for key in ("precision", "cuda_graph") if key in fixed}
            found = {**computed, "seconds_per_step": seconds / done, "of_run": True}
            machine.remember(self.folder.request, self.shape, machine.tempered(self.folder.request, self.shape, found))
