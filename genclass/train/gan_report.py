"""What is told of a GAN in training: samples of latents that are always the same, and how far apart they are."""

import numpy as np
import torch

from genclass.data.imageset import ImageSet
from genclass.models.sampler import Sampler

ROWS, COLUMNS = 6, 10  # of the picture
REAL_IMAGES = 200  # of a class, to know how much they differ


def real_spread(imageset: ImageSet, classes: int) -> float:
    """``spread_of`` the first real images of each of the first classes, on average; of all images without classes."""
    images, labels = imageset.train_images, imageset.train_labels
    known = range(min(classes, COLUMNS)) if classes else [None]
    spreads = [
        spread_of((images if label is None else images[labels == label])[:REAL_IMAGES].permute(0, 2, 3, 1), 1)
        for label in known
    ]
    return max(sum(spreads) / len(spreads), 1e-6)


def spread_of(images: torch.Tensor, columns: int) -> float:
    """Deviation of a pixel over the images of a column, averaged over pixels and columns.

    Args:
        images: uint8 [N, H, W, C], row by row.
    """
    apart = images.float().unflatten(0, (-1, columns))
    return apart.std(0, correction=0).mean().item()


def fixed_samples(sampler: Sampler, rows: int, columns: int = COLUMNS) -> tuple[np.ndarray, int]:
    """Samples of latents that are always the same: with classes, each column is a class and each row one z.

    Returns:
        (uint8 [rows * columns, H, W, C], columns).
    """
    classes = sampler.classes[:columns]
    recipes = [
        {"model": sampler.name, "seed": row, "count": 1, "class": name} for row in range(rows) for name in classes
    ]
    recipes = recipes or [{"model": sampler.name, "count": rows * columns}]
    z = torch.cat([sampler.latents(recipe) for recipe in recipes])
    weights = [part for recipe in recipes if (part := sampler.class_weights(recipe)) is not None]
    return sampler.draw(z, torch.cat(weights) if weights else None), len(classes) or columns
