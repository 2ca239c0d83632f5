"""What a run needs of a model in training, the trainers by kind, and what must hold before one is made."""

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, cast

import numpy as np
import torch

from genclass.data import catalog, mirroring
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.networks.protocols import Network
from genclass.train.classifier import ClassifierTrainer
from genclass.train.distributed.ranks import Alone
from genclass.train.finetune import CLASSIFIER, FineTuner, LastBlockTrainer
from genclass.train.gan import GanTrainer
from genclass.train.photos import LastStagesTrainer, suited
from genclass.train.presets import ClassifierSettings, GanSettings, Settings
from genclass.train.schedules import Order
from genclass.train.settings import Request


class Trainer(Protocol):
    """One model in training: its steps, its state, its report.

    ``loop`` drives it and does all that has to do with folders and time. What it learns depends on its arguments and
    the steps taken, on nothing else: made of the same arguments and given another one's ``tensors``, it goes on bit for
    bit as that one would have.

    Attributes:
        kind: a key of ``TRAINERS``.
        brief: whether its epochs take seconds, so that a time asked for is only the most that it may take.
        draws_first: whether what it draws before its first step is worth seeing.
        total: steps of the whole run, which learning rates depend on; set anew before each step.
        done: steps taken so far; set by the loop.
        precision: ``float32`` or ``bfloat16``.
        ranks: the processes that share its batches; set by ``ranks.Group.share``.
    """

    kind: ClassVar[str]
    brief: ClassVar[bool]
    draws_first: ClassVar[bool]
    total: int
    done: int
    precision: str
    ranks: Alone

    def __init__(
        self,
        imageset: ImageSet,
        settings: Settings,
        seed: int,
        device: torch.device,
        total: int,
        precision: str = "float32",
    ) -> None:
        """Weights are drawn from the seed. May raise a ``GenClassError`` for a set that it can't learn from."""

    @property
    def settings(self) -> Settings:
        """As asked for, for the model's record."""

    @property
    def imageset(self) -> ImageSet:
        """What it learns from, perhaps fitted to the model."""

    @property
    def device(self) -> torch.device:
        """Where it trains."""

    @property
    def order(self) -> Order:
        """Which images each step sees; ``order.batch`` is how many."""

    @property
    def config(self) -> dict[str, Any]:
        """The part of a checkpoint's config.json that does not depend on the run."""

    def step(self, step: int) -> dict[str, torch.Tensor]:
        """Take one step, numbered from 0; returns figures, each a tensor of one number, always under the same keys."""

    def report(self) -> tuple[dict[str, float], np.ndarray, dict[str, bytes]]:
        """(figures, a picture uint8 [H, W, C], files to lie beside it by suffix), as the model is now."""

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything that changes over the steps, by name."""

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        """Go back to the step at which ``tensors()`` gave these."""

    def networks(self) -> dict[str, Network]:
        """The parts of its checkpoint: ``model``, for a GAN also ``discriminator``."""

    def learners(self) -> list[Network]:
        """The networks whose weights are trained."""

    def final_metrics(self) -> dict[str, Any]:
        """What config.json says of the finished model: ``{metric: {"value", "measured", …}}``."""

    def limits(self) -> dict[str, Any]:
        """What config.json says of when the finished model's answers are not to be believed."""


TRAINERS: dict[str, type[Trainer]] = {"classifier": ClassifierTrainer, "gan": GanTrainer}
TRANSFER: dict[str, type[Trainer]] = {"classifier": LastBlockTrainer, "gan": FineTuner}  # with ``settings.transfer``
TIMM = "timm"  # the architecture of classifiers that can be gone on with whatever their size
EARLIER = {"model": CLASSIFIER}  # what runs begin with that do not say it


def make_trainer(
    request: Request,
    imageset: ImageSet,
    total: int,
    precision: str = "float32",
    mirrored: bool = True,
    beginning: dict[str, Any] | None = None,
    architecture: dict[str, Any] | None = None,
) -> Trainer:
    """The trainer of a request, with fresh weights from its seed.

    Args:
        mirrored: whether mirror images may be trained on, where the request asks for them.
        beginning: what ``beginning_of`` gave, where a run has recorded it.
        architecture: that of a GAN, where a run has recorded it.

    Raises:
        GenClassError: ``no_device``, ``no_beginning``, ``unfit_beginning``, or what the trainer raises.
    """
    device, settings, kind = pick_device(request.device), _mirrored(request, mirrored), trainer_class(request)
    if isinstance(settings, ClassifierSettings) and settings.transfer:
        name = (beginning or beginning_of(request, imageset, mirrored))["model"]
        kind, settings = _going_on(name), dataclasses.replace(settings, backbone=name)
    if isinstance(settings, GanSettings):
        made = cast(type[GanTrainer], kind)
        return made(imageset, settings, request.seed, device, total, precision, architecture)
    return kind(imageset, settings, request.seed, device, total, precision)


def _mirrored(request: Request, mirrored: bool) -> Settings:
    settings = request.settings()
    return dataclasses.replace(settings, flip=settings.flip and mirrored)


def _going_on(name: str) -> type[Trainer]:
    """What trains on from a classifier.

    Raises:
        GenClassError: ``no_beginning`` or ``unfit_beginning``.
    """
    try:
        config = checkpoint.read_config(store.find_named(name))
    except GenClassError as error:
        raise GenClassError("no_beginning", name=name) from error
    if name == CLASSIFIER:
        return LastBlockTrainer
    if config["architecture"]["name"] != TIMM or config["channels"] != 3:
        raise GenClassError("unfit_beginning", name=name)
    return LastStagesTrainer


def beginning_of(request: Request, imageset: ImageSet, mirrored: bool = True) -> dict[str, Any]:
    """Which shipped classifier a request goes on with, as ``photos.suited`` tells it; nothing where it begins anew."""
    settings = _mirrored(request, mirrored)
    if isinstance(settings, ClassifierSettings) and settings.transfer:
        return suited(imageset, settings, request.seed)
    return {}


def trainer_class(request: Request) -> type[Trainer]:
    """The class of a request's trainer; for one that goes on with a shipped classifier, the usual one."""
    return (TRANSFER if request.settings().transfer else TRAINERS)[request.kind]


def mirror_twins(request: Request, imageset: ImageSet) -> tuple[str, str] | None:
    """Two classes whose mirror images must not be trained on, where that was neither asked for nor ruled out."""
    if "flip" in request.overrides or not request.settings().flip or catalog.find(request.data):
        return None
    return mirroring.twins(imageset.train_images, imageset.train_labels, imageset.classes)


def about_mirroring(request: Request, found: Sequence[str] | None) -> GenClassError:
    """Whether mirror images are learnt from, as a sentence; ``found`` is what ``mirror_twins`` gave."""
    if found:
        return GenClassError("mirror_twins", first=found[0], second=found[1])
    return GenClassError("set_mirrored" if request.settings().flip else "set_not_mirrored")


def check_data(imageset: ImageSet, kind: str) -> None:
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


def pick_device(name: str) -> torch.device:
    """The device of a request.

    Raises:
        GenClassError: ``no_device``.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise GenClassError("no_device", name=name, choices="cpu")
    return torch.device(name)
