"""Differentiable augmentation (Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training", 2020).

The discriminator sees real and generated images changed in the same ways, and the generator learns through them: a
small set can't be learnt by heart, and yet the changes don't show in what is generated.
"""

import torch

from genclass.data import random_shift


def augment(images, generator):
    """Change the colours of images, shift them and cut a square out of them.

    Args:
        images: float [N, C, H, W], -1..1.
        generator: a CPU ``torch.Generator``, which decides all of it.
    """
    x = recoloured(images, generator)
    x = random_shift(x, images.shape[3] // 8, generator)
    return x * _kept(images, generator)


def recoloured(x, generator):
    """Brightness moved by up to a half, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    brightness, saturation, contrast = (torch.rand(len(x), 1, 1, 1, generator=generator).to(x.device) for _ in range(3))
    x = x + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * 2 * saturation
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (contrast + 0.5)


def _kept(images, generator):
    """float [N, 1, H, W]: 0 in a square of half the side, anywhere in the image and partly beyond its border."""
    count, _, side, _ = images.shape
    middle = torch.randint(0, side, (2, count, 1), generator=generator).to(images.device)
    rows, columns = ((torch.arange(side, device=images.device) - at).abs() < side // 4 for at in middle)
    return (~(rows[:, :, None] & columns[:, None, :])).float()[:, None]
