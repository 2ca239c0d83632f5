"""Classifiers of what avatars have:  python -m benchmarks.attributes [--epochs X] [--out FOLDER] [finder] [judge]

Whether an avatar has glasses, a beard, longer hair … follows from the options that it was drawn with; each question is
asked of the styles alone in which it can be told from the picture. A network learns all of them at once, an output for
each. Two are trained, of different architectures, on different halves of the training images: ``finder``, by which
``benchmarks.directions`` finds directions, and ``judge``, which says what these do. Kept in FOLDER, by default beside
the data sets; tested on the test images. The last line is JSON: the share told right of those that have an attribute
and of those that lack it, on average over both, by attribute and style.
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from genclass import paths
from genclass.data import sources
from genclass.data.avatar_attributes import ATTRIBUTES, IDS, told
from genclass.data.imageset import ABSENT, ImageSet
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.train.classifier import ClassifierTrainer
from genclass.train.presets import PRESETS, ClassifierSettings

AIRNET, CLASSIC = PRESETS["classifier"]["airnet"], PRESETS["classifier"]["classic-cnn"]
NETWORKS = {
    "finder": dataclasses.replace(AIRNET, epochs=4, batch=64, width=16, flip=False),
    "judge": dataclasses.replace(CLASSIC, epochs=4, batch=64),
}


class AttributeTrainer(ClassifierTrainer):
    """An output for each attribute: labels are int8 [N, attributes], ``ABSENT`` where nothing is to be learnt."""

    def _config(self) -> dict[str, Any]:
        return super()._config() | {"independent": True}

    def step(self, step: int) -> dict[str, torch.Tensor]:
        self._set_learning_rates(step)
        self.network.train()
        logits, labels = self.predict_batch(step)
        asked = labels != ABSENT
        loss = F.binary_cross_entropy_with_logits(logits[asked], labels[asked].float())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return {"loss": loss.detach()}


def asked(imageset: ImageSet, part: slice) -> ImageSet:
    """Some training images of a set with attributes, and its test images; labels tell the attributes."""
    known = imageset.attributes
    assert known is not None
    labels = imageset.train_labels[part]
    return dataclasses.replace(
        imageset, classes=IDS, train_images=imageset.train_images[part],
        train_labels=told(known, known.train[part], labels, imageset.classes),
        test_labels=told(known, known.test, imageset.test_labels, imageset.classes), attributes=None,
    )  # fmt: skip


def train(imageset: ImageSet, settings: ClassifierSettings, folder: Path, seed: int = 0) -> Path:
    """Train on ``asked`` and keep the network as a checkpoint."""
    batch = min(settings.batch, len(imageset.train_images))
    total = max(1, round(settings.epochs * (len(imageset.train_images) // batch)))
    trainer = AttributeTrainer(imageset, settings, seed, torch.device("cpu"), total)
    for step in range(total):
        loss = trainer.step(step)["loss"]
        trainer.done = step + 1
        if step % 50 == 0 or trainer.done == total:
            print(f"{folder.name}: step {trainer.done} of {total}, loss {loss:.3f}", flush=True)
    recipe = {"recipe": dataclasses.asdict(settings), "seed": seed, "steps": total}
    config = {**trainer.config, "name": folder.name, "metrics": {}, "training": recipe}
    checkpoint.save(folder, config, trainer.networks())
    return folder


def balanced(predicted: torch.Tensor, labels: torch.Tensor) -> float | None:
    """Mean of the shares told right of those that have an attribute, [N] of 1, and of those that lack it, of 0."""
    shares = [
        (predicted[labels == value] == value).float().mean().item() for value in (0, 1) if (labels == value).any()
    ]
    return sum(shares) / 2 if len(shares) == 2 else None


def tested(folder: Path, imageset: ImageSet, styles: torch.Tensor, names: list[str]) -> list[dict[str, Any]]:
    """A row for each attribute and style: how well a network tells it on the test images of ``asked``."""
    predicted = (Classifier.load(folder).predict_prepared(imageset.test_images) > 0.5).long()
    rows = []
    for index, one in enumerate(ATTRIBUTES):
        for style in one.rules:
            here = styles == names.index(style)
            right = balanced(predicted[here, index], imageset.test_labels[here, index])
            rows.append({"network": folder.name, "attribute": one.id, "style": style, "balanced": right})
    return [row for row in rows if row["balanced"] is not None]


def default_folder() -> Path:
    return paths.data_dir().parent / "attributes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="finder or judge; by default both")
    parser.add_argument("--data", default="avatars")
    parser.add_argument("--epochs", type=float)
    parser.add_argument("--out", type=Path, default=default_folder())
    args = parser.parse_args()
    imageset, rows = sources.load(args.data), []
    for number, (name, settings) in enumerate(NETWORKS.items()):
        if name in (args.networks or NETWORKS):
            half = asked(imageset, slice(number, None, 2))
            settings = dataclasses.replace(settings, epochs=args.epochs or settings.epochs)
            folder = train(half, settings, args.out / name)
            rows += tested(folder, half, imageset.test_labels, imageset.classes)
    for name in IDS:
        for network in NETWORKS:
            of = [row["balanced"] for row in rows if (row["attribute"], row["network"]) == (name, network)]
            if of:
                print(f"| {network} | {name} | {sum(of) / len(of):.1%} |")
    print(json.dumps({"data": args.data, "rows": rows}))


if __name__ == "__main__":
    main()
