"""What guidance and inversion share: reports of a search, and a classifier's view of pictures, with gradients to z."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from genclass.models.classifier import Classifier
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler

CHUNK = 64
EVERY = 5  # steps from one look at what is found to the next
LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class SearchProgress:
    """How far a search has come.

    Attributes:
        step, total: steps done of all.
        recipe: makes the images it has come to.
        score: of a guided sheet the mean probability of the class, of an inverted image the mean absolute error of
            its pixels, both 0..1.
    """

    step: int
    total: int
    recipe: Recipe
    score: float


def logits(classifier: Classifier, images: torch.Tensor) -> torch.Tensor:
    """A classifier's calibrated logits with gradients: float32 [N, classes].

    Args:
        images: float32 [N, C, H, W] in 0..1, of any size, grey or in colour.
    """
    return classifier.raw_logits(view(classifier, images)) / classifier.temperature


def view(classifier: Classifier, images: torch.Tensor) -> torch.Tensor:
    """Images in the size and colours that a classifier takes, 0..1, with gradients; arguments as for ``logits``."""
    if images.shape[1] != classifier.channels:
        grey = images if images.shape[1] == 1 else (images * torch.tensor(LUMA)[:, None, None]).sum(1, keepdim=True)
        images = grey.expand(-1, classifier.channels, -1, -1)
    if images.shape[2] != classifier.image_size:
        images = F.interpolate(images, [classifier.image_size] * 2, mode="bilinear", antialias=True)
    return images


def picture(sampler: Sampler, z: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
    """The generator's images in 0..1, float32 [N, C, H, W], with gradients to z."""
    return (sampler.network(z, class_weights) + 1) / 2


def log_length(z: torch.Tensor) -> torch.Tensor:
    """Log density of the length of a normal z, up to a constant: float [N] of z [N, D]."""
    length = z.norm(dim=1)
    return (z.shape[1] - 1) * length.log() - length.square() / 2
