"""One GAN in training: its steps, its state, its report. Knows nothing about folders or pages."""

import copy
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import torch
import torch.nn.functional as F

from genclass.data.batches import augment, flip_where
from genclass.data.imageset import ImageSet, describe
from genclass.files.images import sheet, to_float
from genclass.models import checkpoint
from genclass.models.sampler import Sampler
from genclass.networks import gan
from genclass.networks.losses import LOSSES, r1_penalty
from genclass.networks.projected_gan import COMPARED, ProjectedDiscriminator
from genclass.networks.protocols import Discriminator, Generator, Network
from genclass.train import gan_report
from genclass.train.attribute_latents import AttributeLatents
from genclass.train.cuda_graph import Recorded, restore
from genclass.train.distributed.ranks import ALONE, Alone
from genclass.train.gan_architecture import PROJECTED, architecture, classifier_for
from genclass.train.optimizer_state import optimizer_tensors, restore_optimizer, set_rate
from genclass.train.precision import autocast
from genclass.train.presets import GanSettings
from genclass.train.schedules import Order, ema_decay, late_fall, step_generator

PENALTY_EVERY = 16
ATTRIBUTES_COUNT = 0.5  # as much as this does each attribute's loss count beside that of how real an image is


class GanTrainer:
    """Trains a generator and a discriminator in turn, one step of each, on the same fakes: a ``trainer.Trainer``.

    Args:
        imageset: of which the training part alone is used.
        seed: decides the weights, the order, the latents.
        total: steps of the whole run, at whose end the learning rates may fall.
        precision: ``float32`` or ``bfloat16``.
        architecture: that of a run that goes on, which an earlier version may have begun.
    """

    kind: ClassVar[str] = "gan"
    brief: ClassVar[bool] = False
    draws_first: ClassVar[bool] = True  # what untrained networks draw is soon drawn, and worth seeing
    done: int = 0
    ranks: Alone = ALONE

    def __init__(
        self,
        imageset: ImageSet,
        settings: GanSettings,
        seed: int,
        device: torch.device,
        total: int,
        precision: str = "float32",
        architecture: dict[str, Any] | None = None,
    ) -> None:
        self.settings, self.seed, self.device, self.total, self.precision = settings, seed, device, total, precision
        self.imageset, self.recorded_architecture = imageset, architecture
        self.images, self.labels = imageset.train_images.to(device), imageset.train_labels.to(device)
        self.config = self._config()
        grouped = imageset.train_labels if self.config["architecture"]["name"] == PROJECTED else None
        self.order = Order(len(imageset.train_images), settings.batch, seed, grouped, COMPARED)
        self.classes = len(self.config["classes"])
        tells = "attributes" in self.config["architecture"].get("discriminator", {})
        self.attributes = AttributeLatents.of(imageset) if tells else None
        torch.manual_seed(seed)
        self.generator, self.discriminator = self._networks()
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.discriminator_parameters = [value for value in self.discriminator.parameters() if value.requires_grad]
        self.generator_optimizer = self._adam(self.generator.parameters())
        self.discriminator_optimizer = self._adam(self.discriminator_parameters)
        self.recorded: dict[bool, Recorded] = {}  # steps as graphs, without and with the penalty
        self.discriminator_loss, self.generator_loss = LOSSES[settings.loss]

    def _config(self) -> dict[str, Any]:
        """The part of a checkpoint's config.json that does not depend on the run."""
        found = self.recorded_architecture or self._architecture()
        config = {**describe(self.imageset), "kind": self.kind, "architecture": found}
        if not gan.GANS[self.settings.architecture].generator.conditional:
            config["classes"] = []
        return config | {"normalisation": {"mean": 0.5, "std": 0.5}}

    def _architecture(self) -> dict[str, Any]:
        return architecture(self.settings, self.imageset)

    def _classifier(self) -> Path:
        """Folder of the shipped classifier that the discriminator sees with."""
        return classifier_for(self.imageset)

    def _networks(self) -> tuple[Generator, Discriminator]:
        """(generator, discriminator) with fresh weights, but for those of a classifier inside, unless a run goes on."""
        generator = cast(Generator, checkpoint.build(self.config))
        discriminator = cast(Discriminator, checkpoint.build(self.config, "discriminator"))
        backbone = getattr(discriminator, "backbone", None)
        if backbone is not None and self.recorded_architecture is None:
            self._load_backbone(backbone)
        for network in (generator, discriminator):
            network.to(self.device).to(memory_format=torch.channels_last)
        return generator, discriminator

    def _load_backbone(self, backbone: Network) -> None:
        classifier, _ = checkpoint.load_network(self._classifier())
        backbone.load_state_dict(classifier.state_dict())

    def _adam(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Adam:
        """Rates are set before each step; on a GPU they lie there, where a recorded step finds them."""
        gpu = self.device.type == "cuda"
        rate = torch.zeros((), device=self.device) if gpu else 0.0
        betas = self.settings.beta1, self.settings.beta2
        return torch.optim.Adam(parameters, rate, betas=betas, fused=True, capturable=gpu)

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor]:
        """Of one step: real images float32 [N, C, H, W] in -1..1, what is known of them or None, z [N, z_dim].

        Class weights are known, [N, classes], and beside them where they are told attributes, in -1..1.
        """
        chosen = self.order.indices(step)[1]
        indices = chosen.to(self.device, non_blocking=True)
        draw = step_generator(self.seed, 2, step)
        images = self.images[indices]
        if self.settings.flip:
            images = flip_where(images, torch.rand(len(images), generator=draw) < 0.5)
        real = (to_float(images) * 2 - 1).contiguous(memory_format=torch.channels_last)
        z = torch.randn(len(images), self.generator.z_dim, generator=draw)
        known = F.one_hot(self.labels[indices].long(), self.classes).float() if self.classes else None
        if self.attributes is not None and known is not None:
            z = self.attributes.agree(z, chosen, self.imageset.train_labels[chosen])
            has = self.attributes.has[chosen].to(self.device, non_blocking=True)
            known = torch.cat([known, has], 1)
        return real, known, z.to(self.device, non_blocking=True)

    def step(self, step: int) -> dict[str, torch.Tensor]:
        """One step of each player; returns their losses, D(x) and D(G(z)) (mean sigmoids) as tensors."""
        self._set_learning_rates(step)
        batch = self.ranks.slices(*self.batch(step))
        self.changes = step_generator(self.seed, 5, step)
        penalised = bool(self.settings.penalty) and step % PENALTY_EVERY == 0
        metrics = self.recorded.get(penalised, functools.partial(self._play, penalised))(*batch)
        decay = ema_decay(step, self.order.batch, self.settings.ema_images)
        update_average(self.average, self.generator, decay)
        return metrics

    def record(self) -> None:
        """From now on launch a step on a GPU as one CUDA graph; weights and optimizers stay as they are.

        Raises:
            RuntimeError: where a step can't be recorded.
        """
        if self.settings.augment:
            raise RuntimeError("what the discriminator sees is changed by numbers drawn on the processor")
        start, recorded = {name: value.clone() for name, value in self.tensors().items()}, {}
        try:
            for penalised in {False, bool(self.settings.penalty)}:
                recorded[penalised] = Recorded(functools.partial(self._play, penalised), self.batch(0))
        finally:
            restore(self, start)
        self.recorded = recorded

    def _play(
        self, penalised: bool, real: torch.Tensor, known: torch.Tensor | None, z: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """What a step computes once its batch and rates are there."""
        self.generator.train()
        with autocast(self.device, self.precision):
            fake = self.generator(z, self._class_weights(known)).float()
        shown_real, shown = self._shown(real), self._shown(fake)
        metrics = self._step_discriminator(shown_real, [one.detach() for one in shown], known)
        if penalised and self.settings.penalty:
            self._step_penalty(shown_real[0].detach(), known, self.settings.penalty)
        return metrics | {"loss_g": self._step_generator(shown, known)}

    def _set_learning_rates(self, step: int) -> None:
        factor = late_fall(step / self.total, self.settings.fall)
        set_rate(self.generator_optimizer, self.settings.learning_rate * factor)
        set_rate(self.discriminator_optimizer, self.settings.discriminator_learning_rate * factor)

    def _shown(self, images: torch.Tensor) -> list[torch.Tensor]:
        """What the discriminator judges: images, augmented where the settings say so, and what it looks at in them.

        Its frozen layers are most of its cost, and see a fake once for both players.
        """
        if self.settings.augment:
            images = self.ranks.as_whole(lambda whole: augment(whole, self.changes), images)
            images = images.contiguous(memory_format=torch.channels_last)
        with autocast(self.device, self.precision):
            return [images, *self.discriminator.look(images)]

    def _discriminate(self, shown: list[torch.Tensor], known: torch.Tensor | None) -> torch.Tensor:
        """The discriminator's logits, float32 [N, heads], with attributes [N, heads + attributes]."""
        (images, *seen), class_weights = shown, self._class_weights(known)
        with autocast(self.device, self.precision):
            if self.attributes is None:
                return self.discriminator(images, class_weights, seen).float()
            judged = cast(ProjectedDiscriminator, self.discriminator).judged(images, class_weights, seen)
            return torch.cat(judged, 1).float()

    def _class_weights(self, known: torch.Tensor | None) -> torch.Tensor | None:
        return None if known is None else known[:, : self.classes]

    def _step_discriminator(
        self, real: list[torch.Tensor], fake: list[torch.Tensor], known: torch.Tensor | None
    ) -> dict[str, torch.Tensor]:
        """Real and fake go through in one pass."""
        both = None if known is None else torch.cat([known, known])
        shown = [torch.cat(pair) for pair in zip(real, fake)]
        judged = self.ranks.call(self.discriminator, self._discriminate, shown, both)
        (logits_real, told), (logits_fake, _) = (self._parted(one, known) for one in judged.chunk(2))
        loss = self.discriminator_loss(logits_real, logits_fake) + told
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.discriminator_optimizer.step()
        seen = {"d_real": logits_real.sigmoid().mean(), "d_fake": logits_fake.sigmoid().mean()}
        return {"loss_d": loss.detach(), **{key: value.detach() for key, value in seen.items()}}

    def _parted(self, judged: torch.Tensor, known: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor | float]:
        """(logits [N, heads], loss of the attributes seen in images of which ``known`` is true)."""
        if self.attributes is None or known is None:
            return judged, 0.0
        has = known[:, self.classes :]
        logits, seen = judged[:, : -has.shape[1]], judged[:, -has.shape[1] :]
        losses = F.binary_cross_entropy_with_logits(seen, (has + 1) / 2, has.abs(), reduction="none")
        return logits, ATTRIBUTES_COUNT * losses.sum(1).mean()

    def _step_penalty(self, real: torch.Tensor, known: torch.Tensor | None, factor: float) -> None:
        """The penalty in a step of its own, rarely and so much stronger (Karras et al., StyleGAN2, 2020)."""
        real.requires_grad_(True)
        penalty = self.ranks.call(self.discriminator, lambda: r1_penalty(self._penalised(real, known), real))
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        (penalty * factor * PENALTY_EVERY).backward()
        self.discriminator_optimizer.step()

    def _penalised(self, images: torch.Tensor, known: torch.Tensor | None) -> torch.Tensor:
        with autocast(self.device, self.precision):
            return self.discriminator.penalised(images, self._class_weights(known)).float()

    def _step_generator(self, fake: list[torch.Tensor], known: torch.Tensor | None) -> torch.Tensor:
        self._freeze_discriminator(True)  # its gradients would be thrown away
        loss = self.ranks.call(self.generator, lambda: self._fooled(fake, known))
        self.generator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.generator_optimizer.step()
        self._freeze_discriminator(False)
        return loss.detach()

    def _fooled(self, fake: list[torch.Tensor], known: torch.Tensor | None) -> torch.Tensor:
        logits, told = self._parted(self._discriminate(fake, known), known)
        return self.generator_loss(logits) + told

    def _freeze_discriminator(self, frozen: bool) -> None:
        for parameter in self.discriminator_parameters:
            parameter.requires_grad_(not frozen)

    def report(self) -> tuple[dict[str, float], np.ndarray, dict[str, bytes]]:
        """({"spread"}, sheet of the averaged generator on fixed latents, no files beside it).

        With classes the sheet has a column for each of the first ten. ``spread``: how much samples of one class differ,
        as a fraction of how much real ones do.
        """
        sampler = Sampler(copy.deepcopy(self.average).to("cpu"), self.config | {"sha256": {"model.safetensors": ""}})
        images, columns = gan_report.fixed_samples(sampler, gan_report.ROWS)
        spread = gan_report.spread_of(torch.from_numpy(images), columns if self.classes else 1)
        return {"spread": round(spread / self.real_spread, 4)}, sheet(images, columns), {}

    @functools.cached_property
    def real_spread(self) -> float:
        return gan_report.real_spread(self.imageset, self.classes)

    def final_metrics(self) -> dict[str, Any]:
        return {}

    def limits(self) -> dict[str, Any]:
        return {}

    def networks(self) -> dict[str, Network]:
        return {"model": self.average, "discriminator": self.discriminator}

    def learners(self) -> list[Network]:
        return [self.generator, self.discriminator]

    def _parts(self) -> dict[str, Network]:
        return {"generator": self.generator, "average": self.average, "discriminator": self.discriminator}

    def tensors(self) -> dict[str, torch.Tensor]:
        found = {
            f"{part}/{key}": value for part, net in self._parts().items() for key, value in net.state_dict().items()
        }
        found |= optimizer_tensors(self.generator_optimizer, "generator_optimizer")
        return found | optimizer_tensors(self.discriminator_optimizer, "discriminator_optimizer")

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        for part, network in self._parts().items():
            start = len(part) + 1
            network.load_state_dict({k[start:]: v for k, v in tensors.items() if k.startswith(part + "/")})
        restore_optimizer(self.generator_optimizer, tensors, "generator_optimizer")
        restore_optimizer(self.discriminator_optimizer, tensors, "discriminator_optimizer")


@torch.no_grad()
def update_average(average: Network, network: Network, decay: float) -> None:
    """Move ``average`` towards ``network``: weights and batch norm's statistics by ``1 - decay``, counters at once."""
    pairs = list(zip(average.state_dict().values(), network.state_dict().values()))
    means, values = zip(*(pair for pair in pairs if pair[0].is_floating_point()))
    torch._foreach_lerp_(means, values, 1 - decay)  # a GPU takes one call for all of them
    for mean, value in pairs:
        if not mean.is_floating_point():
            mean.copy_(value)
