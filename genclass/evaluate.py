"""Figures of a model: accuracy, confusion, and distances between sets of images."""

import torch
import torch.nn.functional as F

from genclass import checkpoint, data
from genclass.classify import Classifier
from genclass.errors import GenClassError
from genclass.sample import Sampler

CHUNK = 256


def probabilities(predict, images):
    """float32 [N, classes] of many images, a part of them at a time.

    Args:
        predict: probabilities [N, classes] from uint8 [N, C, H, W].
    """
    return torch.cat([predict(chunk) for chunk in images.split(CHUNK)])


def predictions(predict, images):
    """int64 tensor [N]: the likeliest class of each image; arguments as of ``probabilities``."""
    return probabilities(predict, images).argmax(1)


def accuracy(chosen, labels):
    """Share 0..1 of ``chosen`` that equal ``labels``, both int64 [N]."""
    return (chosen == labels).double().mean().item()


def confusion(chosen, labels, classes):
    """int64 [classes, classes]: rows are true classes, columns chosen ones."""
    return torch.bincount(labels * classes + chosen, minlength=classes**2).view(classes, classes)


def calibration_error(probabilities, labels, bins=15):
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


def fit_temperature(logits, labels, low=0.05, high=20.0):
    """The number that logits are best divided by: least cross-entropy on images that were not trained on (Guo et al.).

    Cross-entropy is convex in its inverse, so that thirds of the interval can be dropped until none is left.
    """
    loss = lambda inverse: F.cross_entropy(logits.double() * inverse, labels).item()
    left, right = 1 / high, 1 / low
    while right - left > 1e-5:
        first, second = left + (right - left) / 3, right - (right - left) / 3
        left, right = (left, second) if loss(first) < loss(second) else (first, right)
    return 2 / (left + right)


def frechet_distance(features, others):
    """Fréchet distance of two normal distributions fitted to features, [N, D] and [M, D] (Heusel et al., 2017).

    |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½), in float64.
    """
    first, second = features.double(), others.double()
    cov1, cov2 = torch.cov(first.T), torch.cov(second.T)
    # The product of two positive matrices has real eigenvalues >= 0; what is below comes from rounding.
    cross = torch.linalg.eigvals(cov1 @ cov2).real.clamp(min=0).sqrt().sum()
    return ((first.mean(0) - second.mean(0)).square().sum() + cov1.trace() + cov2.trace() - 2 * cross).item()


def evaluate(folder, dataset=None):
    """The figures of a model.

    Args:
        folder: its checkpoint folder.
        dataset: data set to measure on, by default the one it was trained on.

    Returns:
        For a classifier ``{"model", "data", "accuracy", "samples", "calibration_error", "per_class"}``; for a GAN
        ``class_agreement`` (None without classes) with ``judge``, and ``frechet_<judge>`` as ``{"value", "samples"}``.

    Raises:
        GenClassError: ``unknown_dataset``, ``download_failed``, ``other_classes`` or ``no_distance``.
    """
    config = checkpoint.read_config(folder)
    measure = {"classifier": evaluate_classifier, "gan": evaluate_gan}[config["kind"]]
    return {"model": config["name"], **measure(folder, dataset or config["dataset"])}


def evaluate_classifier(folder, dataset):
    classifier = Classifier.load(folder)
    imageset = data.load(dataset, classifier.image_size)
    if imageset.classes != classifier.classes:
        raise GenClassError("other_classes", model=classifier.name, dataset=dataset)
    labels = imageset.test_labels.long()
    logits = classifier.logits(imageset.test_images)
    chosen = logits.argmax(1)
    counts = confusion(chosen, labels, len(classifier.classes))
    recall = (counts.diag() / counts.sum(1).clamp(min=1)).tolist()
    return {
        "data": imageset.name,
        "accuracy": accuracy(chosen, labels),
        "samples": len(labels),
        "calibration_error": calibration_error((logits / classifier.temperature).softmax(1), labels),
        "per_class": dict(zip(classifier.classes, recall)),
    }


def judge_name(dataset):
    """Name of the shipped classifier that judges images like those of a data set: ``<data set>-airnet``.

    Raises:
        GenClassError: ``no_distance`` where none is shipped.
    """
    name = f"{data.MINI.get(dataset, dataset)}-airnet"
    if not (checkpoint.SHIPPED / name / "config.json").exists():
        raise GenClassError("no_distance", dataset=dataset)
    return name


def evaluate_gan(folder, dataset, agreement_samples=1000, distance_samples=10_000):
    """A GAN's figures by the judge of its data set: does it see the asked class, and how far are the features."""
    sampler = Sampler.load(folder)
    judge = Classifier.load(checkpoint.find_named(judge_name(dataset)))
    real = data.load(dataset).train_images[:distance_samples]
    recipe = {"model": sampler.name, "count": len(real)}
    fake = torch.from_numpy(sampler.sample(recipe)).permute(0, 3, 1, 2)
    labels = torch.from_numpy(sampler.labels(recipe))[:agreement_samples]
    chosen = predictions(judge.predict_prepared, fake[:agreement_samples])
    distance = frechet_distance(judge_features(judge, fake), judge_features(judge, real))
    return {
        "data": dataset,
        "judge": judge.name,
        "class_agreement": accuracy(chosen, labels) if sampler.classes else None,
        f"frechet_{judge.name}": {"value": distance, "samples": len(real)},
    }


@torch.inference_mode()
def judge_features(judge, images):
    """float32 [N, D]: what the judge's last layer sees of uint8 [N, C, H, W]."""
    return torch.cat([judge.network.features(judge.normalise(chunk)) for chunk in images.split(CHUNK)])
