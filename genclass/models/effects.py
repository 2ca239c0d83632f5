"""What a direction measurably does to a generator's images, as its name: brighter, warmer, larger, further left …

Every measure is one number of an image. It is taken of the same images moved to -2σ and to +2σ along a direction, and a
change counts in deviations of that measure over images at rest, each from the mean of its class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F

from genclass.networks.protocols import Generator

SAMPLES = 64
SIGMA = 2.0
MOVED = 0.5  # deviations: a smaller change is not seen
LEAST_HIT = 0.6  # share of the images that change as the name says
LUMA = (0.299, 0.587, 0.114)


class Measure(NamedTuple):
    """One number of each image.

    Attributes:
        take: images 0..1 [N, C, H, W] to [N].
        of_colour: of grey images it says nothing.
        grows, falls: what a direction is called, by language, along which it grows or falls.
    """

    take: Callable[[torch.Tensor], torch.Tensor]
    of_colour: bool
    grows: dict[str, str]
    falls: dict[str, str]


@dataclass(frozen=True)
class Effect:
    """A name, and what was measured of it.

    Attributes:
        names: by language.
        hit: share of images whose measure grows by more than ``MOVED`` from -2σ to +2σ.
        side: share of images in which another measure changes by more than ``MOVED``, on average over the others.
    """

    names: dict[str, str]
    hit: float
    side: float


def _luma(x: torch.Tensor) -> torch.Tensor:
    return x[:, 0] if x.shape[1] == 1 else (x * torch.tensor(LUMA)[:, None, None]).sum(1)


def _edges(x: torch.Tensor) -> torch.Tensor:
    """How much each pixel differs from the next ones, [N, H - 1, W - 1]."""
    grey = _luma(x)
    return (grey[:, 1:, 1:] - grey[:, :-1, 1:]).abs() + (grey[:, 1:, 1:] - grey[:, 1:, :-1]).abs()


def _thing(x: torch.Tensor) -> torch.Tensor:
    """How far each pixel is from the mean colour of the border, [N, H, W]: more where the thing is."""
    border = torch.cat([x[:, :, 0], x[:, :, -1], x[:, :, :, 0], x[:, :, :, -1]], 2).mean(2)
    return (x - border[:, :, None, None]).abs().mean(1)


def _place(x: torch.Tensor, dimension: int) -> torch.Tensor:
    """Where the thing's middle is along a dimension of [N, H, W], 0..1."""
    along = _thing(x).sum(3 - dimension)
    return (along * torch.linspace(0, 1, along.shape[1])).sum(1) / along.sum(1).clamp(min=1e-6)


def _background(x: torch.Tensor) -> torch.Tensor:
    """How much goes on in the outer eighth of an image."""
    edges, rim = _edges(x), max(1, x.shape[3] // 8)
    inner = F.pad(torch.ones_like(edges[:, rim:-rim, rim:-rim]), [rim] * 4)
    return (edges * (1 - inner)).sum((1, 2)) / (1 - inner).sum((1, 2))


MEASURES = (
    Measure(lambda x: _luma(x).mean((1, 2)), False, {"en": "brighter", "zh": "更亮"}, {"en": "darker", "zh": "更暗"}),
    Measure(
        lambda x: x[:, 0].mean((1, 2)) - x[:, -1].mean((1, 2)),
        True,
        {"en": "warmer", "zh": "更暖"},
        {"en": "cooler", "zh": "更冷"},
    ),
    Measure(
        lambda x: (x.amax(1) - x.amin(1)).mean((1, 2)),
        True,
        {"en": "more colourful", "zh": "更鲜艳"},
        {"en": "paler", "zh": "更淡"},
    ),
    Measure(
        lambda x: _luma(x).flatten(1).std(1),
        False,
        {"en": "more contrast", "zh": "对比更强"},
        {"en": "less contrast", "zh": "对比更弱"},
    ),
    Measure(
        lambda x: (_thing(x) > 0.15).float().mean((1, 2)),
        False,
        {"en": "larger", "zh": "更大"},
        {"en": "smaller", "zh": "更小"},
    ),
    Measure(
        lambda x: _place(x, 2), False, {"en": "further right", "zh": "更靠右"}, {"en": "further left", "zh": "更靠左"}
    ),
    Measure(
        lambda x: _place(x, 1), False, {"en": "further down", "zh": "更靠下"}, {"en": "further up", "zh": "更靠上"}
    ),
    Measure(
        _background,
        False,
        {"en": "busier background", "zh": "背景更杂"},
        {"en": "plainer background", "zh": "背景更简"},
    ),
)


def measured(images: torch.Tensor) -> torch.Tensor:
    """Every measure of images -1..1 [N, C, H, W]: float32 [N, measures]; of grey ones those of colour are 0."""
    x = images / 2 + 0.5
    nothing = torch.zeros(len(x))
    return torch.stack([nothing if one.of_colour and x.shape[1] == 1 else one.take(x) for one in MEASURES], 1)


@torch.no_grad()
def effects(network: Generator, directions: Mapping[str, torch.Tensor]) -> dict[str, Effect]:
    """What each direction does, where most images show it; of two that do the same the clearer one has the name.

    Args:
        directions: unit vectors [z_dim] by id.
    """
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(SAMPLES, network.z_dim, generator=generator)
    weights = torch.eye(network.classes)[torch.arange(SAMPLES) % network.classes] if network.classes else None
    deviation = _deviation(measured(network(z, weights)), max(1, network.classes))
    changes = {}
    for id, axis in directions.items():
        low, high = (measured(network(z + sigma * axis, weights)) for sigma in (-SIGMA, SIGMA))
        changes[id] = (high - low) / deviation
    return named(changes)


def _deviation(rest: torch.Tensor, classes: int) -> torch.Tensor:
    """Of measures [N, measures] over images of one class, which come in turn."""
    apart = torch.cat([rest[label::classes] - rest[label::classes].mean(0) for label in range(min(classes, len(rest)))])
    return apart.std(0).clamp(min=1e-6)


def named(changes: Mapping[str, torch.Tensor]) -> dict[str, Effect]:
    """Names for directions, each measure given to the direction whose images show it in the largest share.

    Args:
        changes: what each direction does to the measures of each image, in deviations: [N, measures] by id.
    """
    hits = {id: torch.stack([change > MOVED, change < -MOVED]).float().mean(1) for id, change in changes.items()}
    claims = [(hit[falls, index].item(), changes[id][:, index].mean().abs().item(), id, index, falls)
              for id, hit in hits.items() for index in range(len(MEASURES)) for falls in (0, 1)]  # fmt: skip
    found: dict[str, Effect] = {}
    taken: set[int] = set()
    for hit, _, id, index, falls in sorted(claims, key=lambda claim: claim[:2], reverse=True):
        if hit >= LEAST_HIT and id not in found and index not in taken:
            others = hits[id].sum(0)[[other for other in range(len(MEASURES)) if other != index]]
            names = MEASURES[index].falls if falls else MEASURES[index].grows
            found[id] = Effect(names, round(hit, 3), round(others.mean().item(), 3))
            taken.add(index)
    return found
