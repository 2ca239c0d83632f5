"""The latent whose picture is nearest to an image."""

import dataclasses
import math
from collections.abc import Iterator

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
    config = sampler.config
    target = to_float(torch.from_numpy(fit(image, config["image_size"], config["channels"]).copy()))[None]
    wanted = None if classifier is None else classifier.raw_features(view(classifier, target)).detach()
    start = Recipe(sampler.name, sampler.sha256, count=DRAWS)
    z, class_weights = sampler.latents(start), sampler.class_weights(start)
    with torch.no_grad():
        losses = torch.cat([_distance(sampler, classifier, target, wanted, z[part],
                                      None if class_weights is None else class_weights[part])[0]
                            for part in torch.arange(DRAWS).split(CHUNK)])  # fmt: skip
    order = losses.argsort()[:STARTS]
    z, class_weights = z[order].requires_grad_(), None if class_weights is None else class_weights[order]
    optimizer = torch.optim.Adam([z], SEARCH_RATE)
    for step in range(steps + 1):
        optimizer.param_groups[0]["lr"] = SEARCH_RATE * (1 + math.cos(math.pi * step / steps)) / 2
        losses, errors = _distance(sampler, classifier, target, wanted, z, class_weights)
        if step % EVERY == 0 or step == steps:
            yield _found(sampler, start, z, class_weights, errors, step, steps)
        z.grad = torch.autograd.grad((losses - PRIOR * log_length(z)).sum(), z)[0]
        optimizer.step()


def _distance(
    sampler: Sampler,
    classifier: Classifier | None,
    target: torch.Tensor,
    wanted: torch.Tensor | None,
    z: torch.Tensor,
    class_weights: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """(what is to be made small, mean absolute error of the pixels), both float [N]."""
    images = picture(sampler, z, class_weights)
    loss = PIXELS * (images - target).square().mean((1, 2, 3))
    if classifier is not None and wanted is not None:
        found = classifier.raw_features(view(classifier, images))
        loss = loss + 1 - F.cosine_similarity(found, wanted)
    return loss, (images - target).abs().mean((1, 2, 3)).detach()


def _found(
    sampler: Sampler,
    start: Recipe,
    z: torch.Tensor,
    class_weights: torch.Tensor | None,
    errors: torch.Tensor,
    step: int,
    steps: int,
) -> SearchProgress:
    best = errors.argmin()
    name = None if class_weights is None else sampler.classes[class_weights[best].argmax()]
    recipe = dataclasses.replace(start, count=1, class_name=name, latent=encode_latent(z[best].detach()))
    return SearchProgress(step, steps, recipe, errors[best].item())
