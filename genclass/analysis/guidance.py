"""A classifier leads a generator to a class. Searches are generators of ``SearchProgress``.

Whoever consumes one may show every report, and stops it by no longer asking: the last report holds what it has come to.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F

from genclass.analysis.search import CHUNK, EVERY, SearchProgress, log_length, logits, picture
from genclass.data.batches import random_shift
from genclass.errors import GenClassError
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.models.recipe import ALL, Recipe, encode_latent
from genclass.models.sampler import SEEDS, Sampler, slerp

MOST = 64  # images that are improved at once
# Guidance: draws to look through; then steps of the climb, on copies that are shifted and noisy.
TRIES, NEAREST, TURNS, SEEN = 512, 32, 9, 0.9
STEPS, RATE, SHIFT, NOISE = 40, 0.05, 1, 0.05


def start_of(sampler: Sampler, name: str, recipe: dict | Recipe) -> Recipe:
    """The complete recipe with which guidance to a class begins: no path, and one class for all images.

    A recipe with classes in turn begins with the class itself where the generator has it, else with the first image's.

    Raises:
        GenClassError: ``out_of_range`` for more than 64 images, or as ``Sampler.complete``.
    """
    recipe = sampler.complete(recipe)
    if recipe.count > MOST:
        raise GenClassError("out_of_range", field="count", low=1, high=MOST)
    recipe = dataclasses.replace(recipe, to_seed=None, to_class=None, steps=None)
    if sampler.classes and not recipe.mix and recipe.class_name in (None, ALL):
        own = name if name in sampler.classes else sampler.classes[recipe.seed % len(sampler.classes)]
        recipe = dataclasses.replace(recipe, class_name=own)
    return recipe


def best_of(
    sampler: Sampler, classifier: Classifier, name: str, recipe: dict | Recipe, tries: int = TRIES
) -> Iterator[SearchProgress]:
    """Draw many seeds and keep the images that the classifier finds surest, the surest first.

    Args:
        name: the class to be seen.
        recipe: its ``seed`` begins the tries, its ``count`` is how many are kept.

    Yields:
        ``SearchProgress`` after every 64 tries.
    """
    index, start = classifier.class_index(name), dataclasses.replace(start_of(sampler, name, recipe), latent=None)
    class_weights = sampler.class_weights(dataclasses.replace(start, count=1))
    kept, sure = torch.zeros(0, sampler.z_dim), torch.zeros(0)
    tries = max(tries, start.count)
    for first in range(0, tries, CHUNK):
        chunk = dataclasses.replace(start, seed=(start.seed + first) % SEEDS, count=min(CHUNK, tries - first))
        kept = torch.cat([kept, sampler.drawn(chunk)])
        spread = None if class_weights is None else class_weights.expand(chunk.count, -1)
        sure = torch.cat([sure, certainty(sampler, classifier, index, sampler.latents(chunk), spread)])
        sure, order = sure.sort(descending=True, stable=True)
        kept, sure = kept[order][: start.count], sure[: start.count]
        found = dataclasses.replace(start, count=len(kept), latent=encode_latent(kept))
        yield SearchProgress(first + chunk.count, tries, found, sure.mean().item())


def climb(
    sampler: Sampler, classifier: Classifier, name: str, recipe: dict | Recipe, steps: int = STEPS
) -> Iterator[SearchProgress]:
    """Improve each z by gradient, so that the classifier sees the class, staying near the prior.

    The objective is log p(class | image) + log p(|z|), a posterior in the manner of Nguyen et al., "Plug & Play
    Generative Networks" (2017); the second term keeps z at the length that a normal z of its dimension has. Each z sets
    out from the nearest point towards a draw that shows the class, for a gradient alone rarely leaves another class.
    The classifier sees shifted, noisy copies, so that a pattern of pixels that fools it alone is worth little.

    Args:
        name: the class to be seen.
        recipe: where to start; at most 64 images. What truncation and sliders add goes into the new z.

    Yields:
        ``SearchProgress`` after every step; recipe and score are new in every fifth, for they cost a look of their own.
    """
    index, start = classifier.class_index(name), start_of(sampler, name, recipe)
    z, class_weights, generator = sampler.latents(start), sampler.class_weights(start), torch.Generator().manual_seed(0)
    z = torch.where(z.norm(dim=1, keepdim=True) > 0, z, sampler.drawn(start))  # at truncation 0 it points nowhere
    z = _towards(sampler, classifier, index, z, class_weights, generator).requires_grad_()
    optimizer = torch.optim.Adam([z], RATE)
    for step in range(steps + 1):
        if step % EVERY == 0 or step == steps:
            mean = certainty(sampler, classifier, index, z.detach(), class_weights).mean().item()
            found = dataclasses.replace(start, truncation=1.0, directions={}, latent=encode_latent(z.detach()))
        yield SearchProgress(step, steps, found, mean)
        images = random_shift(picture(sampler, z, class_weights), SHIFT, generator)
        images = images + NOISE * torch.randn(images.shape, generator=generator)
        sure = logits(classifier, images).log_softmax(1)[:, index]
        z.grad = torch.autograd.grad((-sure - log_length(z)).sum(), z)[0]
        optimizer.step()


def _towards(
    sampler: Sampler,
    classifier: Classifier,
    index: int,
    z: torch.Tensor,
    class_weights: torch.Tensor | None,
    generator: torch.Generator,
) -> torch.Tensor:
    """Each z turned towards the nearest of the surest draws, no further than to where the class is seen."""
    pool = torch.randn(TRIES, sampler.z_dim, generator=generator)
    spread = None if class_weights is None else class_weights[:1].expand(TRIES, -1)
    sure = certainty(sampler, classifier, index, pool, spread)
    best = pool[sure.argsort(descending=True)[:NEAREST]]
    nearest = best[(F.normalize(z) @ F.normalize(best).T).argmax(1)]
    turns = torch.stack([slerp(one, goal, torch.linspace(0, 1, TURNS)) for one, goal in zip(z, nearest)])
    spread = None if class_weights is None else class_weights.repeat_interleave(TURNS, 0)
    sure = certainty(sampler, classifier, index, turns.flatten(0, 1), spread).view(len(z), TURNS)
    seen = sure >= SEEN * sure.amax(1, keepdim=True)  # no classifier is surer than it was trained to be
    first = seen.int().argmax(1)
    return turns[torch.arange(len(z)), first]


@torch.inference_mode()
def certainty(
    sampler: Sampler, classifier: Classifier, index: int, z: torch.Tensor, class_weights: torch.Tensor | None
) -> torch.Tensor:
    """The classifier's probability of a class in each image, float32 [N]."""
    parts = [slice(start, start + CHUNK) for start in range(0, len(z), CHUNK)]
    images = (picture(sampler, z[part], None if class_weights is None else class_weights[part]) for part in parts)
    return torch.cat([logits(classifier, chunk).softmax(1)[:, index] for chunk in images]).clone()


def other_judge(climbed: dict, class_name: str, folders: Mapping[str, Path]) -> str | None:
    """Name of a classifier of another architecture that knows the class: one that a climb did not look at.

    Prefers one of the same data set, and shipped ones. None where there is none.

    Args:
        climbed: the ``config`` of the classifier that was.
        folders: ``store.named_folders``, those that may be asked.
    """
    known = {model: checkpoint.read_config(folder) for model, folder in folders.items()}
    others = [model for model, config in known.items() if config["kind"] == "classifier"
              and class_name in config["classes"] and config["classes"] == climbed["classes"]
              and config["architecture"]["name"] != climbed["architecture"]["name"]]  # fmt: skip
    return min(others, key=lambda model: known[model]["dataset"] != climbed["dataset"], default=None)
