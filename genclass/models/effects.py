"""What a direction measurably does to a generator's images, as its name: brighter, larger, further left, like a bag …

Every measure is one number of an image. It is taken of the same images moved to -2σ and to +2σ along a direction, and a
change counts in deviations of that measure over images at rest, each from the mean of its class. A direction is named
after its strongest effect if most images show it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F

from genclass.files.images import to_uint8
from genclass.models.classifier import Classifier
from genclass.networks.protocols import Generator

SAMPLES = 100
CHUNK = 100
SIGMA = 2.0
MOVED = 0.5  # deviations: a smaller change is not seen
LEAST_HIT = 0.7  # share of the images that change as the name says: of others than these it is to be 0.6 at least
CLEAR = 0.5  # of a direction's strongest effect: what is weaker is not what a visitor sees
SEEN = 0.01  # probability: below it an image is not like a class at all
LIKELIER = 1.4  # a class counts no finer: half of it, MOVED, is twice as likely
LIKE = {"en": "more like {}", "zh": "更像{}"}
UNLIKE = {"en": "less like {}", "zh": "更不像{}"}
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
        like: the class that it is about.
    """

    names: dict[str, str]
    hit: float
    side: float
    like: str | None = None


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


def measured(images: torch.Tensor, judge: Classifier | None = None) -> torch.Tensor:
    """Every measure of images -1..1 [N, C, H, W]: float32 [N, measures]; of grey ones those of colour are 0.

    Those of a judge's classes come last: logarithms of its probabilities, where it sees the class at all.
    """
    x = images / 2 + 0.5
    nothing = torch.zeros(len(x))
    found = torch.stack([nothing if one.of_colour and x.shape[1] == 1 else one.take(x) for one in MEASURES], 1)
    return found if judge is None else torch.cat([found, _likeness(judge, x)], 1)


def _likeness(judge: Classifier, x: torch.Tensor) -> torch.Tensor:
    return judge.predict_prepared(to_uint8(x)).clamp(min=SEEN).log()


def effects(
    network: Generator, directions: Mapping[str, torch.Tensor], judge: Classifier | None = None
) -> dict[str, Effect]:
    """What each direction does, where most images show it; of two that do the same the stronger one has the name.

    Args:
        directions: unit vectors [z_dim] by id.
        judge: a classifier that takes the generator's images as they are, and knows its classes if it has any.
    """
    z = torch.randn(SAMPLES, network.z_dim, generator=torch.Generator().manual_seed(1))
    return named(changes(network, directions, z, judge), () if judge is None else judge.classes)


@torch.no_grad()
def changes(
    network: Generator, directions: Mapping[str, torch.Tensor], z: torch.Tensor, judge: Classifier | None = None
) -> dict[str, torch.Tensor]:
    """What each direction does to the measures of each image from -2σ to +2σ, in deviations: [N, measures] by id.

    Args:
        z: float32 [N, z_dim]; classes come in turn.
    """

    def seen(moved: torch.Tensor) -> torch.Tensor:
        weights = torch.eye(network.classes)[torch.arange(len(z)) % network.classes] if network.classes else None
        parts = [slice(start, start + CHUNK) for start in range(0, len(z), CHUNK)]
        drawn = (network(moved[part], None if weights is None else weights[part]) for part in parts)
        return torch.cat([measured(images, judge) for images in drawn])

    deviation = _deviation(seen(z), max(1, network.classes))
    return {id: (seen(z + SIGMA * axis) - seen(z - SIGMA * axis)) / deviation for id, axis in directions.items()}


def _deviation(rest: torch.Tensor, classes: int) -> torch.Tensor:
    """Of measures [N, measures] over images of one class, which come in turn."""
    apart = torch.cat([rest[label::classes] - rest[label::classes].mean(0) for label in range(min(classes, len(rest)))])
    least = torch.full_like(rest[0], LIKELIER)
    least[: len(MEASURES)] = 1e-6
    return apart.std(0).maximum(least)


def vocabulary(classes: Sequence[str] = ()) -> list[tuple[dict[str, str], dict[str, str]]]:
    """What a direction is called, by language, along which each measure grows, and along which it falls.

    Args:
        classes: of the judge.
    """
    likeness = [[{key: form.format(name) for key, form in forms.items()} for forms in (LIKE, UNLIKE)]
                for name in classes]  # fmt: skip
    return [(one.grows, one.falls) for one in MEASURES] + [(grows, falls) for grows, falls in likeness]


def named(changes: Mapping[str, torch.Tensor], classes: Sequence[str] = ()) -> dict[str, Effect]:
    """Names for directions, each measure given to the direction that changes it most.

    Args:
        changes: as ``changes`` gives them.
        classes: of the judge.
    """
    found: dict[str, Effect] = {}
    taken, words = set[int](), vocabulary(classes)
    claims = [claim for id, change in changes.items() for claim in _claims(id, change)]
    for _, id, index, falls in sorted(claims, reverse=True):
        if id not in found and index not in taken:
            like = classes[index - len(MEASURES)] if index >= len(MEASURES) else None
            found[id] = Effect(words[index][falls], *shares(changes[id], index, falls), like)
            taken.add(index)
    return found


def _claims(id: str, change: torch.Tensor) -> Iterator[tuple[float, str, int, bool]]:
    """(size in deviations, id, measure, whether it falls) of the effects after which a direction may be named.

    Args:
        change: [N, measures].
    """
    size, falls = change.mean(0).abs(), change.mean(0) < 0
    for index in (size >= CLEAR * size.max()).nonzero().flatten().tolist():
        if shares(change, index, bool(falls[index]))[0] >= LEAST_HIT:
            yield size[index].item(), id, index, bool(falls[index])


def shares(change: torch.Tensor, index: int, falls: bool) -> tuple[float, float]:
    """``hit`` and ``side`` of an effect: the latter over the measures that move in some image at all.

    Args:
        change: what a direction does, [N, measures].
        index: the measure that names it.
    """
    one, others = change[:, index] * (-1 if falls else 1), change.any(0)
    others[index] = False
    side = (change[:, others].abs() > MOVED).float().mean().item() if others.any() else 0.0
    return round((one > MOVED).float().mean().item(), 3), round(side, 3)
