"""What is said of each image: its class to a classifier, its realness to the discriminator, images most like it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from genclass.files import images
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import figures, html, model_cache, render
from genclass.ui.common.text import class_name, say

TOP = 3
NEAREST = 5


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


def judge(sampler: Sampler, recipe: Recipe, chosen: int) -> tuple[str, str]:
    """(HTML beside the sheet, HTML of the chosen image in full)."""
    judged = _judged(sampler, recipe)
    cells = [_cell(judged, index) for index in range(len(judged.drawn))]
    columns = render.shown_columns(recipe, len(judged.drawn))
    verdict = html.verdicts(cells, columns, _summary(sampler, judged, cells))
    return verdict, _card(sampler, recipe, judged, chosen)


def _judged(sampler: Sampler, recipe: Recipe) -> Judged:
    drawn, labels = render.draw(sampler, recipe), sampler.labels(recipe)
    classifier, critic = model_cache.judge(sampler.config["dataset"]), model_cache.critic(sampler)
    return Judged(
        drawn=drawn,
        asked=[sampler.classes[label] if label >= 0 else None for label in labels],
        judge=None if classifier is None else classifier.name,
        tops=[classifier.top(row, TOP) for row in classifier.predict(drawn)] if classifier else [[]] * len(drawn),
        real=None if critic is None else critic.realness(drawn, sampler.class_weights(recipe)),
    )


def _cell(judged: Judged, index: int) -> dict[str, Any]:
    best, asked = next(iter(judged.tops[index]), None), judged.asked[index]
    real = judged.real
    title = [f"{class_name(best['class'])} {best['probability']:.1%}"] if best else []
    title += [say("judge_asked", asked=class_name(asked))] if asked else []
    title += [] if real is None else [say("real", share=f"{real[index]:.0%}")]
    return {
        "class": best["class"] if best else None,
        "probability": best["probability"] if best else None,
        "right": best["class"] == asked if best and asked else None,
        "real": None if real is None else say("real_short", share=f"{real[index]:.0%}"),
        "image": images.png_bytes(judged.drawn[index]),
        "title": " · ".join(title),
    }


def _summary(sampler: Sampler, judged: Judged, cells: list[dict[str, Any]]) -> str:
    if judged.judge is None:
        return say("judge_none", dataset=sampler.config["dataset"])
    asked = [cell for cell in cells if cell["right"] is not None]
    if not asked:
        return say("judge_sees", judge=judged.judge)
    agree = sum(cell["right"] for cell in asked)
    return say("judge_agrees", judge=judged.judge, agree=agree, count=len(asked))


def _card(sampler: Sampler, recipe: Recipe, judged: Judged, chosen: int) -> str:
    one = sampler.singles(recipe)[chosen]
    png = images.png_bytes(judged.drawn[chosen], one.to_json())
    facts = [say("chosen", number=chosen + 1, count=len(judged.drawn), seed=one.seed)]
    facts += [] if judged.real is None else [say("real", share=f"{judged.real[chosen]:.0%}")]
    return html.card([(png, say("generated"))], facts, judged.tops[chosen])


def nearest(sampler: Sampler, recipe: Recipe, chosen: int) -> str:
    """HTML of the training images most like the chosen one, to a classifier's eyes; without one the one by pixels."""
    drawn = render.draw(sampler, recipe)[chosen]
    classifier = model_cache.judge(sampler.config["dataset"])
    known = None if classifier is None else model_cache.training_features(sampler, classifier)
    if classifier is None or known is None:
        return _nearest_by_pixels(sampler, drawn)
    indices, cosines = known.nearest(classifier, torch.from_numpy(drawn).permute(2, 0, 1)[None], NEAREST)
    found = known.imageset.train_images[indices[0]].permute(0, 2, 3, 1).numpy()
    words = say("nearest_seen", judge=classifier.name, searched=f"{len(known):,}",
                total=f"{max(sampler.training_images, len(known)):,}")  # fmt: skip
    return _neighbours(words, found, [f"{cosine:.2f}" for cosine in cosines[0]])


def _nearest_by_pixels(sampler: Sampler, drawn: np.ndarray) -> str:
    known = model_cache.training_images(sampler)
    if known is None:
        return html.note(say("not_searched"))
    found, distances = known.nearest(drawn[None])
    words = say("nearest_pixels", searched=f"{len(known.images):,}", total=f"{known.total:,}")
    return _neighbours(words, found, [say("apart", share=f"{distances[0]:.0%}")])


def _neighbours(words: str, found: np.ndarray, captions: list[str]) -> str:
    pictures = "".join(map(figures.figure, found, captions))
    return f'<div class="gc-near">{html.note(words)}<div>{pictures}</div></div>'
