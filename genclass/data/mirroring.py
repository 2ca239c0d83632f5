"""Whether classes of a set are one another's mirror images, as arrows to the left and to the right are.

Mirror images are trained on as images of the same class; of such classes they would be lessons in the wrong one.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from genclass.data.batches import evenly
from genclass.files.images import to_float

MOST = 2000  # images that are compared: a second
SIDE = 32
ORIENTATIONS = 8
CELLS = (4, 8)
# In 2,400 draws of 6 to 50 images a class of CIFAR-10 and Fashion-MNIST, of two classes to all ten, the share below was
# under half in one of its directions, or likelier to be chance: 1 in 230 for sandals and sneakers, which look to the
# left. Of arrows the share is 1, of b and d in 20 fonts 0.9.
LEAST_SHARE = 0.5
CHANCE = 0.35  # the share that hard but ordinary classes reach together
DOUBT = 0.001


def twins(images: torch.Tensor, labels: torch.Tensor, classes: Sequence[str]) -> tuple[str, str] | None:
    """The two classes that are most clearly one another's mirror images, or None.

    An image counts as swapped if it lies nearer to its own class than to the other, and its mirror image nearer to the
    other. Nearest of the images without itself, by histograms of gradients (Dalal & Triggs, 2005), which hardly depend
    on colours and small shifts; pixels alone would, and the features of a network that learnt with mirror images hide
    the difference.

    Args:
        images: uint8 [N, C, H, W].
        labels: whole numbers [N], indices of ``classes``.
    """
    if len(classes) < 2:
        return None
    some = _some_of_each(labels, len(classes))
    own, swapped = labels[some].long(), _swapped(images[some], labels[some].long(), len(classes))
    counts = torch.bincount(own, minlength=len(classes))
    share = swapped / counts.clamp(min=1)[:, None]
    both = torch.minimum(share, share.T).triu(1)
    first, second = divmod(int(both.argmax()), len(classes))
    pairs = len(classes) * (len(classes) - 1) / 2
    together = int(swapped[first, second] + swapped[second, first]), int(counts[first] + counts[second])
    if both[first, second] < LEAST_SHARE or pairs * _by_chance(*together) > DOUBT:
        return None
    return classes[first], classes[second]


def twins_by_name(images: np.ndarray, names: Sequence[str]) -> tuple[str, str] | None:
    """The same of an array [N, C, H, W] with a class name for each image."""
    classes = sorted(set(names))
    return twins(torch.from_numpy(images), torch.tensor([classes.index(name) for name in names]), classes)


def _some_of_each(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Indices of up to ``MOST`` images, as many of each class."""
    each = [(labels == label).nonzero().flatten() for label in range(classes)]
    return torch.cat([found[evenly(len(found), max(2, MOST // classes))] for found in each])


def _swapped(images: torch.Tensor, own: torch.Tensor, classes: int) -> torch.Tensor:
    """float32 [classes, classes]: images of the first that lie nearer to it, but whose mirror image to the second."""
    straight, mirrored = (_gradients(view) for view in (images, images.flip(3)))
    near, near_mirrored = (_nearest(view, straight, own, classes) for view in (straight, mirrored))
    to_own, mirrored_to_own = (found.gather(1, own[:, None]) for found in (near, near_mirrored))
    swapped = (to_own < near) & (near_mirrored < mirrored_to_own)
    return torch.zeros(classes, classes).index_add(0, own, swapped.float())


def _nearest(seen: torch.Tensor, known: torch.Tensor, own: torch.Tensor, classes: int) -> torch.Tensor:
    """float32 [N, classes]: the distance of each to the nearest of each class, itself excepted; infinite if none is."""
    apart = torch.cdist(seen, known).fill_diagonal_(math.inf)
    return torch.full((len(seen), classes), math.inf).scatter_reduce_(1, own.expand_as(apart), apart, "amin")


def _gradients(images: torch.Tensor) -> torch.Tensor:
    """float32 [N, D]: how strong edges of each orientation are in each cell, roots of shares."""
    grey = F.interpolate(to_float(images), size=(SIDE, SIDE), mode="bilinear", antialias=True).mean(1, keepdim=True)
    around = F.pad(grey, [1] * 4, mode="replicate")
    across, down = around[:, :, 1:-1, 2:] - around[:, :, 1:-1, :-2], around[:, :, 2:, 1:-1] - around[:, :, :-2, 1:-1]
    turn = torch.atan2(down, across) / (2 * math.pi) * ORIENTATIONS % ORIENTATIONS
    strength, lower = torch.hypot(across, down), turn.floor()
    maps = torch.zeros(len(images), ORIENTATIONS, SIDE, SIDE)
    for at, part in ((lower, 1 - (turn - lower)), (lower + 1, turn - lower)):
        maps.scatter_add_(1, at.long() % ORIENTATIONS, strength * part)
    return torch.cat([F.normalize(F.adaptive_avg_pool2d(maps, cells).flatten(1).sqrt()) for cells in CELLS], 1)


def _by_chance(count: int, of: int) -> float:
    """The probability of at least so many if each came with probability ``CHANCE``."""
    numbers = torch.arange(count, of + 1, dtype=torch.float64)
    return float(
        torch.distributions.Binomial(of, torch.tensor(CHANCE, dtype=torch.float64)).log_prob(numbers).exp().sum()
    )
