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
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F

from genclass import paths
from genclass.data import sources
from genclass.data.imageset import ABSENT, Attributes, ImageSet
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.train.classifier import ClassifierTrainer
from genclass.train.settings import PRESETS, ClassifierSettings

Rule = Callable[[Mapping[str, str]], bool | None]  # options of an image to whether it has something; None: not told
LUMA = (0.299, 0.587, 0.114)
AIRNET, CLASSIC = PRESETS["classifier"]["airnet"], PRESETS["classifier"]["classic-cnn"]
NETWORKS = {
    "finder": dataclasses.replace(AIRNET, epochs=4, batch=64, width=16, flip=False),
    "judge": dataclasses.replace(CLASSIC, epochs=4, batch=64),
}


class Attribute(NamedTuple):
    """Something that an image has or lacks.

    Attributes:
        id: of its direction.
        names: what more of it is called, by language.
        rules: of each style in which it can be told.
    """

    id: str
    names: dict[str, str]
    rules: Mapping[str, Rule]


def has(option: str, values: str = ".+", hidden: str = "") -> Rule:
    """Whether an option is one of some values; without it the image has none.

    Args:
        values, hidden: regular expressions; of what matches the latter nothing can be told.
    """

    def rule(options: Mapping[str, str]) -> bool | None:
        value = options.get(option, "")
        return None if hidden and re.fullmatch(hidden, value) else bool(re.fullmatch(values, value))

    return rule


def coloured(option: str, way: Callable[[float, float, float], bool], bald: str = "") -> Rule:
    """Whether a colour is such, where hair isn't of a kind that doesn't show it."""

    def rule(options: Mapping[str, str]) -> bool | None:
        if option not in options or bald and re.fullmatch(bald, options.get("hair", "")):
            return None
        red, green, blue = bytes.fromhex(options[option][1:7])
        return way(red, green, blue)

    return rule


def lighter(than: float) -> Callable[[float, float, float], bool]:
    return lambda *rgb: sum(share * value for share, value in zip(LUMA, rgb)) > 255 * than


def _of_each(styles: str, rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys(styles.split(), rule)


LONG_PEEPS = "(bangs|cornrows|dreads1|long|medium).*"
SMILING_PEEPS = "(smile|lovingGrin|cheeky|cute|eatingHappy).*"
SMILING_ADVENTURER = "variant(01|05|2[2-9]|30)"
LIGHT_SKIN = coloured("skin-colour", lighter(0.55))
LIGHT_HAIR = coloured("hair-colour", lighter(0.5), "mrClean|dougFunny|turban|bald|beanie|cap|shavedHead|buzzcut")
ATTRIBUTES = (
    Attribute(
        "glasses",
        {"en": "glasses", "zh": "眼镜"},
        {
            **_of_each("adventurer micah pixel-art", has("glasses")),
            **_of_each("big-smile open-peeps", has("accessories", "(sun)?glasses.*")),
            **_of_each("personas fun-emoji", has("eyes", "glasses|sunglasses|shades")),
        },
    ),
    Attribute(
        "beard",
        {"en": "beard", "zh": "胡子"},
        {
            **_of_each("micah personas toon-head open-peeps pixel-art", has("beard")),
            "big-smile": has("accessories", "mustache"),
            "adventurer": has("cheeks", "mustache"),
        },
    ),
    Attribute(
        "hair-length",
        {"en": "longer hair", "zh": "头发更长"},
        {
            **_of_each("adventurer pixel-art", has("hair", r"long\d+")),
            "big-smile": has("hair", "bangs|braids|curlyBob|straightHair|wavyBob"),
            "micah": has("hair", "full|pixie", "turban"),
            "personas": has("hair", "bobBangs|bobCut|curly|extraLong|long|pigtails|sideShave"),
            "toon-head": has("rear-hair"),
            "open-peeps": has("hair", LONG_PEEPS, "bear|hijab|turban|hat.*"),
        },
    ),
    Attribute(
        "hair-colour",
        {"en": "lighter hair", "zh": "发色更浅"},
        _of_each("adventurer big-smile micah personas toon-head pixel-art", LIGHT_HAIR),
    ),
    Attribute(
        "skin-colour",
        {"en": "lighter skin", "zh": "肤色更浅"},
        _of_each("adventurer big-smile micah personas toon-head open-peeps pixel-art", LIGHT_SKIN),
    ),
    Attribute(
        "smile",
        {"en": "smile", "zh": "微笑"},
        {
            "adventurer": has("mouth", SMILING_ADVENTURER),
            "big-smile": has("mouth", ".*Smile|braces|kawaii"),
            "micah": has("mouth", "laughing|smile|smirk"),
            "personas": has("mouth", "bigSmile|smile|smirk", "pacifier"),
            "toon-head": has("mouth", "laugh|smile"),
            "fun-emoji": has("mouth", "wideSmile|lilSmile|smile.*|cute|tongueOut", "faceMask"),
            "open-peeps": has("expression", SMILING_PEEPS),
            "pixel-art": has("mouth", r"happy\d+"),
            "critters": has("mouth", "grin|laugh|smile|smirk|tinySmile|tongue"),
            "sprouts": has("mouth", "grin|smile|tinySmile|tongue|tooth"),
        },
    ),
    Attribute(
        "background",
        {"en": "warmer background", "zh": "背景更暖"},
        _of_each("fun-emoji critters sprouts", coloured("background", lambda red, _, blue: red > blue)),
    ),
)
IDS = [one.id for one in ATTRIBUTES]


def told(known: Attributes, codes: torch.Tensor, labels: torch.Tensor, styles: list[str]) -> torch.Tensor:
    """int8 [N, attributes]: whether each image has each of ``ATTRIBUTES``; ``ABSENT`` where that can't be told.

    Args:
        codes: of the options, [N, options], as ``known.train``.
        labels: of the styles, [N].
    """
    found = [
        _told_of({name: values[code] for (name, values), code in zip(known.values.items(), row) if code != ABSENT},
                 styles[label])
        for row, label in zip(codes.tolist(), labels.tolist())
    ]  # fmt: skip
    return torch.tensor(found, dtype=torch.int8)


def _told_of(options: Mapping[str, str], style: str) -> list[int]:
    answers = (one.rules[style](options) if style in one.rules else None for one in ATTRIBUTES)
    return [ABSENT if answer is None else int(answer) for answer in answers]


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
