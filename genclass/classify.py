"""Classifier: images to probabilities. Knows nothing about training or pages."""

import numpy as np
import torch
from PIL import Image

from genclass import checkpoint
from genclass.errors import GenClassError
from genclass.images import as_channels_first, fit, to_float

CHUNK = 256


class Classifier:
    """A trained classifier network with its preprocessing.

    Args:
        network: logits from normalised float32 [N, C, size, size].
        config: the checkpoint's ``config.json``.
    """

    def __init__(self, network, config):
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.config = config
        self.name, self.classes = config["name"], config["classes"]
        self.image_size, self.channels = config["image_size"], config["channels"]

    @classmethod
    def load(cls, folder):
        """From a checkpoint folder.

        Raises:
            GenClassError: ``broken_checkpoint`` or ``wrong_kind``.
        """
        network, config = checkpoint.load_network(folder)
        if config["kind"] != "classifier":
            raise GenClassError("wrong_kind", name=config["name"], kind=config["kind"], needed="classifier")
        network.fold()
        return cls(network, config)

    def prepare(self, images):
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
        return torch.from_numpy(np.stack([self._small(image) for image in images]))

    def _small(self, image):
        size = (self.image_size, self.image_size)
        if isinstance(image, np.ndarray):
            exact = image.shape[:2] == size and (image.ndim == 2) == (self.channels == 1)
            image = as_channels_first(image) if exact else Image.fromarray(image)
        return image if isinstance(image, np.ndarray) else fit(image, self.image_size, self.channels)

    def predict(self, images):
        """Probabilities, float32 [N, classes]; ``images`` as for ``prepare``."""
        if len(images) == 0:
            return np.zeros((0, len(self.classes)), np.float32)
        return self.predict_prepared(self.prepare(images)).numpy()

    @torch.inference_mode()
    def predict_prepared(self, images):
        """Probabilities, float32 tensor [N, classes], of uint8 [N, channels, size, size] tensors.

        With ``test_time_flip`` in the config, the logits are the mean of those of the image and its mirror image.
        """
        return torch.cat([self._logits(chunk) for chunk in images.split(CHUNK)]).softmax(1)

    def normalise(self, images):
        """uint8 [N, C, H, W] as the float32 that the network takes."""
        mean, std = self.config["normalisation"]["mean"], self.config["normalisation"]["std"]
        return ((to_float(images) - mean) / std).contiguous(memory_format=torch.channels_last)

    def _logits(self, images):
        x = self.normalise(images)
        if not self.config.get("test_time_flip"):
            return self.network(x)
        return (self.network(x) + self.network(x.flip(3))) / 2

    def top(self, probabilities, count=5):
        """``[{"class", "probability"}]`` of one row of probabilities, most likely first."""
        order = np.argsort(-np.asarray(probabilities), kind="stable")[:count]
        return [{"class": self.classes[index], "probability": float(probabilities[index])} for index in order]
