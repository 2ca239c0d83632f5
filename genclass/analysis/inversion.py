"""The latent whose picture is nearest to an image."""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image

from genclass.analysis.search import CHUNK, EVERY, SearchProgress, log_length, picture, view
from genclass.files.images import fit, to_float
from genclass.models.classifier import Classifier
from genclass.models.recipe import Recipe, encode_latent
from genclass.models.sampler import Sampler

# Inversion: draws to begin with, those of them that set out, weights of the terms.
DRAWS, STARTS, SEARCH, SEARCH_RATE = 512, 6, 200, 0.1
PIXELS, PRIOR = 100, 0.002


def invert(
    sampler: Sampler, image: Image.Image, classifier: Classifier | None = None, steps: int = SEARCH
) -> Iterator[SearchProgress]:
    """Find the z (and class) whose picture is nearest to an image, by gradient on pixels and classifier features.

    The surest of many draws, in turn of every class, set out together; a weak prior keeps their lengths plausible
    (Zhu et al., "Generative Visual Manipulation on the Natural Image Manifold", 2016, without their encoder).

    Args:
        image: a PIL image, cropped to its centre.
        classifier: whose features are compared besides the pixels; None: pixels alone.

    Yields:
        ``SearchProgress``; its recipe holds one image as ``latent`` (and class), on which every slider acts.
    """
    target = _target_of(sampler, image, classifier)
    start = Recipe(sampler.name, sampler.sha256, count=DRAWS)
    z, class_weights = sampler.latents(start), sampler.class_weights(start)
    rows = lambda some: None if class_weights is None else class_weights[some]
    with torch.no_grad():
        losses = torch.cat([target.distance(z[part], rows(part))[0] for part in torch.arange(DRAWS).split(CHUNK)])
    order = losses.argsort()[:STARTS]
    z, class_weights = z[order].requires_grad_(), rows(order)
    optimizer = torch.optim.Adam([z], SEARCH_RATE)
    for step in range(steps + 1):
        optimizer.param_groups[0]["lr"] = SEARCH_RATE * (1 + math.cos(math.pi * step / steps)) / 2
        losses, errors = target.distance(z, class_weights)
        if step % EVERY == 0 or step == steps:
            best = errors.argmin()
            name = None if class_weights is None else sampler.classes[class_weights[best].argmax()]
            found = dataclasses.replace(start, count=1, class_name=name, latent=encode_latent(z[best].detach()))
            yield SearchProgress(step, steps, found, errors[best].item())
        z.grad = torch.autograd.grad((losses - PRIOR * log_length(z)).sum(), z)[0]
        optimizer.step()


@dataclass(frozen=True)
class _Target:
    """An image that a generator is to draw.

    Attributes:
        pixels: float32 [1, C, S, S] in 0..1.
        features: what the classifier sees in it, float32 [1, D]; None without one.
    """

    sampler: Sampler
    pixels: torch.Tensor
    classifier: Classifier | None
    features: torch.Tensor | None

    def distance(self, z: torch.Tensor, class_weights: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """(what is to be made small, mean absolute error of the pixels) of the pictures of z [N, z_dim]: float [N]."""
        images = picture(self.sampler, z, class_weights)
        loss = PIXELS * (images - self.pixels).square().mean((1, 2, 3))
        if self.classifier is not None and self.features is not None:
            found = self.classifier.raw_features(view(self.classifier, images))
            loss = loss + 1 - F.cosine_similarity(found, self.features)
        return loss, (images - self.pixels).abs().mean((1, 2, 3)).detach()


def _target_of(sampler: Sampler, image: Image.Image, classifier: Classifier | None) -> _Target:
    pixels = fit(image, sampler.config["image_size"], sampler.config["channels"])
    target = to_float(torch.from_numpy(pixels.copy()))[None]
    features = None if classifier is None else classifier.raw_features(view(classifier, target)).detach()
    return _Target(sampler, target, classifier, features)
