"""Figures of a model: accuracy, confusion, and distances between sets of images."""

from dataclasses import dataclass

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


def reliability(probabilities, labels, bins=10):
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


@dataclass(frozen=True)
class Progress:
    """How far a measurement is.

    Attributes:
        done, total: images measured and to measure.
        figures: what ``evaluate`` returns, with the last report only.
        confusion: int64 [classes, classes], with the last report only and where there are classes: rows are the true
            (of a GAN: asked) classes, columns those recognised.
        reliability: ``reliability()`` of a classifier, with the last report only.
    """

    done: int
    total: int
    figures: dict | None = None
    confusion: torch.Tensor | None = None
    reliability: list | None = None


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
    if config["kind"] == "gan":
        judge_name(dataset or config["dataset"])  # before anything is downloaded in vain
    *_, last = measuring(folder, material(folder, config, dataset))
    return last.figures


def material(folder, config, dataset=None):
    """The ``ImageSet`` a model is measured on: the named one, else its run's own, else that of its training.

    Raises:
        GenClassError: what ``data.load`` raises.
    """
    own = data.packed_beside(folder) if dataset is None else None
    return own or data.load(dataset or config["dataset"], config["image_size"])


def measuring(folder, imageset):
    """``evaluate`` as a generator of ``Progress``, on a ``data.ImageSet``; it may be closed between two reports."""
    kind = checkpoint.read_config(folder)["kind"]
    yield from {"classifier": _measuring_classifier, "gan": _measuring_gan}[kind](folder, imageset)


def _measuring_classifier(folder, imageset):
    classifier = Classifier.load(folder)
    if imageset.classes != classifier.classes:
        raise GenClassError("other_classes", model=classifier.name, dataset=imageset.name)
    labels, logits = imageset.test_labels.long(), []
    for chunk in imageset.test_images.split(CHUNK):
        yield Progress(CHUNK * len(logits), len(labels))
        logits.append(classifier.logits(chunk))
    logits = torch.cat(logits)
    chosen, probabilities = logits.argmax(1), (logits / classifier.temperature).softmax(1)
    counts = confusion(chosen, labels, len(classifier.classes))
    recall = (counts.diag() / counts.sum(1).clamp(min=1)).tolist()
    figures = {
        "model": classifier.name,
        "data": imageset.name,
        "accuracy": accuracy(chosen, labels),
        "samples": len(labels),
        "calibration_error": calibration_error(probabilities, labels),
        "per_class": dict(zip(classifier.classes, recall)),
    }
    yield Progress(len(labels), len(labels), figures, counts, reliability(probabilities, labels))


def judge_name(dataset):
    """Name of the shipped classifier that judges images like those of a data set: ``<data set>-airnet``.

    Raises:
        GenClassError: ``no_distance`` where none is shipped.
    """
    name = f"{data.MINI.get(dataset, dataset)}-airnet"
    if not (checkpoint.SHIPPED / name / "config.json").exists():
        raise GenClassError("no_distance", dataset=dataset)
    return name


def load_judge(dataset):
    """The ``Classifier`` of ``judge_name``.

    Raises:
        GenClassError: ``no_distance``.
    """
    return Classifier.load(checkpoint.find_named(judge_name(dataset)))


def judge_of(sampler, dataset):
    """``load_judge``, of images as a generator makes them.

    Raises:
        GenClassError: ``no_distance``, or ``other_classes`` where the images are of another size or kind.
    """
    judge = load_judge(dataset)
    fits = all(sampler.config[key] == judge.config[key] for key in ("channels", "image_size"))
    if not fits or sampler.classes not in ([], judge.classes):
        raise GenClassError("other_classes", model=sampler.name, dataset=dataset)
    return judge


def _measuring_gan(folder, imageset, agreement_samples=1000, distance_samples=10_000):
    """By the judge of the data set: does it see the asked class, and how far are the features from real ones."""
    sampler = Sampler.load(folder)
    judge = judge_of(sampler, imageset.name)
    real = imageset.train_images[:distance_samples]
    chosen, fake_seen, real_seen = [], [], []
    for start in range(0, len(real), CHUNK):
        yield Progress(start, len(real))
        chunk = real[start : start + CHUNK]
        fake = drawn(sampler, len(chunk), seed=start)
        chosen.append(predictions(judge.predict_prepared, fake))
        fake_seen.append(judge_features(judge, fake))
        real_seen.append(judge_features(judge, chunk))
    chosen, labels = torch.cat(chosen), torch.from_numpy(sampler.labels({"model": sampler.name, "count": len(real)}))
    agreed = accuracy(chosen[:agreement_samples], labels[:agreement_samples]) if sampler.classes else None
    distance = frechet_distance(torch.cat(fake_seen), torch.cat(real_seen))
    figures = {
        "model": sampler.name,
        "data": imageset.name,
        "judge": judge.name,
        "class_agreement": agreed,
        f"frechet_{judge.name}": {"value": distance, "samples": len(real)},
    }
    counts = confusion(chosen, labels, len(judge.classes)) if sampler.classes else None
    yield Progress(len(real), len(real), figures, counts)


def drawn(sampler, count, seed=0):
    """uint8 tensor [count, C, H, W]: samples from ``seed`` on, classes in turn."""
    return torch.from_numpy(sampler.sample({"model": sampler.name, "seed": seed, "count": count})).permute(0, 3, 1, 2)


@torch.inference_mode()
def judge_features(judge, images):
    """float32 [N, D]: what the judge's last layer sees of uint8 [N, C, H, W]."""
    return torch.cat([judge.network.features(judge.normalise(chunk)) for chunk in images.split(CHUNK)])
