"""Training that begins with a network that knows ImageNet: for photos of one's own.

Most of the network stays as it is, so that what it makes of the training images, changed a few times over, is computed
once. On that a new head learns, then the last stages with it.
"""

import copy
import functools
import math
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import torch
import torch.nn.functional as F

from genclass import paths
from genclass.analysis import own_kinds
from genclass.analysis.linear_probe import left_out_accuracy
from genclass.data.batches import evenly, flip_where
from genclass.data.imageset import ImageSet, fitted
from genclass.files.images import normalised, to_float
from genclass.files.preprocess import PLAIN
from genclass.models import known_kinds, store
from genclass.models.classifier import Classifier
from genclass.networks.protocols import Network
from genclass.networks.timm_backbone import TimmBackbone
from genclass.train.finetune import CLASSIFIER, BegunClassifier
from genclass.train.precision import agreed_precision, autocast
from genclass.train.presets import AUTO, ClassifierSettings
from genclass.train.schedules import step_generator, triangle

SIDES = (96, 224)  # to which images are enlarged at least, and made smaller at most
ENLARGED = 2000  # training images that are enlarged at most: more are learnt from as they are
JUDGED = 500  # training images by which a run chooses what it begins with
VIEWS = 4  # of each training image: as it is, and changed
KEPT = 1000  # training images, of which what the early stages make is kept: 88 kB a view at 224×224
CHUNK = 16  # images that go through the network together
CHECKED = 4  # images on which bfloat16 is tried
HEAD_SHARE = 0.6  # of the steps, in which the new head learns alone,
TUNED = 24, 0.2  # less where the last stages learn in more steps than these, and in a larger share than this
HEAD, TUNED_HEAD, LATE = 0.3, 0.03, 0.013  # times the learning rate: of the head alone; of it and the last stages
LEAST = 0.6  # share of the side that a changed view shows at least
TURN = math.radians(15)

_known: dict[int, dict[Any, Any]] = {}  # by the identity of a set's images


def known_of(images: torch.Tensor) -> dict[Any, Any]:
    """What was computed of a set's images, as long as they are there: a run's choice and the measurement of its step
    are made with trainers of their own."""
    if id(images) not in _known:
        weakref.finalize(images, _known.pop, id(images), None)
    return _known.setdefault(id(images), {})


def suited(imageset: ImageSet, settings: ClassifierSettings, seed: int) -> dict[str, Any]:
    """With which classifier a run on these images begins: what is asked for, or a shipped one.

    Each image in turn is left out, and a linear classifier on what the others look like to the network is asked for it.

    Returns:
        ``{"model": name, "left_out": {name: share of the images that are told rightly}}``; without ``left_out`` where
        there was no choice.
    """
    if settings.backbone != AUTO:
        return {"model": settings.backbone}
    known = known_of(imageset.train_images)
    key = "suited", seed, settings.flip
    if key not in known:
        known[key] = _suited(imageset, settings, seed)
    return known[key]


def _suited(imageset: ImageSet, settings: ClassifierSettings, seed: int) -> dict[str, Any]:
    too_many = imageset.image_size < SIDES[0] and len(imageset.train_images) > ENLARGED
    if too_many or not (paths.SHIPPED / store.KNOWS_MOST).is_dir():
        return {"model": CLASSIFIER}
    some = evenly(len(imageset.train_images), JUDGED)
    asked = replace(settings, backbone=store.KNOWS_MOST)
    large = LastStagesTrainer(imageset, asked, seed, torch.device("cpu"), 1)
    small = Classifier.load(store.find_named(CLASSIFIER))
    seen = {
        store.KNOWS_MOST: large.features(0, some),
        CLASSIFIER: small.features(fitted(imageset, small.channels, small.image_size).train_images[some]),
    }
    labels = imageset.train_labels[some].long()
    found = {name: left_out_accuracy(x.clone(), labels, len(imageset.classes)) for name, x in seen.items()}
    return {"model": max(found, key=lambda name: found[name]), "left_out": found}


def of_chunks(compute: Callable[[torch.Tensor], torch.Tensor], given: torch.Tensor) -> torch.Tensor:
    """``compute`` of what is given, in chunks, on all cores.

    A run leaves a core to the page, for threads of a step wait for each other wherever something else takes one of
    theirs. Chunks don't wait for each other.
    """
    from genclass.train import machine  # which knows all trainers, this one among them

    with ThreadPoolExecutor(max(1, machine.cores() // torch.get_num_threads())) as pool:
        return torch.cat(list(pool.map(compute, given.split(CHUNK))))


def side_of(image_size: int) -> int:
    """To which side images of that of a set are made for a network of photos."""
    return min(max(image_size, SIDES[0]), SIDES[1])


def changed(x: torch.Tensor, flip: bool, generator: torch.Generator) -> torch.Tensor:
    """Images seen anew: a part of each, a little turned, in other light, mirrored at random if ``flip``.

    Args:
        x: normalised float [N, C, H, W].
        generator: a CPU ``torch.Generator``, which decides all of it.
    """
    drawn = torch.rand(7, len(x), generator=generator).to(x.device)
    scale, angle = LEAST + (1 - LEAST) * drawn[0], TURN * (2 * drawn[1] - 1)
    across, down = (1 - scale) * (2 * drawn[2] - 1), (1 - scale) * (2 * drawn[3] - 1)
    cos, sin = scale * angle.cos(), scale * angle.sin()
    places = torch.stack([cos, -sin, across, sin, cos, down], 1).view(-1, 2, 3)
    grid = F.affine_grid(places, list(x.shape), align_corners=False)
    seen = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    contrast, brightness = (drawn[4:6, :, None, None, None] - 0.5) / 2
    mean = seen.mean((1, 2, 3), keepdim=True)
    seen = mean + (seen - mean) * (1 + contrast) + brightness
    return flip_where(seen, drawn[6] < 0.5) if flip else seen


class LastStagesTrainer(BegunClassifier):
    """Trains a new last layer, then the last stages with it, on what the rest of an ImageNet network sees."""

    network: TimmBackbone

    def _side(self, imageset: ImageSet) -> int:
        return side_of(imageset.image_size)

    @property
    def known(self) -> dict[Any, Any]:
        return known_of(self.given.train_images)

    def _config(self) -> dict[str, Any]:
        shipped = {key: self.shipped_config[key] for key in ("architecture", "normalisation")}
        plain = {"crop_share": PLAIN.crop_share, "interpolation": PLAIN.interpolation, "antialias": PLAIN.antialias}
        return super()._config() | shipped | {"preprocess": plain, "test_time_flip": False}

    @property
    def _seeing(self) -> TimmBackbone:
        """The network that was begun with, for what does not learn: with its norms folded, in 0.6 of the time."""
        key = "seeing", self.settings.backbone, self.device
        if key not in self.known:
            seeing = cast(TimmBackbone, copy.deepcopy(self.shipped)).eval()
            seeing.fold()
            self.known[key] = seeing.to(self.device).to(memory_format=torch.channels_last)
        return self.known[key]

    def _network(self) -> Network:
        network = copy.deepcopy(cast(TimmBackbone, self.shipped))  # drawing weights that are not used takes a while
        network.begin_head(len(self.config["classes"]))
        network.requires_grad_(False)
        for part in (network.head, *network.late_stages):
            part.requires_grad_(True)
        return network.eval().to(self.device).to(memory_format=torch.channels_last)

    def _optimizer(self) -> torch.optim.Optimizer:
        late = [value for part in self.network.late_stages for value in part.parameters()]
        groups = [{"params": list(self.network.head.parameters())}, *([{"params": late}] if late else [])]
        return torch.optim.AdamW(groups, self.settings.learning_rate, weight_decay=self.settings.weight_decay)

    def _set_learning_rates(self, step: int) -> None:
        """The head's, then its and that of the last stages: each goes up and comes down again."""
        begin = self.alone
        if step < begin:
            shares = HEAD * triangle(step / begin), 0.0
        else:
            together = triangle((step - begin) / (self.total - begin))
            shares = TUNED_HEAD * together, LATE * together
        for group, share in zip(self.optimizer.param_groups, shares):
            group["lr"] = self.settings.learning_rate * share

    @property
    def alone(self) -> float:
        """Steps in which the head learns alone. A step of the last stages takes ten times as long, or more."""
        tuned = (1 - HEAD_SHARE) * self.total
        return self.total - max(min(tuned, TUNED[0]), TUNED[1] * self.total if HEAD_SHARE < 1 else 0)

    def _is_alone(self, step: int) -> bool:
        return step < self.alone

    def normalise(self, images: torch.Tensor) -> torch.Tensor:
        x = normalised(to_float(images.to(self.device)), self.config["normalisation"])
        return x.contiguous(memory_format=torch.channels_last)

    def predict_batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.network.eval()  # the norms keep their statistics: those of a few images are noise
        epoch, indices = self.order.indices(step)
        labels = self.labels[indices].long()
        if self._is_alone(step):
            seen, labels = self.ranks.slices(self.features(epoch % VIEWS, indices), labels)
            return self.ranks.call(self.network, self.network.head, seen), labels
        seen, labels = self.ranks.slices(self.maps(epoch % VIEWS, indices), labels)
        return self.ranks.call(self.network, lambda maps: self.network.head(self.network.late(maps)), seen), labels

    def maps(self, view: int, indices: torch.Tensor) -> torch.Tensor:
        """What the early stages, which don't learn, make of a view of training images: float32 [N, C, h, w]."""
        return self._of_all("maps", view, indices, self._early)

    def features(self, view: int, indices: torch.Tensor) -> torch.Tensor:
        """What the head sees of them before the last stages have learnt: float32 [N, D]."""
        if len(self.images) <= KEPT:
            self.maps(view, indices)  # all of them, for which chunks of this one would each ask at once
        return self._of_all("features", view, indices, self._features)

    def _of_all(self, what: str, view: int, indices: torch.Tensor, compute: Any) -> torch.Tensor:
        """``compute`` of some images, kept for all of them if they are few."""
        self._frozen_precision()  # for which all chunks would ask at once
        of_view = functools.partial(compute, view)
        if len(self.images) > KEPT:
            return of_chunks(of_view, indices)
        key = what, view, self.seed, self.settings.flip, self.settings.backbone, self.device
        if key not in self.known:
            self.known[key] = of_chunks(of_view, torch.arange(len(self.images)))
        return self.known[key][indices]

    @torch.no_grad()
    def _early(self, view: int, indices: torch.Tensor) -> torch.Tensor:
        x = self.normalise(self.images[indices])
        if view:
            x = changed(x, self.settings.flip, step_generator(self.seed, 7, view, int(indices[0])))
        x = x.contiguous(memory_format=torch.channels_last)
        with autocast(self.device, self._frozen_precision()):
            return self._seeing.early(x).float()

    @torch.no_grad()
    def _features(self, view: int, indices: torch.Tensor) -> torch.Tensor:
        maps = self.maps(view, indices)
        with autocast(self.device, self._frozen_precision()):
            return self._seeing.late(maps).float()

    def _frozen_precision(self) -> str:
        """In what is computed that does not learn: bfloat16 where that is fast, and right for some of the images."""
        key = "precision", self.settings.backbone, self.device
        if key not in self.known:
            self.known[key] = agreed_precision(self._seeing.features, self.normalise(self.images[:CHECKED]))
        return self.known[key]

    def _seen_by_most(self) -> torch.Tensor | None:
        if self.settings.backbone != store.KNOWS_MOST or self.imageset.image_size < self.shipped_config["image_size"]:
            return super()._seen_by_most()
        some = evenly(len(self.images), own_kinds.MOST)
        with torch.no_grad():
            return known_kinds.scores(cast(TimmBackbone, self.shipped).head(self.features(0, some).cpu()).softmax(1))

    def recalibrated(self) -> Network:
        return self.network  # whose norms keep their statistics

    def predict(self, images: torch.Tensor, network: Network | None = None) -> torch.Tensor:
        network = (network or self.network).eval()
        return of_chunks(torch.inference_mode()(lambda some: network(self.normalise(some)).softmax(1).cpu()), images)
