"""Whether an avatar has glasses, a beard, longer hair …: it follows from the options that it was drawn with.

Each question is asked of the styles alone in which it can be told from the picture.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch

from genclass.data.imageset import ABSENT, Attributes

Rule = Callable[[Mapping[str, str]], bool | None]  # options of an image to whether it has something; None: not told
LUMA = (0.299, 0.587, 0.114)


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
