"""Judgement beside each image: its class to a classifier, its realness to the discriminator, its nearest neighbour."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genclass.files import images
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler, sheet_columns
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.text import class_name, say

TOP = 3


@dataclass(frozen=True)
class Nearest:
    """The nearest training image of each image of a sheet.

    Attributes:
        images: uint8 [N, H, W, C].
        distances: of their pixels, 0..1, float32 [N].
        searched, total: how many images were compared, of how many that the model was trained on.
    """

    images: np.ndarray
    distances: np.ndarray
    searched: int
    total: int


@dataclass(frozen=True)
class Judged:
    """What is known of the images of a sheet; parts are None where there is no judge of that kind.

    Attributes:
        drawn: uint8 [N, H, W, C].
        asked: the class asked of each image, None where none was.
        judge: the name of the classifier.
        tops: for each image its likeliest classes, most likely first; without a classifier none.
        real: the discriminator's probability that each is real, float32 [N].
    """

    drawn: np.ndarray
    asked: list[str | None]
    judge: str | None
    tops: list[list[dict[str, Any]]]
    real: np.ndarray | None
    nearest: Nearest | None


def judge(sampler: Sampler, recipe: Recipe, chosen: int) -> tuple[str, str]:
    """(HTML beside the sheet, HTML of the chosen image in full)."""
    judged = _judged(sampler, recipe)
    cells = [_cell(judged, index) for index in range(len(judged.drawn))]
    columns = sheet_columns(recipe, len(judged.drawn))
    return _summary(sampler, judged, cells) + html.verdicts(cells, columns), _card(sampler, recipe, judged, chosen)


def _judged(sampler: Sampler, recipe: Recipe) -> Judged:
    drawn, labels = render.draw(sampler, recipe), sampler.labels(recipe)
    classifier, critic = model_cache.judge(sampler.config["dataset"]), model_cache.critic(sampler)
    return Judged(
        drawn=drawn,
        asked=[sampler.classes[label] if label >= 0 else None for label in labels],
        judge=None if classifier is None else classifier.name,
        tops=[classifier.top(row, TOP) for row in classifier.predict(drawn)] if classifier else [[]] * len(drawn),
        real=None if critic is None else critic.realness(drawn, sampler.class_weights(recipe)),
        nearest=_nearest(sampler, drawn),
    )


def _nearest(sampler: Sampler, drawn: np.ndarray) -> Nearest | None:
    known = model_cache.training_images(sampler)
    if known is None:
        return None
    near, distances = known.nearest(drawn)
    return Nearest(near, distances, len(known.images), known.total)


def _cell(judged: Judged, index: int) -> dict[str, Any]:
    best, asked = next(iter(judged.tops[index]), None), judged.asked[index]
    real, nearest = judged.real, judged.nearest
    title = [f"{class_name(best['class'])} {best['probability']:.1%}"] if best else []
    title += [say("judge_asked", asked=class_name(asked))] if asked else []
    title += [] if real is None else [say("real", share=f"{real[index]:.0%}")]
    return {
        "class": best["class"] if best else None,
        "probability": best["probability"] if best else None,
        "right": best["class"] == asked if best and asked else None,
        "real": None if real is None else say("real_short", share=f"{real[index]:.0%}"),
        "near": None if nearest is None else images.png_bytes(nearest.images[index]),
        "title": " · ".join(title),
    }


def _summary(sampler: Sampler, judged: Judged, cells: list[dict[str, Any]]) -> str:
    if judged.judge is None:
        return html.note(say("judge_none", dataset=sampler.config["dataset"]))
    asked = [cell for cell in cells if cell["right"] is not None]
    if not asked:
        return html.note(say("judge_sees", judge=judged.judge), "summary")
    agree = sum(cell["right"] for cell in asked)
    return html.note(say("judge_agrees", judge=judged.judge, agree=agree, count=len(asked)), "summary")


def _card(sampler: Sampler, recipe: Recipe, judged: Judged, chosen: int) -> str:
    one = sampler.singles(recipe)[chosen]
    png = images.png_bytes(judged.drawn[chosen], one.to_json())
    facts = [say("chosen", number=chosen + 1, count=len(judged.drawn), seed=one.seed)]
    facts += [] if judged.real is None else [say("real", share=f"{judged.real[chosen]:.0%}")]
    pictures = [(png, say("generated"), f"{recipe.model}-{one.seed}.png")]
    if (nearest := judged.nearest) is None:
        facts.append(say("not_searched"))
    else:
        apart = say("nearest_one", distance=f"{nearest.distances[chosen]:.0%}")
        pictures.append((images.png_bytes(nearest.images[chosen]), apart, "nearest.png"))
        facts.append(say("searched", searched=f"{nearest.searched:,}", total=f"{nearest.total:,}"))
    return html.card(pictures, facts, judged.tops[chosen])
