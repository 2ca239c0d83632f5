"""Sliders of the directions with a meaning: each with a strip, a label of the visitor's own and a reset.

There are ``COUNT`` places for them; ``page.js`` knows which direction of a model stands in which (``axes``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import numpy as np
import torch

from genclass.files import images
from genclass.models.directions import COUNT
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import html, text
from genclass.ui.common.events import WATCH, Parts, parts_of
from genclass.ui.common.text import say

REACH = 3.0
SIGMAS = (-3, -2, -1, 0, 1, 2, 3)


@dataclass
class DirectionSliders:
    """One of each for each direction, in the order of the directions."""

    groups: list[gr.Column] = field(default_factory=list)
    labels: list[gr.Textbox] = field(default_factory=list)
    strips: list[gr.HTML] = field(default_factory=list)
    sliders: list[gr.Slider] = field(default_factory=list)
    resets: list[gr.Button] = field(default_factory=list)


def build() -> DirectionSliders:
    """Lay the sliders out; labels are kept by the browser (``page.js``), recipes know the ids only."""
    panel = DirectionSliders()
    with gr.Row(elem_classes="gc-axes"):
        for index in range(1, COUNT + 1):
            with gr.Column(elem_classes="gc-axis", elem_id=f"axis-d{index}", min_width=200) as group:
                _build_direction(panel, index)
            panel.groups.append(group)
    return panel


def _build_direction(panel: DirectionSliders, index: int) -> None:
    name, id = say("axis", index=index), f"d{index}"
    with gr.Row(elem_classes="gc-axis-head"):
        panel.labels.append(gr.Textbox(name, label=say("axis_label", index=index), interactive=True, show_label=False,
                                       container=False, max_lines=1, scale=4, min_width=90, max_length=40,
                                       elem_id=f"label-{id}"))  # fmt: skip
        panel.resets.append(gr.Button(say("reset"), size="sm", elem_id=f"reset-{id}", min_width=30, scale=0))
    panel.strips.append(gr.HTML(elem_id=f"strip-{id}", elem_classes="gc-strip", padding=False))
    panel.sliders.append(gr.Slider(-REACH, REACH, 0, step=0.05, label=name, elem_id=f"direction-{id}", buttons=[],
                                   min_width=120, interactive=True))  # fmt: skip


def connect(panel: DirectionSliders) -> None:
    """Let each reset put its slider to rest. What a slider does is heard by ``page.js`` itself."""
    for number, (reset, slider) in enumerate(zip(panel.resets, panel.sliders), 1):
        reset.click(None, None, slider, js=f"() => genclass.still('d{number}')", **WATCH)


def shown_parts(panel: DirectionSliders) -> Parts:
    """What ``shown`` fills."""
    return parts_of(panel, "groups", "sliders")


def shown(sampler: Sampler, recipe: Recipe) -> dict[str, Any]:
    """A model's first directions, each as far as a recipe moves it."""
    count, places = len(sampler.directions), zip(axes(sampler), missing(sampler, recipe))
    return {
        "groups": [gr.update(visible=index < count) for index in range(COUNT)],
        "sliders": [
            gr.update(value=position(recipe.directions, id), label=name, interactive=not without)
            for (id, name), without in places
        ],
    }


def offered(sampler: Sampler, recipe: Recipe) -> dict[str, Any]:
    """Sliders that change nothing in the class that a recipe names can't be moved; nothing of a model without such."""
    if not sampler.said.lacking:
        return {}
    return {"sliders": [gr.update(interactive=not without) for without in missing(sampler, recipe)]}


def missing(sampler: Sampler, recipe: Recipe) -> list[bool]:
    """Of each place, whether the classes that a recipe names have none of what its direction changes."""
    lacking, named = sampler.said.lacking, {recipe.class_name, recipe.to_class, *(recipe.mix or ())} - {None}
    return [bool(named) and named <= set(lacking.get(id, ())) for id, _ in axes(sampler)]


def position(directions: Mapping[str, float], id: str) -> float:
    """Where a slider stands: at rest too for what links and the web API may move further than it reaches."""
    sigma = directions.get(id, 0)
    return sigma if abs(sigma) <= REACH else 0


def axes(sampler: Sampler | None) -> list[tuple[str, str]]:
    """(id, name) of what each place shows: its name in the visitor's language, until the visitor gives another."""
    names, ids = (_names(sampler), list(sampler.directions)[:COUNT]) if sampler else ({}, [])
    ids += [f"d{index + 1}" for index in range(len(ids), COUNT)]
    default = (say("axis", index=index) for index in range(1, COUNT + 1))
    return [(id, names.get(id, usual)) for id, usual in zip(ids, default)]


def _names(sampler: Sampler) -> dict[str, str]:
    """``{id: name}`` of the directions that have one in the visitor's language, a class in it as people call it."""
    likes, language = sampler.said.likes, text.language()
    told = {id: names[language] for id, names in sampler.said.names.items() if language in names}
    return {id: name.replace(likes[id], text.class_name(likes[id])) if id in likes else name
            for id, name in told.items()}  # fmt: skip


def strips(sampler: Sampler, recipe: Recipe, chosen: int) -> list[str]:
    """What each direction makes of one image, from -3σ to +3σ, all else as it stands: HTML for each direction; a word
    where it changes nothing.

    Args:
        recipe: complete.
        chosen: which of its images; the first whose class has something of a direction, where that one's has nothing.
    """
    z, class_weights = sampler.latents(recipe), sampler.class_weights(recipe)
    vectors = list(sampler.directions.items())[:COUNT]
    places = [_example(sampler, class_weights, chosen, id) for id, _ in vectors]
    moved = [z[place] + (sigma - recipe.directions.get(id, 0)) * axis
             for place, (id, axis) in zip(places, vectors) for sigma in SIGMAS]  # fmt: skip
    weights = None if class_weights is None else class_weights[places].repeat_interleave(len(SIGMAS), 0)
    drawn = sampler.draw(torch.stack(moved), weights)
    lacks = html.note(say("axis_lacking"), "note gc-lacking")
    parts = zip(np.split(drawn, len(vectors)), vectors, missing(sampler, recipe))
    found = [lacks if without else _strip(part, id) for part, (id, _), without in parts]
    return found + [""] * (COUNT - len(found))


def _example(sampler: Sampler, class_weights: torch.Tensor | None, chosen: int, id: str) -> int:
    """Which image shows what a direction does."""
    lacking = sampler.said.lacking.get(id, ())
    if class_weights is None or not lacking:
        return chosen
    shows = [sampler.classes[label] not in lacking for label in class_weights.argmax(1).tolist()]
    return chosen if shows[chosen] or True not in shows else shows.index(True)


def _strip(drawn: np.ndarray, id: str) -> str:
    png = images.png_bytes(images.sheet(drawn, len(SIGMAS)))
    return html.strip(png, say("strip", id=id))
