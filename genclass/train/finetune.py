"""Training that begins with a shipped model, for sets of few images: its last layers anew, or a GAN fine-tuned.

What comes out is an ordinary checkpoint of the shipped model's architecture.
"""

import functools
import re
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import nn

from genclass.analysis import own_kinds
from genclass.data.imageset import ImageSet, fitted
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.networks import cnn
from genclass.networks.projected_gan import StyledGenerator
from genclass.networks.protocols import Discriminator, Generator, Network
from genclass.networks.residual_gan import DownBlock, ProjectionDiscriminator, ResidualGenerator, UpBlock
from genclass.train.classifier import ClassifierTrainer
from genclass.train.gan import GanTrainer
from genclass.train.gan_architecture import PROJECTED, backbone
from genclass.train.presets import ClassifierSettings, GanSettings

# It serves grey images too, better than the classifiers of the grey sets do (benchmarks/RESULTS.md).
CLASSIFIER = "cifar10-airnet"
FROZEN = 2  # blocks: the third and a new head learn more of new classes than a head alone, in seconds as well
GANS = {1: ["fashion-mnist-gan"], 3: ["cifar10-gan", "avatars-gan"]}  # by channels, those of larger images last
CHUNK = 256
LEAST = 1e-6  # of a probability, whose logarithm is asked for
PECULIAR = 2  # times as much as what a classifier sees in a class counts how much more it is than in the others
Residual = ResidualGenerator | ProjectionDiscriminator
BY_CLASS = (".table.weight", ".embed.weight")  # what a GAN learns of each class


def begun_with(folder: Path) -> tuple[Network, dict[str, Any]]:
    """As ``checkpoint.load_network``; the same network again for the next trainer of a run, which nobody changes."""
    return _loaded(folder, checkpoint.read_config(folder)["sha256"]["model.safetensors"])


@functools.lru_cache(maxsize=2)
def _loaded(folder: Path, sha256: str) -> tuple[Network, dict[str, Any]]:
    return checkpoint.load_network(folder)


class BegunClassifier(ClassifierTrainer):
    """Goes on with the classifier ``settings.backbone`` on images that are fitted to it."""

    brief: ClassVar[bool] = True

    def __init__(
        self,
        imageset: ImageSet,
        settings: ClassifierSettings,
        seed: int,
        device: torch.device,
        total: int,
        precision: str = "float32",
    ) -> None:
        self.given = imageset  # before it is fitted
        self.shipped, self.shipped_config = begun_with(store.find_named(settings.backbone))
        imageset = fitted(imageset, self.shipped_config["channels"], self._side(imageset))
        super().__init__(imageset, settings, seed, device, total, precision)

    def _seen_by_most(self) -> torch.Tensor | None:
        return own_kinds.seen(self.given.train_images)

    def _side(self, imageset: ImageSet) -> int:
        """To how many pixels images are fitted."""
        return min(imageset.image_size, self.shipped_config["image_size"])  # of its own size it knows most


class LastBlockTrainer(BegunClassifier):
    """Trains the last block and a new last layer on what the first two blocks of the small shipped classifier see."""

    def _config(self) -> dict[str, Any]:
        return super()._config() | {"architecture": self.shipped_config["architecture"]}

    def _network(self) -> Network:
        network = checkpoint.build(self.config)
        assert isinstance(network, cnn.AirNet)  # as the shipped one is
        head = {key: torch.zeros_like(value) for key, value in network.head.state_dict(prefix="head.").items()}
        network.load_state_dict(self.shipped.state_dict() | head)
        for part in (network.whiten, *network.blocks[:FROZEN]):
            part.requires_grad_(False)
        return network.to(self.device).to(memory_format=torch.channels_last)

    def recalibrated(self) -> Network:
        return self.network  # whose norms keep their statistics

    def predict_batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.network.eval()  # the norms keep their statistics: those of a few images are noise
        return super().predict_batch(step)


def shipped_gan(imageset: ImageSet) -> Path:
    """Folder of the shipped GAN that one of such images goes on with: of those that draw none larger the largest."""
    first, *larger = (store.find_named(name) for name in GANS[imageset.channels])
    fit = [folder for folder in larger if checkpoint.read_config(folder)["image_size"] <= imageset.image_size]
    return [first, *fit][-1]


def architecture(imageset: ImageSet) -> dict[str, Any]:
    """``architecture`` of the config.json of a GAN that goes on with the shipped one."""
    config = checkpoint.read_config(shipped_gan(imageset))
    found = config["architecture"]
    if found["name"] == PROJECTED:  # of one's own images no attributes are known
        kept = {key: value for key, value in found["discriminator"].items() if key != "attributes"}
        return found | {"discriminator": kept}
    known = backbone(imageset, _knows_classes_of(config))
    smaller = {key: known[key] for key in known.keys() & {"backbone_size"}}
    return found | {"discriminator": found["discriminator"] | smaller}


def _knows_classes_of(config: dict[str, Any]) -> Path:
    """Folder of the shipped classifier that knows a shipped GAN's classes."""
    return store.find_named(f"{config['dataset']}-airnet")


class FineTuner(GanTrainer):
    """Goes on with a shipped GAN. Each class begins as the shipped class that a classifier sees in it more than in the
    others; images without classes begin as the mixture that it sees in them.
    """

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
        self.folder = shipped_gan(imageset)
        self.shipped_config = checkpoint.read_config(self.folder)
        super().__init__(imageset, settings, seed, device, total, precision, architecture)

    def _architecture(self) -> dict[str, Any]:
        return architecture(self.imageset)

    def _load_backbone(self, backbone: Network) -> None:
        """The shipped discriminator brings its own, which may be of an older classifier."""

    def _classifier(self) -> Path:
        return _knows_classes_of(self.shipped_config)

    def _networks(self) -> tuple[Generator, Discriminator]:
        generator, discriminator = super()._networks()
        if self.recorded_architecture:
            return generator, discriminator
        class_weights = class_probabilities(self.imageset, self._classifier())
        if self.imageset.classes:
            class_weights = distinct(class_weights)
        for network, part in zip((generator, discriminator), ("model", "discriminator")):
            shipped, _ = checkpoint.load_network(self.folder, part)
            inherit(network, shipped, class_weights)
        return generator, discriminator


def class_probabilities(imageset: ImageSet, folder: Path) -> torch.Tensor:
    """What a classifier predicts on average for each class of a set, or for all of a set without classes.

    Returns:
        float32 [classes or 1, the classifier's classes], rows sum to 1.
    """
    classifier = Classifier.load(folder)
    labels = imageset.train_labels if imageset.classes else torch.zeros_like(imageset.train_labels)
    images = imageset.train_images
    seen = torch.cat([classifier.predict_prepared(chunk) for chunk in images.split(CHUNK)])
    return torch.stack([seen[labels == label].mean(0) for label in range(max(1, len(imageset.classes)))])


def distinct(probabilities: torch.Tensor) -> torch.Tensor:
    """The shipped class that each class begins as, another one for each while they last, the clearest chosen first.

    Classes that a classifier doesn't know look much alike to it. From the mixtures that it sees in them, all about the
    same, five styles of drawings were still one and the same picture after 19,000 images.

    Args:
        probabilities: float32 [classes, classes of the classifier].

    Returns:
        float32 of the same shape, in each row a single 1.
    """
    logs = probabilities.clamp(min=LEAST).log()
    scores = logs + PECULIAR * (logs - logs.mean(0))
    chosen, left = torch.zeros_like(scores), scores.clone()
    for taken in range(1, len(scores) + 1):
        row, column = divmod(int(left.argmax()), left.shape[1])
        chosen[row, column] = 1
        left[row], left[:, column] = -torch.inf, -torch.inf
        if taken % left.shape[1] == 0:  # each has been taken
            left = scores.masked_fill(chosen.any(1, keepdim=True), -torch.inf)
    return chosen


@torch.no_grad()
def inherit(network: Network, shipped: Network, class_weights: torch.Tensor) -> None:
    """Give a GAN's network the weights of a shipped one that knows other classes, and perhaps smaller images.

    What larger images need more of begins as nothing but a map enlarged, or made smaller.

    Args:
        network, shipped: of the same architecture; the first may have no classes, and tells no attributes.
        class_weights: float32 [classes or 1, classes of ``shipped``], rows sum to 1.
    """
    assert isinstance(network, Residual) and isinstance(shipped, Residual)
    new = _new_blocks(network, shipped)
    known = _as_in(network, shipped, len(new))
    for index in new:
        _pass_on(network.blocks[index])
    by_class = (*BY_CLASS, "dense.weight") if isinstance(network, StyledGenerator) else BY_CLASS
    for key, value in network.state_dict().items():
        if key.startswith(tuple(f"blocks.{index}." for index in new)):
            continue
        if key.endswith(by_class):
            value.copy_(_of_classes(known[key], class_weights))
        elif key in known:
            value.copy_(_resized(known[key], value))
        else:  # a norm without classes has a scale and a bias of its own
            value.copy_(_common(known, key, class_weights))


def _resized(known: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """What is known of each place, of maps of another side, as the usual deviation in ``Compared`` is."""
    return known if known.shape == value.shape else F.interpolate(known[None], size=value.shape[1:])[0]


def _of_classes(known: torch.Tensor, class_weights: torch.Tensor) -> torch.Tensor:
    """Weights whose first columns belong to a class each, and further ones, where there are any, to latents."""
    count = class_weights.shape[1]
    return torch.cat([known[:, :count] @ class_weights.T, known[:, count:]], 1)


def _new_blocks(network: Residual, shipped: Residual) -> list[int]:
    """Which of a network's blocks the shipped one doesn't have: those of its smallest maps."""
    count, more = len(network.blocks), len(network.blocks) - len(shipped.blocks)
    return list(range(more) if isinstance(network, ResidualGenerator) else range(count - more, count))


def _as_in(network: Residual, shipped: Residual, more: int) -> dict[str, torch.Tensor]:
    """A shipped network's weights under the names that they have in one with ``more`` blocks."""
    known = shipped.state_dict()
    if not isinstance(network, ResidualGenerator) or not isinstance(shipped, ResidualGenerator):
        return known
    known = {re.sub(r"(?<=^blocks\.)\d+", lambda place: str(int(place[0]) + more), key): value
             for key, value in known.items()}  # fmt: skip
    maps = torch.cat([known["dense.weight"], known["dense.bias"][:, None]], 1).T.unflatten(1, (-1, *[shipped.side] * 2))
    fitted = F.interpolate(maps, size=network.side, mode="bilinear", antialias=True).flatten(1).T
    return {**known, "dense.weight": fitted[:, :-1], "dense.bias": fitted[:, -1]}


def _pass_on(block: nn.Module) -> None:
    """Let a block's other branch do nothing at first, and what goes past it be the same in every channel."""
    assert isinstance(block, UpBlock | DownBlock)
    last = block.conv if isinstance(block, UpBlock) else block.down
    for layer in (last, block.skip):
        nn.init.zeros_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    nn.init.dirac_(block.skip.weight)


def _common(known: dict[str, torch.Tensor], key: str, class_weights: torch.Tensor) -> torch.Tensor:
    place, name = key.rsplit(".norm.", 1)
    scale, bias = (known[f"{place}.table.weight"] @ class_weights[0]).chunk(2)
    return {"weight": scale, "bias": bias}[name]
