"""Classifier: images to calibrated probabilities, and whether they look like anything it was trained on.

Knows nothing about training or pages.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self, cast

import numpy as np
import torch
from PIL import Image

from genclass.data import catalog
from genclass.errors import GenClassError
from genclass.files.images import as_channels_first, fit, onto_black, roughness, to_float
from genclass.models import checkpoint
from genclass.networks.protocols import ClassifierNetwork

CHUNK = 256


class Classifier:
    """A trained classifier network with its preprocessing.

    Args:
        network: logits from normalised float32 [N, C, size, size].
        config: the checkpoint's ``config.json``. ``temperature`` (1 if absent) divides the logits; ``unfamiliar`` holds
            the limits above which an image is unlike the training data (absent: none ever is).
        folder: the checkpoint's folder, beside which a run keeps the images it was trained on.
    """

    def __init__(self, network: ClassifierNetwork, config: dict, folder: Path | None = None) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.config, self.folder = config, folder
        self.name, self.classes = config["name"], config["classes"]
        self.image_size, self.channels = config["image_size"], config["channels"]
        self.temperature = config.get("temperature", {"value": 1.0})["value"]
        self.inverts = catalog.is_light_on_black(config["dataset"])

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

    def prepare(self, images: np.ndarray | Sequence[Image.Image]) -> torch.Tensor:
        """The small images that the network really sees.

        Args:
            images: PIL images of any size, or uint8 [N, H, W, C] (one channel or three).

        Returns:
            uint8 tensor [N, channels, size, size].

        Raises:
            TypeError: for arrays of another shape or type.
        """
        if isinstance(images, np.ndarray):
            if images.ndim != 4 or images.dtype != np.uint8:
                raise TypeError(f"images must be uint8 [N, H, W, C], not {images.dtype} {list(images.shape)}")
            images = [image[:, :, 0] if image.shape[2] == 1 else image for image in images]
        return torch.stack([self.see(image)[0] for image in images])

    def see(self, image: np.ndarray | Image.Image, how: str = "crop") -> tuple[torch.Tensor, bool]:
        """One image as the network gets it.

        Args:
            image: a PIL image, or uint8 [H, W] or [H, W, 3].
            how: ``crop`` or ``pad``, for what is not square.

        Returns:
            (uint8 tensor [channels, size, size], whether dark on light was turned into light on black).
        """
        pixels = self._small(image, how)
        pixels, inverted = onto_black(pixels) if self.inverts and self.channels == 1 else (pixels, False)
        return torch.from_numpy(np.array(pixels)), inverted

    def _small(self, image: np.ndarray | Image.Image, how: str) -> np.ndarray:
        size = (self.image_size, self.image_size)
        if isinstance(image, np.ndarray):
            exact = image.shape[:2] == size and (image.ndim == 2) == (self.channels == 1)
            image = as_channels_first(image) if exact else Image.fromarray(image)
        return image if isinstance(image, np.ndarray) else fit(image, self.image_size, self.channels, how)

    def predict(self, images: np.ndarray | Sequence[Image.Image]) -> np.ndarray:
        """Probabilities, float32 [N, classes]; ``images`` as for ``prepare``."""
        if len(images) == 0:
            return np.zeros((0, len(self.classes)), np.float32)
        return self.predict_prepared(self.prepare(images)).numpy()

    def predict_prepared(self, images: torch.Tensor) -> torch.Tensor:
        """Probabilities, float32 tensor [N, classes], of uint8 [N, channels, size, size] tensors."""
        return self.answer(images)[0]

    def answer(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What one pass through the network tells of uint8 [N, channels, size, size].

        Returns:
            (calibrated probabilities, float32 [N, classes]; whether each image is unlike the training data, bool [N]).
        """
        logits = self.logits(images)
        return (logits / self.temperature).softmax(1), self._out_of_distribution(images, logits)

    @torch.inference_mode()
    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """float32 [N, classes] of uint8 [N, channels, size, size], before temperature.

        With ``test_time_flip`` in the config they are the mean of those of the image and its mirror image.
        """
        return torch.cat([self.raw_logits(to_float(chunk)) for chunk in images.split(CHUNK)])

    @torch.inference_mode()
    def features(self, images: torch.Tensor) -> torch.Tensor:
        """float32 [N, D] of uint8 [N, channels, size, size]: what the network's last layer sees."""
        return torch.cat([self.raw_features(to_float(chunk)) for chunk in images.split(CHUNK)])

    def _out_of_distribution(self, images: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        limits = self.config.get("unfamiliar")
        if limits is None:
            return torch.zeros(len(images), dtype=torch.bool)
        return (energy(logits) > limits["energy"]) | (roughness(images) > limits["roughness"])

    def normalise(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 [N, C, H, W] as the float32 that the network takes."""
        return self.scale(to_float(images))

    def scale(self, images: torch.Tensor) -> torch.Tensor:
        """Floats from 0 to 1 as the network takes them; gradients pass."""
        scaled = (images - self.config["normalisation"]["mean"]) / self.config["normalisation"]["std"]
        return scaled.contiguous(memory_format=torch.channels_last)

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
