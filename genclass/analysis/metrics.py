"""Figures of predictions and features: accuracy, confusion, calibration, Fréchet distance."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

CHUNK = 256
Predict = Callable[[torch.Tensor], torch.Tensor]  # probabilities [N, classes] of uint8 [N, C, H, W]


def probabilities(predict: Predict, images: torch.Tensor) -> torch.Tensor:
    """float32 [N, classes] of many images, uint8 [N, C, H, W], a part of them at a time."""
    return torch.cat([predict(chunk) for chunk in images.split(CHUNK)])


def predictions(predict: Predict, images: torch.Tensor) -> torch.Tensor:
    """int64 tensor [N]: the likeliest class of each image, uint8 [N, C, H, W]."""
    return probabilities(predict, images).argmax(1)


def accuracy(chosen: torch.Tensor, labels: torch.Tensor) -> float:
    """Share 0..1 of ``chosen`` that equal ``labels``, both int64 [N]."""
    return (chosen == labels).double().mean().item()


def confusion(chosen: torch.Tensor, labels: torch.Tensor, classes: int) -> torch.Tensor:
    """int64 [classes, classes]: rows are true classes, columns chosen ones."""
    return torch.bincount(labels * classes + chosen, minlength=classes**2).view(classes, classes)


def calibration_error(probabilities: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> float:
    """Expected calibration error, 0..1 (Guo et al., "On calibration of modern neural networks", 2017).

    How far confidence is from accuracy, in bins of equal width over the confidence, weighted by their images.

    Args:
        probabilities: float [N, classes].
        labels: int64 [N].
    """
    confidence, chosen = probabilities.double().max(1)
    gap = confidence - (chosen == labels).double()
    index = (confidence * bins).long().clamp(max=bins - 1)
    return torch.zeros(bins, dtype=torch.double).index_add(0, index, gap).abs().sum().item() / len(labels)


def reliability(probabilities: torch.Tensor, labels: torch.Tensor, bins: int = 10) -> list[dict]:
    """How right a classifier is where it is how sure.

    Args:
        probabilities: float [N, classes].
        labels: int64 [N].

    Returns:
        For each bin of equal width over the confidence that holds images, in order, ``{"confidence", "accuracy",
        "count"}``: means 0..1 and how many.
    """
    confidence, chosen = probabilities.double().max(1)
    right, index = (chosen == labels).double(), (confidence * bins).long().clamp(max=bins - 1)
    groups = [torch.nonzero(index == number)[:, 0] for number in range(bins)]
    means = lambda values, group: values[group].mean().item()
    return [
        {"confidence": means(confidence, group), "accuracy": means(right, group), "count": len(group)}
        for group in groups
        if len(group)
    ]


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor, low: float = 0.05, high: float = 20.0) -> float:
    """The number that logits are best divided by: least cross-entropy on images that were not trained on (Guo et al.).

    Cross-entropy is convex in its inverse, so that thirds of the interval can be dropped until none is left.
    """
    loss = lambda inverse: F.cross_entropy(logits.double() * inverse, labels).item()
    left, right = 1 / high, 1 / low
    while right - left > 1e-5:
        first, second = left + (right - left) / 3, right - (right - left) / 3
        left, right = (left, second) if loss(first) < loss(second) else (first, right)
    return 2 / (left + right)


def frechet_distance(features: torch.Tensor, others: torch.Tensor) -> float:
    """Fréchet distance of two normal distributions fitted to features, [N, D] and [M, D] (Heusel et al., 2017).

    |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½), in float64.
    """
    first, second = features.double(), others.double()
    cov1, cov2 = torch.cov(first.T), torch.cov(second.T)
    # The product of two positive matrices has real eigenvalues >= 0; what is below comes from rounding.
    cross = torch.linalg.eigvals(cov1 @ cov2).real.clamp(min=0).sqrt().sum()
    return ((first.mean(0) - second.mean(0)).square().sum() + cov1.trace() + cov2.trace() - 2 * cross).item()
