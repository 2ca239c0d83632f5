"""One classifier in training: its steps, its state, its report. Knows nothing about folders or pages."""

import copy
import functools
import json
from typing import Any, ClassVar, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import update_bn

from genclass import paths
from genclass.analysis import own_kinds, unfamiliar
from genclass.analysis.metrics import accuracy, confusion, predictions, probabilities
from genclass.analysis.recognised_by import recognised_by
from genclass.data.batches import cut_out, evenly, flip_where, random_shift
from genclass.data.imageset import ImageSet, describe, hold_out
from genclass.files.images import normalised, png_bytes, resized, sheet, to_float
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.networks import cnn
from genclass.networks.protocols import ClassifierNetwork, Network
from genclass.train.distributed.ranks import ALONE, Alone
from genclass.train.optimizer_state import optimizer_tensors, restore_optimizer
from genclass.train.precision import autocast
from genclass.train.presets import ClassifierSettings
from genclass.train.schedules import Order, step_generator, triangle

WHITEN_IMAGES = 5000
WHITEN_BIAS_EPOCHS = 3
BIAS_RATE = 64
WATCHED = 1000
RECALIBRATED_ON = 1024  # training images
PICTURED = 50
SHOWN = 96  # pixels of an image on a sheet at most
MISTAKES = 20


def architecture(settings: ClassifierSettings) -> dict[str, Any]:
    """``architecture`` of the config.json of a classifier that is trained anew."""
    asked = {"width": settings.width, "depth": settings.depth}
    return {"name": settings.architecture, **{key: value for key, value in asked.items() if value}}


class ClassifierTrainer:
    """Trains a classifier network: a ``trainer.Trainer``.

    Args:
        seed: decides the weights, the order and the augmentation.
        total: steps of the whole run, which the learning rate's schedule needs.
        precision: ``float32`` or ``bfloat16``.
    """

    kind: ClassVar[str] = "classifier"
    brief: ClassVar[bool] = False
    draws_first: ClassVar[bool] = False
    done: int = 0
    ranks: Alone = ALONE

    def __init__(
        self,
        imageset: ImageSet,
        settings: ClassifierSettings,
        seed: int,
        device: torch.device,
        total: int,
        precision: str = "float32",
    ) -> None:
        self.settings, self.seed, self.device, self.total, self.precision = settings, seed, device, total, precision
        self.imageset = imageset = hold_out(imageset, settings.holdout) if settings.holdout else imageset
        self.order = Order(len(imageset.train_images), settings.batch, seed)
        self.images, self.labels = imageset.train_images.to(device), imageset.train_labels.to(device)
        self.first_flips = (torch.rand(len(self.images), generator=step_generator(seed, 2)) < 0.5).to(device)
        self.config = self._config()
        self.network = self._network()
        self.optimizer = self._optimizer()
        self.watched = evenly(len(imageset.test_images), WATCHED)
        self.judged = -1, 0.0  # the step of the newest report, and its accuracy

    def _config(self) -> dict[str, Any]:
        """The part of a checkpoint's config.json that does not depend on the run."""
        return {
            **describe(self.imageset),
            "kind": self.kind,
            "architecture": architecture(self.settings),
            "normalisation": cnn.CLASSIFIERS[self.settings.architecture].normalisation,
            "test_time_flip": self.settings.flip,
        }

    def _network(self) -> Network:
        torch.manual_seed(self.seed)
        network = checkpoint.build(self.config)
        if isinstance(network, cnn.AirNet):
            images = self.imageset.train_images
            few = torch.randperm(len(images), generator=step_generator(self.seed, 3))[:WHITEN_IMAGES]
            network.whiten_from(self.normalise(images[few]).cpu())
        return network.to(self.device).to(memory_format=torch.channels_last)

    def _optimizer(self) -> torch.optim.Optimizer:
        """Adam, or Nesterov SGD with a high learning rate for the norms' biases (airbench)."""
        trainable = {name: value for name, value in self.network.named_parameters() if value.requires_grad}
        if self.settings.optimizer == "adam":
            return torch.optim.Adam(
                trainable.values(), self.settings.learning_rate, weight_decay=self.settings.weight_decay, fused=True
            )
        biases = [value for name, value in trainable.items() if "norm" in name]
        others = [value for name, value in trainable.items() if "norm" not in name]
        decay = self.settings.weight_decay
        groups = [
            {"params": others, "scale": 1, "weight_decay": decay},
            {"params": biases, "scale": BIAS_RATE, "weight_decay": decay / BIAS_RATE},
        ]
        return torch.optim.SGD(groups, self.settings.learning_rate, momentum=0.85, nesterov=True, fused=True)

    def normalise(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 [N, C, H, W] to normalised float32 on the training device."""
        x = normalised(to_float(images.to(self.device)), self.config["normalisation"])
        return x.contiguous(memory_format=torch.channels_last)

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(augmented and normalised images float32 [N, C, H, W], int64 labels [N]) of one step."""
        epoch, indices = self.order.indices(step)
        indices = indices.to(self.device, non_blocking=True)
        images = self.images[indices]
        if self.settings.flip:  # alternating flip: over two epochs each image is seen both ways (Jordan, 2024)
            images = flip_where(images, self.first_flips[indices] ^ bool(epoch % 2))
        x = self.normalise(images)
        if self.settings.shift:
            x = random_shift(x, self.settings.shift, step_generator(self.seed, 4, step))
        if self.settings.cutout:
            x = cut_out(x, self.settings.cutout, step_generator(self.seed, 5, step))
        return x, self.labels[indices].long()

    def step(self, step: int) -> dict[str, torch.Tensor]:
        """One optimizer step; returns ``{"loss", "train_accuracy"}`` as tensors."""
        self._set_learning_rates(step)
        self.network.train()
        logits, labels = self.predict_batch(step)
        loss = F.cross_entropy(logits, labels, label_smoothing=self.settings.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return {"loss": loss.detach(), "train_accuracy": (logits.argmax(1) == labels).float().mean()}

    def predict_batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(float32 logits [N, classes], labels [N]) of this process's part of one step's batch."""
        images, labels = self.ranks.slices(*self.batch(step))
        images = images.contiguous(memory_format=torch.channels_last)
        with autocast(self.device, self.precision):
            return self.ranks.call(self.network, self.network, images).float(), labels

    def _set_learning_rates(self, step: int) -> None:
        if self.settings.optimizer == "nesterov":
            for group in self.optimizer.param_groups:
                group["lr"] = self.settings.learning_rate * group["scale"] * triangle(step / self.total)
        if isinstance(self.network, cnn.AirNet) and not self.settings.transfer:
            bias = self.network.whiten.bias
            assert bias is not None
            bias.requires_grad = step < WHITEN_BIAS_EPOCHS * self.order.steps

    def report(self) -> tuple[dict[str, float], np.ndarray, dict[str, bytes]]:
        """({"test_accuracy"}, a picture, files beside it), of up to 1,000 test images.

        The picture is a sheet of 50 that are always the same, those it gets wrong marked in red. Beside it lie the ones
        it is most wrong about (``-wrong.png``), and what it takes them for, with the confusion matrix (``.json``); at
        the end of a brief run, where its heat lies (``-heat.png``).
        """
        if not len(self.watched):
            images = self.imageset.train_images[:PICTURED]
            return {}, self._marked(images, torch.zeros(len(images), dtype=torch.bool)), {}
        images, labels = self.imageset.test_images[self.watched], self.imageset.test_labels[self.watched].long()
        predicted = probabilities(functools.partial(self.predict, network=self.recalibrated()), images)
        chosen = predicted.argmax(1)
        some = evenly(len(images), PICTURED)
        found = {"test_accuracy": accuracy(chosen, labels)}
        self.judged = self.done, found["test_accuracy"]
        files = self._mistakes(images, labels, predicted) | self._recognised_by(images, labels)
        return found, self._marked(images[some], (chosen != labels)[some]), files

    def _recognised_by(self, images: torch.Tensor, labels: torch.Tensor) -> dict[str, bytes]:
        """Once a brief run is over: what each class was recognised by."""
        if not self.brief or self.done < self.total:
            return {}
        return {"-heat.png": png_bytes(recognised_by(self.as_classifier(), images, labels))}

    def as_classifier(self, limits: dict[str, Any] | None = None) -> Classifier:
        """The network as it is now, as whoever asks it has it, with what ``limits`` gave."""
        network = cast(ClassifierNetwork, copy.deepcopy(self.network).to("cpu").eval())
        network.fold()
        return Classifier(network, {**self.config, **(limits or {})})

    def _mistakes(self, images: torch.Tensor, labels: torch.Tensor, predicted: torch.Tensor) -> dict[str, bytes]:
        chosen, confidence = predicted.argmax(1), predicted.amax(1)
        wrong = (chosen != labels).nonzero().flatten()
        wrong = wrong[confidence[wrong].argsort(descending=True, stable=True)][:MISTAKES]
        told = [
            {"truth": int(labels[i]), "said": int(chosen[i]), "probability": round(float(confidence[i]), 4)}
            for i in wrong
        ]
        record = {"classes": self.imageset.classes, "wrong": told}
        record["confusion"] = confusion(chosen, labels, predicted.shape[1]).tolist()
        files = {".json": json.dumps(record).encode()}
        if told:
            files["-wrong.png"] = png_bytes(sheet(_shown(images[wrong]).permute(0, 2, 3, 1).numpy(), len(told)))
        return files

    @staticmethod
    def _marked(images: torch.Tensor, wrong: torch.Tensor) -> np.ndarray:
        """A sheet of up to ten columns, uint8 [H, W, 3]; a frame is green for right, red for wrong."""
        framed = F.pad(_shown(images).expand(-1, 3, -1, -1), [2] * 4).permute(0, 2, 3, 1).contiguous()
        colours = torch.tensor([[40, 167, 69], [220, 53, 69]], dtype=torch.uint8)[wrong.long()]
        for edge in (framed[:, :2], framed[:, -2:], framed[:, :, :2], framed[:, :, -2:]):
            edge.copy_(colours[:, None, None].expand_as(edge))
        return sheet(framed.numpy(), min(10, len(framed)), gap=2)

    def recalibrated(self) -> Network:
        """A copy with recalibrated batch norm, to be shown and saved; after the last step the network itself.

        While the learning rate is high, the running averages of its batch norms lag behind its weights, and its
        predictions would be nearly arbitrary: in the copy the statistics are measured anew on training images (precise
        batch norm; Wu & Johnson, "Rethinking 'Batch' in BatchNorm", 2021).
        """
        if self.done >= self.total:
            return self.network
        network = checkpoint.build(self.config)
        network.load_state_dict(self.network.state_dict())
        images = self.imageset.train_images
        some = torch.randperm(len(images), generator=step_generator(self.seed, 6))[:RECALIBRATED_ON]
        network.to(self.device).to(memory_format=torch.channels_last)
        assert isinstance(network, nn.Module)
        update_bn((self.normalise(images[few]) for few in some.tensor_split(-(-len(some) // 256))), network)
        return network

    @torch.inference_mode()
    def predict(self, images: torch.Tensor, network: Network | None = None) -> torch.Tensor:
        """Probabilities float32 [N, classes] of uint8 [N, C, H, W], with the mirror images where flips are trained."""
        network = (network or self.network).eval()
        x = self.normalise(images)
        logits = network(x) + network(x.flip(3)) if self.settings.flip else 2 * network(x)
        return (logits / 2).softmax(1).cpu()

    def final_metrics(self) -> dict[str, Any]:
        """What the finished model's record says: accuracy on the whole test set."""
        count = len(self.imageset.test_images)
        if not count:
            return {}
        if self.judged[0] == self.done == self.total and len(self.watched) == count:  # these images, this network
            value = self.judged[1]
        else:
            value = accuracy(predictions(self.predict, self.imageset.test_images), self.imageset.test_labels.long())
        part = "held-out training" if self.settings.holdout else "test"
        how = f"share of the {count} {part} images of {self.imageset.name}"
        measured = how + (", test-time flip" if self.settings.flip else "")
        return {"accuracy": {"value": value, "samples": count, "measured": measured}}

    def limits(self) -> dict[str, Any]:
        """What the finished model's record says of when its answers are not to be believed: ``unfamiliar``, by test
        images; of photos of one's own also ``kinds``."""
        held = self.imageset.test_images[self.watched]
        images = self.imageset.train_images
        pixels = images[evenly(len(images), WATCHED)]
        found = {"unfamiliar": unfamiliar.limits(self.as_classifier(), held, pixels)} if len(held) else {}
        strange = own_kinds.others(paths.SHIPPED / store.KNOWS_MOST)
        seen = None if strange is None else self._seen_by_most()
        if strange is not None and seen is not None and len(seen) >= own_kinds.FEWEST:
            found["kinds"] = own_kinds.limit(seen, strange)
        return found

    def _seen_by_most(self) -> torch.Tensor | None:
        """What the network that knows most makes of some of the photos that it learns from, as ``own_kinds.seen``."""
        return own_kinds.seen(self.imageset.train_images)

    def networks(self) -> dict[str, Network]:
        return {"model": self.recalibrated()}

    def learners(self) -> list[Network]:
        return [self.network]

    def tensors(self) -> dict[str, torch.Tensor]:
        network = {f"network.{key}": value for key, value in self.network.state_dict().items()}
        return {**network, **optimizer_tensors(self.optimizer, "optimizer")}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        prefix = "network."
        self.network.load_state_dict({k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)})
        restore_optimizer(self.optimizer, tensors, "optimizer")


def _shown(images: torch.Tensor) -> torch.Tensor:
    """uint8 images [N, C, S, S] no larger than a sheet of many needs them."""
    return resized(images, min(SHOWN, images.shape[-1]))
