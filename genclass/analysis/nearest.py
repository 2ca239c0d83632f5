"""Judgement of generated images: what their discriminator thinks, and which training image is nearest.

The nearest training image shows memorising where it happens: a generator that copies has neighbours like twins.
"""

from dataclasses import dataclass

import numpy as np
import torch

from genclass import checkpoint, data
from genclass.images import to_float

CHUNK = 4096


class Critic:
    """A GAN's discriminator: how real it finds images."""

    def __init__(self, network):
        self.network = network

    @classmethod
    def load(cls, folder):
        """From a checkpoint folder; None where it came without its discriminator.

        Raises:
            GenClassError: ``broken_checkpoint``.
        """
        if not (folder / "discriminator.safetensors").exists():
            return None
        return cls(checkpoint.load_network(folder, "discriminator")[0])

    @torch.inference_mode()
    def realness(self, images, shares=None):
        """Probability 0..1 that each image is a real one, float32 [N].

        Args:
            images: uint8 [N, H, W, C].
            shares: class shares, float32 [N, classes], or None without classes.
        """
        x = to_float(torch.from_numpy(images).permute(0, 3, 1, 2)) * 2 - 1
        return self.network(x, shares).mean(1).sigmoid().numpy()  # over its judges


@dataclass
class Neighbours:
    """The training images that are on this machine.

    Attributes:
        images: uint8 [N, C, H, W].
        total: how many the model was trained on, of which these are a part or all.
    """

    images: torch.Tensor
    total: int

    @classmethod
    def of(cls, sampler):
        """Of a model: its run's own images, else the full set, else the bundled part; None where none is here."""
        found, _ = data.of_model(sampler.folder, sampler.config["dataset"])
        if found is None or found.image_size != sampler.config["image_size"]:
            return None
        images = found.train_images
        known = sampler.config["training"].get("data", {}).get("images", 0)
        return cls(images, max(known, len(images)))

    def nearest(self, images):
        """The nearest training image of each image, by the distance of their pixels.

        Args:
            images: uint8 [N, H, W, C].

        Returns:
            (uint8 [N, H, W, C], root mean squared differences of the pixels 0..1, float32 [N]).
        """
        x = to_float(torch.from_numpy(images).permute(0, 3, 1, 2)).flatten(1)
        best, index = torch.full((len(x),), torch.inf), torch.zeros(len(x), dtype=torch.long)
        for start in range(0, len(self.images), CHUNK):
            y = to_float(self.images[start : start + CHUNK]).flatten(1)
            squares, found = (y.square().sum(1) - 2 * x @ y.T).min(1)
            index, best = torch.where(squares < best, found + start, index), torch.minimum(best, squares)
        squares = (best + x.square().sum(1)).clamp(min=0) / x.shape[1]
        return np.ascontiguousarray(self.images[index].permute(0, 2, 3, 1).numpy()), squares.sqrt().numpy()
