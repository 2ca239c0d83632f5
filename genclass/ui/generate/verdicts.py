"""Judgement beside each image: its class to a classifier, its realness to the discriminator, its nearest neighbour."""

from dataclasses import dataclass

import numpy as np

from genclass.files import images
from genclass.models.sampler import sheet_columns
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.text import class_name, say

TOP = 3


@dataclass
class Judged:
    """What is known of the images of a sheet; parts are None where there is no judge of that kind.

    Attributes:
        tops: for each image the likeliest classes, most likely first.
        real: the discriminator's probability that each is real.
        near: the nearest training images, uint8 [N, H, W, C]; ``distances`` of their pixels 0..1.
    """

    drawn: np.ndarray
    asked: list
    judge: object
    tops: list | None
    real: np.ndarray | None
    neighbours: object
    near: np.ndarray | None
    distances: np.ndarray | None


def words(sampler, recipe, chosen):
    """(HTML beside the sheet, HTML of the chosen image in full)."""
    known = _judged(sampler, recipe)
    cells = [_cell(known, index) for index in range(len(known.drawn))]
    wide = sheet_columns(recipe, len(known.drawn))
    return _summary(sampler, known, cells) + html.verdicts(cells, wide), _card(sampler, recipe, known, chosen)


def _judged(sampler, recipe):
    drawn, labels = render.draw(sampler, recipe), sampler.labels(recipe)
    judge, critic, neighbours = (
        model_cache.judge(sampler.config["dataset"]),
        model_cache.critic(sampler),
        model_cache.near(sampler),
    )
    near, distances = (None, None) if neighbours is None else neighbours.nearest(drawn)
    return Judged(
        drawn=drawn,
        asked=[sampler.classes[label] if label >= 0 else None for label in labels],
        judge=judge,
        tops=None if judge is None else [judge.top(row, TOP) for row in judge.predict(drawn)],
        real=None if critic is None else critic.realness(drawn, sampler.class_weights(recipe)),
        neighbours=neighbours,
        near=near,
        distances=distances,
    )


def _cell(known, index):
    best, asked = known.tops and known.tops[index][0], known.asked[index]
    title = [f"{class_name(best['class'])} {best['probability']:.1%}"] if best else []
    title += [say("judge_asked", asked=class_name(asked))] if asked else []
    title += [] if known.real is None else [say("real", share=f"{known.real[index]:.0%}")]
    return {
        "class": best["class"] if best else None,
        "probability": best["probability"] if best else None,
        "right": best["class"] == asked if best and asked else None,
        "real": None if known.real is None else say("real_short", share=f"{known.real[index]:.0%}"),
        "near": None if known.near is None else images.png_bytes(known.near[index]),
        "title": " · ".join(title),
    }


def _summary(sampler, known, cells):
    if known.judge is None:
        return html.note(say("judge_none", dataset=sampler.config["dataset"]))
    asked = [cell for cell in cells if cell["right"] is not None]
    if not asked:
        return html.note(say("judge_sees", judge=known.judge.name), "summary")
    agree = sum(cell["right"] for cell in asked)
    return html.note(say("judge_agrees", judge=known.judge.name, agree=agree, count=len(asked)), "summary")


def _card(sampler, recipe, known, chosen):
    one = sampler.singles(recipe)[chosen]
    png = images.png_bytes(known.drawn[chosen], one.to_json())
    facts = [say("chosen", number=chosen + 1, count=len(known.drawn), seed=one.seed)]
    facts += [say("real", share=f"{known.real[chosen]:.0%}")] if known.real is not None else []
    pictures = [(png, say("generated"), f"{recipe.model}-{one.seed}.png")]
    if known.near is not None:
        apart = say("nearest_one", distance=f"{known.distances[chosen]:.0%}")
        pictures.append((images.png_bytes(known.near[chosen]), apart, "nearest.png"))
        found = known.neighbours
        facts.append(say("searched", searched=f"{len(found.images):,}", total=f"{found.total:,}"))
    else:
        facts.append(say("not_searched"))
    return html.card(pictures, facts, known.tops[chosen] if known.tops else [])
