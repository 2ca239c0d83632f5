"""The closed loop of the two halves: what a classifier learns from a generator, and what a discriminator knows.

Every experiment is a generator of ``ExperimentProgress`` and may be closed between two reports. Classifiers are small
and trained for few steps, all alike: figures are to be compared with one another and with nothing else.
"""

import dataclasses
import functools
import statistics
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import torch

from genclass.analysis import evaluate, linear_probe, metrics
from genclass.data import catalog, sources
from genclass.data.batches import evenly
from genclass.data.imageset import ImageSet, packed_beside
from genclass.errors import GenClassError
from genclass.models import checkpoint
from genclass.models.sampler import Sampler
from genclass.networks.protocols import Discriminator
from genclass.train.classifier import ClassifierTrainer
from genclass.train.presets import AIRNET
from genclass.train.schedules import step_generator

STEPS = 200
SMALL = dataclasses.replace(AIRNET, batch=64, width=8, shift=1)
TRAINING_IMAGES = 2000
TEST_IMAGES = 1000
PROBED = 1000
FEW_REAL = 500
ADDED = (500, 2000)
AGREEMENT_IMAGES, CHUNK = 1000, 250
REPORT_EVERY = 10


@dataclass(frozen=True)
class Outcome:
    """What one way of training reached.

    Attributes:
        trained: what the classifier learned from: ``real``, ``generated``, ``real+500``; for features ``pixels``,
            ``discriminator`` or ``random``.
        tested: ``real`` or ``generated``.
        accuracies: 0..1, one for each seed, in the seeds' order.
    """

    trained: str
    tested: str
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.accuracies)

    @property
    def deviation(self) -> float | None:
        """Sample deviation over the seeds; None of one seed."""
        return statistics.stdev(self.accuracies) if len(self.accuracies) > 1 else None

    def gain(self, other: "Outcome") -> tuple[float, float | None]:
        """(mean, deviation or None) of the differences to another outcome of the same seeds."""
        gains = [mine - theirs for mine, theirs in zip(self.accuracies, other.accuracies)]
        return statistics.fmean(gains), statistics.stdev(gains) if len(gains) > 1 else None


@dataclass(frozen=True)
class ExperimentProgress:
    """One report.

    Attributes:
        done, total: parts of the work, done and to do.
        outcomes: each over the seeds that are done.
        confusion: of ``agreement``, at its end: int64 [classes, classes], asked over recognised.
    """

    done: int
    total: int
    outcomes: list[Outcome] = field(default_factory=list)
    confusion: torch.Tensor | None = None


Reports = Iterator[ExperimentProgress]
Scores = dict[tuple[str, str], list[float]]  # accuracies by what was trained on and tested on
Labelled = tuple[torch.Tensor, torch.Tensor]  # images uint8 [N, C, H, W] and their labels int64 [N]


def material(sampler: Sampler) -> ImageSet:
    """The real images of a generator's data with their classes: its run's own, else the bundled part, else all.

    Raises:
        GenClassError: ``no_images_here``.
    """
    own = sampler.folder and packed_beside(sampler.folder)
    found = own or sources.smallest_at_hand(sampler.config["dataset"])
    if found is None or not found.classes or not len(found.test_images):
        raise GenClassError("no_images_here", dataset=sampler.config["dataset"])
    return found


def agreement(sampler: Sampler, imageset: ImageSet, seeds: Sequence[int]) -> Reports:
    """Asked class against recognised class, over 1,000 samples, by a judge that knows real ones; no use for ``seeds``.

    Raises:
        GenClassError: ``needs_classes``, or as ``evaluate.judge_of``.
    """
    judge = evaluate.judge_of(sampler, imageset.name)
    images, labels = yield from _drawing(sampler, AGREEMENT_IMAGES, 0)
    chosen = metrics.predictions(judge.predict_prepared, images)
    outcome = Outcome(judge.name, "generated", (metrics.accuracy(chosen, labels),))
    counts = metrics.confusion(chosen, labels, len(sampler.classes))
    yield ExperimentProgress(AGREEMENT_IMAGES, AGREEMENT_IMAGES, [outcome], counts)


def transfer(sampler: Sampler, imageset: ImageSet, seeds: Sequence[int]) -> Reports:
    """Trained on real or generated images, as many of each, and tested on both; other real ones for each seed."""
    count = min(TRAINING_IMAGES, len(imageset.train_images))
    images, labels = yield from _drawing(sampler, count + TEST_IMAGES, len(seeds) * 2 * STEPS)
    training = {
        "real": lambda seed: _some(imageset, count, seed),
        "generated": lambda seed: (images[:count], labels[:count]),
    }
    tests = {"real": _test(imageset), "generated": (images[count:], labels[count:])}
    yield from _compare(imageset, training, tests, seeds, count + TEST_IMAGES)


def extension(sampler: Sampler, imageset: ImageSet, seeds: Sequence[int]) -> Reports:
    """A small set of real images alone, and with generated ones beside it; as many steps for each."""
    drawn = yield from _drawing(sampler, max(ADDED), len(seeds) * (1 + len(ADDED)) * STEPS)
    training = {
        f"real+{added}" if added else "real": functools.partial(_extended, imageset, drawn, added)
        for added in (0, *ADDED)
    }
    yield from _compare(imageset, training, {"real": _test(imageset)}, seeds, max(ADDED))


def _extended(imageset: ImageSet, drawn: Labelled, added: int, seed: int) -> Labelled:
    """A few real images and so many of those that were drawn."""
    real = _some(imageset, min(FEW_REAL, len(imageset.train_images)), seed)
    images, labels = (torch.cat([part, more[:added]]) for part, more in zip(real, drawn))
    return images, labels


def features(sampler: Sampler, imageset: ImageSet, seeds: Sequence[int]) -> Reports:
    """A linear classifier on the discriminator's features, beside raw pixels and an untrained discriminator.

    Raises:
        GenClassError: ``no_discriminator`` where the model came without it.
    """
    learned = _discriminator(sampler)
    test = _test(imageset)
    found: Scores = {}
    for number, seed in enumerate(seeds):
        ways: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
            "pixels": linear_probe.pixels,
            "random": functools.partial(linear_probe.discriminator_features, _untrained(sampler, seed)),
            "discriminator": functools.partial(linear_probe.discriminator_features, learned),
        }
        images, labels = _some(imageset, min(PROBED, len(imageset.train_images)), seed)
        for part, (name, see) in enumerate(ways.items()):
            yield ExperimentProgress(number * len(ways) + part, len(seeds) * len(ways), _outcomes(found))
            score = linear_probe.linear_accuracy(see(images), labels, see(test[0]), test[1], len(imageset.classes))
            found.setdefault((name, "real"), []).append(score)
    yield ExperimentProgress(len(seeds) * len(found), len(seeds) * len(found), _outcomes(found))


def _discriminator(sampler: Sampler) -> Discriminator:
    if sampler.folder is None or "discriminator.safetensors" not in sampler.config["sha256"]:
        raise GenClassError("no_discriminator", model=sampler.name)
    return cast(Discriminator, checkpoint.load_network(sampler.folder, "discriminator")[0])


def _untrained(sampler: Sampler, seed: int) -> Discriminator:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return cast(Discriminator, checkpoint.build(sampler.config, "discriminator").eval())


def _drawing(sampler: Sampler, count: int, rest: int) -> Generator[ExperimentProgress, None, Labelled]:
    """Samples from seed 0 on, with a report every few; ``rest``: the work that follows, an image being worth a step.

    Returns:
        (uint8 [count, C, H, W], int64 [count]): images and the classes that were asked for, in turn.

    Raises:
        GenClassError: ``needs_classes``.
    """
    parts = []
    for start in range(0, count, CHUNK):
        yield ExperimentProgress(start, count + rest)
        parts.append(_generated(weakref.ref(sampler), min(CHUNK, count - start), start))
    images, labels = (torch.cat(part) for part in zip(*parts))
    return images, labels


def _compare(
    imageset: ImageSet,
    training: Mapping[str, Callable[[int], Labelled]],
    tests: dict[str, Labelled],
    seeds: Sequence[int],
    done: int,
) -> Reports:
    """Train on what each of ``training`` gives for each seed and test on each of ``tests``.

    Args:
        done: of the work, as reports count it.
    """
    found: Scores = {}
    total = done + len(seeds) * len(training) * STEPS
    for seed in seeds:
        for trained, images_for in training.items():
            trainer = _trainer(imageset, *images_for(seed), seed)
            for step in range(STEPS):
                if step % REPORT_EVERY == 0:
                    yield ExperimentProgress(done + step, total, _outcomes(found))
                trainer.step(step)
            done += STEPS
            for tested, (images, labels) in tests.items():
                chosen = metrics.predictions(trainer.predict, images)
                found.setdefault((trained, tested), []).append(metrics.accuracy(chosen, labels))
    yield ExperimentProgress(total, total, _outcomes(found))


def _outcomes(found: Scores) -> list[Outcome]:
    return [Outcome(trained, tested, tuple(scores)) for (trained, tested), scores in found.items()]


def _trainer(imageset: ImageSet, images: torch.Tensor, labels: torch.Tensor, seed: int) -> ClassifierTrainer:
    """A small classifier's trainer on these images, without a test part, which it would never look at."""
    settings = dataclasses.replace(SMALL, flip=catalog.is_mirrored(imageset.name))
    chosen = ImageSet(imageset.name, imageset.classes, images, labels, images[:0], labels[:0])
    return ClassifierTrainer(chosen, settings, seed, torch.device("cpu"), STEPS)


def _some(imageset: ImageSet, count: int, seed: int) -> Labelled:
    """(images, int64 labels): ``count`` of the training part, drawn by ``seed``."""
    order = torch.randperm(len(imageset.train_images), generator=step_generator(seed, 5))[:count]
    return imageset.train_images[order], imageset.train_labels[order].long()


def _test(imageset: ImageSet) -> Labelled:
    """(images, int64 labels): up to 1,000 of the test part, evenly spread."""
    index = evenly(len(imageset.test_images), TEST_IMAGES)
    return imageset.test_images[index], imageset.test_labels[index].long()


@functools.lru_cache(maxsize=16)
def _generated(model: "weakref.ref[Sampler]", count: int, start: int) -> Labelled:
    """(images, int64 labels) of the samples from seed ``start`` on; remembered: every experiment begins at 0.

    Args:
        model: weak, or it would stay in memory for this.
    """
    sampler = cast(Sampler, model())
    if not sampler.classes:
        raise GenClassError("needs_classes", model=sampler.name)
    labels = torch.from_numpy(sampler.labels({"model": sampler.name, "seed": start, "count": count}))
    return evaluate.drawn(sampler, count, start), labels


EXPERIMENTS = {"agreement": agreement, "transfer": transfer, "extension": extension, "features": features}
