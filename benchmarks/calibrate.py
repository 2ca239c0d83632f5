"""Calibrate a shipped classifier by its twin:  python -m benchmarks.calibrate TWIN_RUN_DIR NAME

The twin has the same recipe and was kept from some training images:

    python -m genclass train classifier --data cifar10 --set holdout=5000 ... --out runs/twin

A model that was trained for less than an epoch is its own twin: TWIN_RUN_DIR is its folder.

On those images the temperature is fitted, and the limits are set above which an image is called unlike the training
data: so that few of them are, as long as nearly all of what is strange still is; else at most one in twenty. Both go
into the config.json of checkpoints/NAME. Other scores than the chosen one are measured beside it; the last table is of
the shipped model, on images that played no part in all this.
"""

import argparse
import json
from pathlib import Path

import torch
import torch.nn.functional as F

from genclass import paths
from genclass.analysis import unfamiliar
from genclass.analysis.metrics import accuracy, calibration_error, fit_temperature
from genclass.analysis.nearest import unit_features
from genclass.data import sources
from genclass.data.imageset import hold_out
from genclass.models import store
from genclass.models.classifier import Classifier, energy
from genclass.train.schedules import Order

STRANGERS = ("cifar10", "fashion-mnist", "mnist", "avatars")
FEWER = (0.01, 0.02)  # enough where what is strange is told apart so well
CAUGHT = 0.95  # of each kind of strangers
HELD = 5000  # images at most, where none were set aside
OTHERS = 1000  # images of each other set
BANK = 10_000  # training images for the score by nearest neighbours


def held_out(twin):
    """(images, labels, the set without them) that the twin was kept from, or did not come to."""
    training, imageset = twin.config["training"], sources.load(twin.config["dataset"])
    if training["recipe"]["holdout"]:
        imageset = hold_out(imageset, training["recipe"]["holdout"])
        return imageset.test_images, imageset.test_labels.long(), imageset.train_images
    seen = seen_by(training, len(imageset.train_images))
    left = (~seen).nonzero()[:, 0]
    held = left[torch.randperm(len(left), generator=torch.Generator().manual_seed(0))[:HELD]]
    return imageset.train_images[held], imageset.train_labels[held].long(), imageset.train_images[seen]


def seen_by(training, count):
    """Which of its training images a model has seen, bool [count]."""
    order, seen = Order(count, training["recipe"]["batch"], training["seed"]), torch.zeros(count, dtype=torch.bool)
    for step in range(training["steps"]):
        seen[order.indices(step)[1]] = True
    return seen


def as_seen(images, classifier):
    """Images of another set in the size and colours that the classifier takes."""
    return classifier.prepare(images.permute(0, 2, 3, 1).contiguous().numpy())


def strangers(classifier, part):
    """``{name: uint8 [N, C, S, S]}`` of what the classifier has never seen: other data sets, noise, blots.

    Args:
        part: ``train`` (to choose a score by) or ``test`` (to report).
    """
    shape = (OTHERS, classifier.channels, classifier.image_size, classifier.image_size)
    generator = torch.Generator().manual_seed(len(part))
    blots = F.interpolate(torch.rand(*shape[:2], 4, 4, generator=generator), shape[2:], mode="bicubic").clamp(0, 1)
    names = [name for name in STRANGERS if name != classifier.config["dataset"]]
    sets = {name: as_seen(getattr(sources.load(name), f"{part}_images")[:OTHERS], classifier) for name in names}
    noise = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
    return {**sets, "noise": noise, "blots": (blots * 255).to(torch.uint8)}


def scores(classifier, bank):
    """Scores that are high for strange images: ``{name: images -> float [N]}``.

    Energy (Liu et al., 2020), the largest probability (Hendrycks & Gimpel, 2017), and the distance to the 50th nearest
    of the training images in feature space (Sun et al., 2022).
    """
    known = unit_features(classifier, bank)
    return {
        "energy": lambda images: energy(classifier.logits(images)),
        "probability": lambda images: -classifier.logits(images).softmax(1).amax(1),
        "neighbours": lambda images: -(unit_features(classifier, images) @ known.T).topk(50).values[:, -1],
    }


def compare(twin, held, bank, others):
    """``{score: {strangers: share flagged}}`` at limits that flag 5 % of the held-out images; the chosen score last."""
    found = {}
    for name, score in scores(twin, bank).items():
        limit = score(held).quantile(1 - unfamiliar.FLAGGED)
        found[name] = {key: (score(images) > limit).float().mean().item() for key, images in others.items()}
    found["energy, roughness"] = caught(twin, unfamiliar.limits(twin, held), others)
    return found


def caught(twin, out_of_distribution, others):
    """Shares flagged of strangers by limits as ``unfamiliar.limits`` gives them."""
    judge = Classifier(twin.network, {**twin.config, "unfamiliar": out_of_distribution})
    return {key: share_flagged(judge, images) for key, images in others.items()}


def fewest(twin, held, others):
    """The smallest share of held-out images that has to be flagged so that nearly all strangers are."""
    found = {share: caught(twin, unfamiliar.limits(twin, held, flagged=share), others) for share in FEWER}
    return next((share for share in FEWER if min(found[share].values()) >= CAUGHT), unfamiliar.FLAGGED)


def share_flagged(classifier, images):
    return classifier.answer(images)[1].float().mean().item()


def calibration(classifier, images, labels):
    """(accuracy, expected calibration error before, after the temperature)."""
    logits = classifier.logits(images)
    before, after = (calibration_error((logits / t).softmax(1), labels) for t in (1, classifier.temperature))
    return accuracy(logits.argmax(1), labels), before, after


def write(name, temperature, out_of_distribution):
    """Put both into the shipped checkpoint's config.json."""
    path = paths.SHIPPED / name / "config.json"
    config = json.loads(path.read_text()) | {"temperature": temperature, "unfamiliar": out_of_distribution}
    path.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def report(classifier):
    """Figures of the shipped model on the test set and on strangers, none of which were used before."""
    imageset = sources.load(classifier.config["dataset"])
    share, before, after = calibration(classifier, imageset.test_images, imageset.test_labels.long())
    flagged = {key: share_flagged(classifier, images) for key, images in strangers(classifier, "test").items()}
    return {
        "accuracy": share,
        "calibration_error": {"before": before, "after": after},
        "flagged": {"test set": share_flagged(classifier, imageset.test_images), **flagged},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("twin", type=Path, metavar="TWIN_RUN_DIR")
    parser.add_argument("name", metavar="NAME")
    args = parser.parse_args()
    twin = Classifier.load(store.find(args.twin))
    held, labels, rest = held_out(twin)
    value = fit_temperature(twin.logits(held), labels)
    how = f"least cross-entropy on {len(held)} held-out training images, by a network that never saw them"
    others = strangers(twin, "train")
    found = compare(twin, held, rest[:BANK], others)
    for score, flagged in found.items():
        print(f"{score:20}" + "".join(f"{key} {share:.1%}  " for key, share in flagged.items()))
    write(
        args.name, {"value": value, "measured": how}, unfamiliar.limits(twin, held, flagged=fewest(twin, held, others))
    )
    figures = report(Classifier.load(store.find_named(args.name)))
    print(f"temperature {value:.3f}; {args.name}: {figures}")
    print(json.dumps({"name": args.name, "temperature": value, "scores": found, **figures}))


if __name__ == "__main__":
    main()
