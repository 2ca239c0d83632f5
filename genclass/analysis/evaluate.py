"""Figures of a model: accuracy, confusion, and distances between sets of images."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from genclass.analysis.metrics import (
    CHUNK,
    accuracy,
    calibration_error,
    confusion,
    frechet_distance,
    predictions,
    reliability,
)
from genclass.data import sources
from genclass.data.imageset import ImageSet, fitted, packed_beside
from genclass.errors import GenClassError
from genclass.files.preprocess import Preprocess
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.models.judge import fits, judge_name, load_judge
from genclass.models.sampler import Sampler


@dataclass(frozen=True)
class EvaluationProgress:
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
    reliability: list[dict] | None = None


def evaluate(folder: Path, dataset: str | None = None) -> dict:
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
    return last.figures or {}


def material(folder: Path, config: dict, dataset: str | None = None) -> ImageSet:
    """The ``ImageSet`` a model is measured on: the named one, else its run's own, else that of its training.

    A classifier's is prepared as everything else that it sees.

    Raises:
        GenClassError: what ``sources.load`` raises.
    """
    own = packed_beside(folder) if dataset is None else None
    side, source = config["image_size"], dataset or config["dataset"]
    found = own or sources.load(source, side, preprocess=Preprocess.of(config))
    return fitted(found, config["channels"], side) if config["kind"] == "classifier" else found


def measuring(folder: Path, imageset: ImageSet) -> Iterator[EvaluationProgress]:
    """``evaluate`` as a generator of ``EvaluationProgress``, on an ``ImageSet``; closed between two reports at will."""
    kind = checkpoint.read_config(folder)["kind"]
    yield from {"classifier": _measuring_classifier, "gan": _measuring_gan}[kind](folder, imageset)


def _measuring_classifier(folder: Path, imageset: ImageSet) -> Iterator[EvaluationProgress]:
    classifier = Classifier.load(folder)
    if imageset.classes != classifier.classes:
        raise GenClassError("other_classes", model=classifier.name, dataset=imageset.name)
    labels, parts = imageset.test_labels.long(), list[torch.Tensor]()
    for chunk in imageset.test_images.split(CHUNK):
        yield EvaluationProgress(CHUNK * len(parts), len(labels))
        parts.append(classifier.logits(chunk))
    logits = torch.cat(parts)
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
    yield EvaluationProgress(len(labels), len(labels), figures, counts, reliability(probabilities, labels))


def judge_of(sampler: Sampler, dataset: str) -> Classifier:
    """``load_judge``, of images as a generator makes them.

    Raises:
        GenClassError: ``no_distance``, or ``other_classes`` where the images are of another size or kind.
    """
    judge = load_judge(dataset)
    if not fits(judge, sampler.config, sampler.classes):
        raise GenClassError("other_classes", model=sampler.name, dataset=dataset)
    return judge


def _measuring_gan(
    folder: Path, imageset: ImageSet, agreement_samples: int = 1000, distance_samples: int = 10_000
) -> Iterator[EvaluationProgress]:
    """By the judge of the data set: does it see the asked class, and how far are the features from real ones."""
    sampler = Sampler.load(folder)
    judge = judge_of(sampler, imageset.name)
    real = imageset.train_images[:distance_samples]
    parts, fake_seen, real_seen = list[torch.Tensor](), list[torch.Tensor](), list[torch.Tensor]()
    for start in range(0, len(real), CHUNK):
        yield EvaluationProgress(start, len(real))
        chunk = real[start : start + CHUNK]
        fake = drawn(sampler, len(chunk), seed=start)
        parts.append(predictions(judge.predict_prepared, fake))
        fake_seen.append(judge.features(fake))
        real_seen.append(judge.features(chunk))
    chosen, labels = torch.cat(parts), torch.from_numpy(sampler.labels({"model": sampler.name, "count": len(real)}))
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
    yield EvaluationProgress(len(real), len(real), figures, counts)


def drawn(sampler: Sampler, count: int, seed: int = 0) -> torch.Tensor:
    """uint8 tensor [count, C, H, W]: samples from ``seed`` on, classes in turn."""
    return torch.from_numpy(sampler.sample({"model": sampler.name, "seed": seed, "count": count})).permute(0, 3, 1, 2)
