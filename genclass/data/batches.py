"""Changes of images while they are trained on: cutout for classifiers, differentiable augmentation for GANs."""

import torch
import torch.nn.functional as F


def augment(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Change the colours of images, shift them and cut a square out of them (Zhao et al., "Differentiable Augmentation
    for Data-Efficient GAN Training", 2020).

    The discriminator sees real and generated images changed in the same ways, and the generator learns through them: a
    small set can't be learnt by heart, and yet the changes don't show in what is generated.

    Args:
        images: float [N, C, H, W], -1..1.
        generator: a CPU ``torch.Generator``, which decides all of it.
    """
    x = recoloured(images, generator)
    x = random_shift(x, images.shape[3] // 8, generator)
    return cut_out(x, images.shape[3] // 2, generator)


def recoloured(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Brightness moved by up to a half, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    drawn = torch.rand(3, len(x), 1, 1, 1, generator=generator)
    brightness, saturation, contrast = drawn.to(x.device, non_blocking=True)
    x = x + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * 2 * saturation
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (contrast + 0.5)


def cut_out(images: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """Blank a square of each image, its middle anywhere (DeVries & Taylor, "Improved Regularization of Convolutional
    Neural Networks with Cutout", 2017).

    Args:
        images: float [N, C, H, W], normalised to a mean near 0.
        side: pixels; the square may lie partly beyond the border.
        generator: a CPU ``torch.Generator``, which decides the places.
    """
    count, _, size, _ = images.shape
    middle = torch.randint(0, size, (2, count, 1), generator=generator).to(images.device, non_blocking=True)
    offset = torch.arange(size, device=images.device) + side // 2
    rows, columns = ((offset >= at) & (offset < at + side) for at in middle)
    return images * (~(rows[:, :, None] & columns[:, None, :]))[:, None]


def evenly(count: int, most: int) -> torch.Tensor:
    """Up to ``most`` indices spread evenly over ``count`` images, int64."""
    return torch.linspace(0, count - 1, min(count, most)).long()


def random_shift(images: torch.Tensor, most: int, generator: torch.Generator) -> torch.Tensor:
    """Shift each image of a batch by up to ``most`` pixels in each direction, mirroring at the border.

    Args:
        images: float or uint8 [N, C, H, W].
        generator: a CPU ``torch.Generator``, which decides the shifts.
    """
    count, channels, height, width = images.shape
    shifts = torch.randint(0, 2 * most + 1, (2, count, 1), generator=generator).to(images.device, non_blocking=True)
    rows = (shifts[0] + torch.arange(height, device=images.device))[:, None, :, None]
    columns = (shifts[1] + torch.arange(width, device=images.device))[:, None, None, :]
    index = torch.arange(count, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    return F.pad(images, [most] * 4, mode="reflect")[index, channel, rows, columns]


def flip_where(images: torch.Tensor, flips: torch.Tensor) -> torch.Tensor:
    """Mirror those images [N, C, H, W] left to right whose ``flips``, bool [N], is true."""
    return torch.where(flips.to(images.device, non_blocking=True)[:, None, None, None], images.flip(3), images)
