"""How real a GAN's discriminator finds images."""

from pathlib import Path
from typing import Self, cast

import numpy as np
import torch

from genclass.files.images import to_float
from genclass.models import checkpoint
from genclass.networks.protocols import Discriminator


class Critic:
    """A GAN's discriminator: how real it finds images."""

    def __init__(self, network: Discriminator) -> None:
        self.network = network

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """From a checkpoint folder; None where it came without its discriminator.

        Raises:
            GenClassError: ``broken_checkpoint``.
        """
        if not (folder / "discriminator.safetensors").exists():
            return None
        return cls(cast(Discriminator, checkpoint.load_network(folder, "discriminator")[0]))

    @torch.inference_mode()
    def realness(self, images: np.ndarray, class_weights: torch.Tensor | None = None) -> np.ndarray:
        """Probability 0..1 that each image is a real one, float32 [N].

        Args:
            images: uint8 [N, H, W, C].
            class_weights: float32 [N, classes], or None without classes.
        """
        x = to_float(torch.from_numpy(images).permute(0, 3, 1, 2)) * 2 - 1
        return self.network(x, class_weights).mean(1).sigmoid().numpy()  # over its heads
