"""Directions of attributes in a generator's latent space, and how far they keep what their names promise.

A classifier that knows attributes, such as glasses, says which images of random z have one; the normal of the plane
that parts their z is the attribute's direction, made independent of the others by projection (InterFaceGAN: Shen et
al., 2020). Another classifier, which played no part in that, then says what each direction changes: the command is
``benchmarks.directions``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from genclass.files.images import to_float, to_uint8
from genclass.models.directions import Directions
from genclass.networks.protocols import Generator
from genclass.train.precision import agreed_precision, autocast

Sees = Callable[[torch.Tensor], torch.Tensor]  # uint8 [N, C, S, S] to probabilities of attributes, [N, attributes]
CHUNK = 64
SAMPLES, JUDGED = 8192, 1000
SIGMA = 2.0
CHOSEN_BY = 300  # samples
STEPS, BATCH, RATE = 60, 32, 0.03  # in which a direction is turned, by Adam
SURE = 1.15  # times as faithful as it must be: from there on turning pleases the finder more than another classifier
STAY = (3.0, 10.0, 30.0)  # tried: what it counts that nothing else changes
RARE = 0.02  # of a class's images: what fewer have, or lack, that class does not vary in
LEAST_HIT, MOST_SIDE, MOST_STYLE = 0.6, 0.15, 0.05


@dataclass(frozen=True)
class Faithfulness:
    """What a direction does from -2σ to +2σ to images of the classes that vary in its attribute.

    Attributes:
        hit: share of them that lack it at first and have it then.
        side: share in which another attribute changes, on average over those that their classes vary in.
        style: share that another classifier puts into another class.
        lacking: classes that do not vary in it.
    """

    hit: float
    side: float
    style: float
    lacking: tuple[int, ...]

    @property
    def margin(self) -> float:
        """By what factor it is better than it must be, where it is nearest to that."""
        return min(self.hit / LEAST_HIT, MOST_SIDE / max(self.side, 1e-3), MOST_STYLE / max(self.style, 1e-3))

    @property
    def kept(self) -> bool:
        """Whether the direction may have the attribute's name."""
        return self.margin >= 1


def boundaries(
    network: Generator, ids: Sequence[str], sees: Sees, asked: torch.Tensor, samples: int = SAMPLES
) -> Directions:
    """A unit vector [z_dim] for each attribute that some images have and others lack, along which they gain it.

    For a normal z the least squares fit of what is seen has the normal of the plane that parts them (Stein's lemma),
    however gradual that is seen; each class counts from its own mean.

    Args:
        ids: of the attributes that ``sees`` tells, in its order.
        asked: bool [classes or 1, attributes]: which can be told in which class at all.
    """
    z, label = _latents(network, samples, seed=0)
    seen = _seen(network, z, label, sees)
    varies = varying(seen > 0.5, label) & asked
    found = {
        id: _normal(z[kept], seen[kept, index], label[kept])
        for index, id in enumerate(ids)
        if (kept := varies[label, index]).any()
    }
    return dict(zip(found, independent(torch.stack(list(found.values()))))) if found else {}


def refined(
    network: Generator, directions: Directions, ids: Sequence[str], scores: Sees, styled: Sees, asked: torch.Tensor
) -> Directions:
    """Directions turned by gradient until they do more of what they are for, and less of anything else.

    As in GANalyze (Goetschalckx et al., 2019) a classifier says, through the generator, what would change more. How
    much it counts that nothing else changes is chosen for each, by the same classifier on other samples. A direction
    that is faithful beyond doubt stays.

    Args:
        scores: differentiable: float [N, C, S, S] in 0..1 to logits of the attributes.
        styled, asked: as for ``faithfulness``.
    """
    sees = lambda images: scores(to_float(images)).sigmoid()
    z, label = _latents(network, JUDGED, seed=2)
    varies = varying(_seen(network, z, label, sees) > 0.5, label) & asked

    def margin(id: str, axis: torch.Tensor) -> float:
        return faithfulness(network, {id: axis}, ids, sees, styled, asked, CHOSEN_BY, seed=2)[id].margin

    found = {}
    for id, axis in directions.items():
        tried = [(margin(id, axis), axis)]
        if tried[0][0] < SURE:
            turned = (_turned(network, axis, ids.index(id), scores, varies, stay) for stay in STAY)
            tried += [(margin(id, one), one) for one in turned]
        found[id] = max(tried, key=lambda one: one[0])[1]
    return found


def _turned(
    network: Generator, axis: torch.Tensor, index: int, scores: Sees, varies: torch.Tensor, stay: float
) -> torch.Tensor:
    """A unit vector at whose ends an attribute is lacked and had, and everything else is as at the other."""
    axis, able = axis.clone().requires_grad_(), varies[:, index].nonzero().flatten()
    optimizer, draw = torch.optim.Adam([axis], RATE), torch.Generator().manual_seed(3)
    for _ in range(STEPS):
        z = torch.randn(BATCH, network.z_dim, generator=draw)
        label = able[torch.randint(len(able), (BATCH,), generator=draw)]
        step = SIGMA * F.normalize(axis, dim=0)
        low, high = _scored(network, torch.cat([z - step, z + step]), label.repeat(2), scores).chunk(2)
        gained = F.softplus(low[:, index]) + F.softplus(-high[:, index])
        changed = (low.sigmoid() - high.sigmoid()).square() * varies[label]
        optimizer.zero_grad()
        (gained + stay * (changed.sum(1) - changed[:, index])).mean().backward()
        optimizer.step()
    return F.normalize(axis.detach(), dim=0)


def _scored(network: Generator, z: torch.Tensor, label: torch.Tensor, scores: Sees) -> torch.Tensor:
    """Logits of the attributes of what is drawn, with a gradient; in bfloat16 where that is fast and right."""
    weights = F.one_hot(label, network.classes).float() if network.classes else None
    precision = agreed_precision(lambda z: network(z, weights), z)
    with autocast(z.device, precision):
        return scores((network(z, weights).float() + 1) / 2).float()


def _latents(network: Generator, samples: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(z [N, z_dim], classes in turn [N]); without classes all are 0."""
    z = torch.randn(samples, network.z_dim, generator=torch.Generator().manual_seed(seed))
    return z, torch.arange(samples) % max(1, network.classes)


@torch.no_grad()
def _seen(network: Generator, z: torch.Tensor, label: torch.Tensor, sees: Sees) -> torch.Tensor:
    """What is seen in images of z [N, z_dim] and classes [N]."""
    weights = F.one_hot(label, network.classes).float() if network.classes else None
    parts = [slice(start, start + CHUNK) for start in range(0, len(z), CHUNK)]
    drawn = (network(z[part], None if weights is None else weights[part]) for part in parts)
    return torch.cat([sees(to_uint8((images + 1) / 2)) for images in drawn])


def varying(has: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """bool [classes, attributes]: whether some images of a class have an attribute and some lack it.

    Args:
        has: bool [N, attributes].
        label: int64 [N], every class at least once.
    """
    share = torch.stack([has[label == one].float().mean(0) for one in label.unique()])
    return (share >= RARE) & (share <= 1 - RARE)


def _normal(z: torch.Tensor, seen: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """The unit vector along which an attribute is seen more, [N]; what classes differ by is left out."""
    apart = seen.clone()
    for one in label.unique():
        apart[label == one] -= seen[label == one].mean()
    return F.normalize(torch.linalg.lstsq(z, apart[:, None]).solution[:, 0], dim=0)


def independent(normals: torch.Tensor) -> torch.Tensor:
    """Unit vectors [attributes, z_dim], each the part of a normal that leaves all others alone."""
    return F.normalize(torch.linalg.pinv(normals).T, dim=1)


def faithfulness(
    network: Generator, directions: Directions, ids: Sequence[str], sees: Sees, styled: Sees,
    asked: torch.Tensor, samples: int = JUDGED, seed: int = 1,
) -> dict[str, Faithfulness]:  # fmt: skip
    """What each of ``boundaries``' directions does, by id, as others see it than found them.

    Args:
        ids: of the attributes that ``sees`` tells, in its order.
        styled: probabilities of the generator's classes.
        asked: as for ``boundaries``.
        seed: of the samples; those of the first found and chose nothing.
    """
    z, label = _latents(network, samples, seed)
    both = lambda images: torch.cat([sees(images), styled(images)], 1)
    split = lambda seen: (seen[:, : len(ids)] > 0.5, seen[:, len(ids) :].argmax(1))
    varies = varying(split(_seen(network, z, label, both))[0], label) & asked
    found = {}
    for id, axis in directions.items():
        ends = (_seen(network, z + sigma * axis, label, both) for sigma in (-SIGMA, SIGMA))
        (low, before), (high, after) = map(split, ends)
        found[id] = _judged(low, high, before != after, label, varies, ids.index(id))
    return found


def _judged(low: torch.Tensor, high: torch.Tensor, turned: torch.Tensor, label: torch.Tensor, varies: torch.Tensor,
            index: int) -> Faithfulness:  # fmt: skip
    """From what is seen at both ends, bool [N, attributes], and whether the class turns into another one, [N]."""
    here, changed = varies[label, index], low != high
    others = varies[label] & here[:, None]
    others[:, index] = False
    sides = [_share(changed[others[:, other], other]) for other in others.any(0).nonzero().flatten().tolist()]
    return Faithfulness(
        hit=_share((~low & high)[here, index]),
        side=round(sum(sides) / max(1, len(sides)), 3),
        style=_share(turned[here]),
        lacking=tuple((~varies[:, index]).nonzero().flatten().tolist()),
    )


def _share(of: torch.Tensor) -> float:
    return round(of.float().mean().item(), 3) if len(of) else 0.0
