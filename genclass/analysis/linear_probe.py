"""Linear classifiers on fixed features: how much of the classes lies in them within reach of a plane.

What a discriminator learned about real images shows in its features, beside raw pixels and an untrained network's.
"""

import torch
import torch.nn.functional as F

from genclass.analysis.metrics import CHUNK, accuracy
from genclass.files.images import to_float
from genclass.networks.protocols import Discriminator

PENALTIES = [10.0 ** (power / 2) for power in range(-8, 5)]  # on feature vectors about 1 long
SIDE = 4


def pixels(images: torch.Tensor) -> torch.Tensor:
    """float32 [N, C·H·W] of uint8 [N, C, H, W], from -1 to 1."""
    return to_float(images).mul(2).sub(1).flatten(1)


@torch.inference_mode()
def discriminator_features(network: Discriminator, images: torch.Tensor) -> torch.Tensor:
    """float32 [N, D]: the maps of each of a discriminator's ``maps``, max-pooled to at most 4×4 (Radford et al., 2016).

    Only what looks at the pixels: the maps of a classifier that some discriminators also see were trained with classes.

    Args:
        network: a discriminator.
        images: uint8 [N, C, H, W].
    """
    seen = []
    for chunk in images.split(CHUNK):
        maps = network.maps(to_float(chunk) * 2 - 1)
        seen.append(torch.cat([F.adaptive_max_pool2d(one, SIDE).flatten(1) for one in maps], 1))
    return torch.cat(seen)


def linear_accuracy(
    features: torch.Tensor, labels: torch.Tensor, test_features: torch.Tensor, test_labels: torch.Tensor, classes: int
) -> float:
    """Test accuracy 0..1 of a linear classifier: ridge regression on one-hot classes.

    Its penalty is the one with the fewest errors when each training image in turn is left out, which has a closed form
    (Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 7.10): nothing is tuned on test images.

    Args:
        features, test_features: float [N, D] and [M, D].
        labels, test_labels: int64 [N] and [M].
    """
    x, test = _scaled(features, test_features)
    targets = F.one_hot(labels, classes).double()
    _, weighed, vectors = _best(x, targets)
    scores = test @ (x.T @ (weighed @ (vectors.T @ targets)))
    return accuracy(scores.argmax(1), test_labels)


def left_out_accuracy(features: torch.Tensor, labels: torch.Tensor, classes: int) -> float:
    """Share 0..1 of images that a linear classifier tells rightly which has not seen them: each is left out in turn.

    The classifier is that of ``linear_accuracy``, with the penalty that suits best.

    Args:
        features: float [N, D].
        labels: int64 [N].
    """
    x, _ = _scaled(features, features[:0])
    return _best(x, F.one_hot(labels, classes).double())[0]


def _best(x: torch.Tensor, targets: torch.Tensor) -> tuple[float, torch.Tensor, torch.Tensor]:
    """(share that is right when left out, W, V) with the best penalty, where (K + penalty)⁻¹ = W @ V.T."""
    values, vectors = torch.linalg.eigh(x @ x.T)
    weighed = [vectors / (values.clamp(min=0) + penalty) for penalty in PENALTIES]
    shares = [_right_left_out(one, vectors, targets) for one in weighed]
    best = max(range(len(shares)), key=shares.__getitem__)
    return shares[best], weighed[best], vectors


def _right_left_out(weighed: torch.Tensor, vectors: torch.Tensor, targets: torch.Tensor) -> float:
    """Share of images that a fit without them tells rightly; such a fit says y - α / (K + penalty)⁻¹ᵢᵢ."""
    dual, diagonal = weighed @ (vectors.T @ targets), (weighed * vectors).sum(1)
    return accuracy((targets - dual / diagonal[:, None]).argmax(1), targets.argmax(1))


def _scaled(features: torch.Tensor, test_features: torch.Tensor) -> list[torch.Tensor]:
    """Both in float64, each feature with mean 0 and deviation 1 over the first, and each image about 1 long, with a 1.

    What hardly varies stays small: a single test image could swamp all else with it. The 1 carries the bias.
    """
    mean, spread = features.mean(0), features.std(0)
    spread = spread.clamp(min=spread.mean() / 4) * features.shape[1] ** 0.5
    return [F.pad(((part - mean) / spread).double(), (0, 1), value=1.0) for part in (features, test_features)]
