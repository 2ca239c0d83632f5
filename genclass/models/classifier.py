"""Classifier: images to calibrated probabilities, and whether they look like anything it was trained on.

Knows nothing about training or pages.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Self, cast

import numpy as np
import torch
from PIL import Image

from genclass.data import catalog
from genclass.errors import GenClassError
from genclass.files.images import fit, lit_border, normalised, onto_black, roughness, to_float
from genclass.files.preprocess import Preprocess
from genclass.models import checkpoint, pictures
from genclass.models.pictures import Pictures
from genclass.networks.protocols import ClassifierNetwork

CHUNK = 256  # images that go through a network together, and
CHUNK_PIXELS = 2**20  # pixels of them all: of 224×224 there are twenty


class Classifier:
    """A trained classifier network with its preprocessing.

    Args:
        network: logits from normalised float32 [N, C, size, size].
        config: the checkpoint's ``config.json``. ``temperature`` (1 if absent) divides the logits; ``unfamiliar`` holds
            the limits above which an image is unlike the training data (absent: none ever is): ``energy``,
            ``roughness`` and, of what shows things light on black, ``ground``, the share of its border that is not.
        folder: the checkpoint's folder, beside which a run keeps the images it was trained on.
    """

    def __init__(self, network: ClassifierNetwork, config: dict, folder: Path | None = None) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.config, self.folder = config, folder
        self.name, self.classes = config["name"], config["classes"]
        self.image_size, self.channels = config["image_size"], config["channels"]
        self.temperature = config.get("temperature", {"value": 1.0})["value"]
        self.preprocess = Preprocess.of(config)
        self.inverts = catalog.is_light_on_black(config["dataset"])

    @property
    def chunk(self) -> int:
        """Images that go through the network together: larger ones take more memory."""
        return max(1, min(CHUNK, CHUNK_PIXELS // self.image_size**2))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From a checkpoint folder.

        Raises:
            GenClassError: ``broken_checkpoint`` or ``wrong_kind``.
        """
        network, config = checkpoint.load_network(folder)
        if config["kind"] != "classifier":
            raise GenClassError("wrong_kind", name=config["name"], kind=config["kind"], needed="classifier")
        trained = cast(ClassifierNetwork, network)
        trained.fold()
        return cls(trained, config, folder)

    def prepare(self, images: Pictures) -> torch.Tensor:
        """The small images that the network really sees: uint8 tensor [N, channels, size, size].

        Args:
            images: a path or a file's bytes; a PIL image; an array or a tensor as ``pictures.stacked`` takes them, of
                one picture or a batch; or a list of these. Any size: all are prepared alike.

        Raises:
            GenClassError: ``not_pictures`` for anything else, and what an unreadable file deserves.
        """
        parts = list(self._prepared(images))
        size = self.image_size
        return torch.cat(parts) if parts else torch.zeros(0, self.channels, size, size, dtype=torch.uint8)

    def _prepared(self, images: Pictures) -> Iterator[torch.Tensor]:
        """What ``prepare`` gives, a chunk at a time: of many files few are held at once."""
        batch = pictures.stacked(images) if isinstance(images, (np.ndarray, torch.Tensor)) else None
        if (
            batch is not None
            and batch.shape[1:] == (self.image_size, self.image_size, self.channels)
            and self.preprocess.crop_share == 1
        ):
            yield from self._exact(batch)
        else:
            each = pictures.each(images) if batch is None else map(pictures.to_pil, batch)
            while chunk := [self.see(image)[0] for image in itertools.islice(each, self.chunk)]:
                yield torch.stack(chunk)

    def _exact(self, batch: np.ndarray) -> Iterator[torch.Tensor]:
        """As ``_prepared``, of uint8 [N, size, size, channels], which need no more than their order changed."""
        for chunk in torch.from_numpy(np.array(batch.transpose(0, 3, 1, 2), order="C")).split(self.chunk):
            yield torch.stack([self._on_black(image)[0] for image in chunk]) if self.inverts else chunk

    def see(self, image: Image.Image, how: str = "crop") -> tuple[torch.Tensor, bool]:
        """One upright picture as the network gets it.

        Args:
            how: ``crop`` or ``pad``, for what is not square.

        Returns:
            (uint8 tensor [channels, size, size], whether dark on light was turned into light on black).
        """
        pixels = fit(image, self.image_size, self.channels, how, self.preprocess)
        return self._on_black(torch.from_numpy(np.array(pixels)))

    def _on_black(self, image: torch.Tensor) -> tuple[torch.Tensor, bool]:
        if not self.inverts or self.channels != 1:
            return image, False
        pixels, inverted = onto_black(image.numpy())
        return torch.from_numpy(pixels), inverted

    def predict(self, images: Pictures) -> np.ndarray:
        """Probabilities, float32 [N, classes]; ``images`` as for ``prepare``: one gives one row."""
        parts = [self.predict_prepared(chunk) for chunk in self._prepared(images)]
        return torch.cat(parts).numpy() if parts else np.zeros((0, len(self.classes)), np.float32)

    def doubts(self, images: Pictures) -> list[str | None]:
        """Why the likeliest class of each picture is not to be believed: ``unfamiliar``, ``unsure`` or None.

        Args:
            images: as for ``prepare``. Of a photo the classifier that knows most is asked whether it shows any of the
                kinds that this one knows, if this one has a limit for it.
        """
        from genclass.models.answerer import Answerer  # which asks classifiers

        answerer, each = Answerer.of(self), pictures.each(images)
        chunks = iter(lambda: [answerer.see(image) for image in itertools.islice(each, self.chunk)], [])
        return [answer.doubt for chunk in chunks for answer in answerer.answers(chunk)]

    def predict_prepared(self, images: torch.Tensor) -> torch.Tensor:
        """Probabilities, float32 tensor [N, classes], of uint8 [N, channels, size, size] tensors."""
        return self.answer(images)[0]

    def answer(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What one pass through the network tells of uint8 [N, channels, size, size].

        Returns:
            (calibrated probabilities, float32 [N, classes]; whether each image is unlike the training data, bool [N]).
        """
        logits = self.logits(images)
        return self.probabilities(logits), self.unlike(images, logits)

    def probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        """Calibrated, of logits [N, classes]; with ``independent`` in the config each class's are its own."""
        scaled = logits / self.temperature
        return scaled.sigmoid() if self.config.get("independent") else scaled.softmax(1)

    @torch.inference_mode()
    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """float32 [N, classes] of uint8 [N, channels, size, size], before temperature.

        With ``test_time_flip`` in the config they are the mean of those of the image and its mirror image.
        """
        return torch.cat([self.raw_logits(to_float(chunk)) for chunk in images.split(self.chunk)])

    @torch.inference_mode()
    def features(self, images: torch.Tensor) -> torch.Tensor:
        """float32 [N, D] of uint8 [N, channels, size, size]: what the network's last layer sees."""
        return torch.cat([self.raw_features(to_float(chunk)) for chunk in images.split(self.chunk)])

    def unlike(self, images: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """bool [N]: whether images, uint8 [N, channels, size, size], with these logits are unlike the training data."""
        limits = self.config.get("unfamiliar")
        if limits is None:
            return torch.zeros_like(logits[:, 0], dtype=torch.bool)
        strange = (energy(logits) > limits["energy"]) | (roughness(images) > limits["roughness"])
        return strange | (lit_border(images) > limits["ground"]) if "ground" in limits else strange

    def normalise(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 [N, C, H, W] as the float32 that the network takes."""
        return self.scale(to_float(images))

    def scale(self, images: torch.Tensor) -> torch.Tensor:
        """Floats from 0 to 1 as the network takes them; gradients pass."""
        return normalised(images, self.config["normalisation"]).contiguous(memory_format=torch.channels_last)

    def raw_logits(self, x: torch.Tensor) -> torch.Tensor:
        """As ``logits``, of floats [N, channels, size, size] from 0 to 1, and gradients pass."""
        x = self.scale(x)
        if not self.config.get("test_time_flip"):
            return self.network(x)
        return (self.network(x) + self.network(x.flip(3))) / 2

    def raw_features(self, x: torch.Tensor) -> torch.Tensor:
        """As ``features``, of floats [N, channels, size, size] from 0 to 1, and gradients pass."""
        return self.network.features(self.scale(x))

    def top(self, probabilities: np.ndarray, count: int = 5) -> list[dict]:
        """``[{"class", "probability"}]`` of one row of probabilities, most likely first."""
        order = np.argsort(-np.asarray(probabilities), kind="stable")[:count]
        return [{"class": self.classes[index], "probability": float(probabilities[index])} for index in order]

    def class_index(self, name: object) -> int:
        """Where a class stands.

        Raises:
            GenClassError: ``not_text`` or ``unknown_class``.
        """
        if not isinstance(name, str):
            raise GenClassError("not_text", field="class")
        if name not in self.classes:
            raise GenClassError("unknown_class", model=self.name, name=name[:60], choices=", ".join(self.classes))
        return self.classes.index(name)


def energy(logits: torch.Tensor) -> torch.Tensor:
    """float [N]: high where no class finds much of itself (Liu et al., "Energy-based out-of-distribution detection",
    2020)."""
    return -logits.logsumexp(1)
