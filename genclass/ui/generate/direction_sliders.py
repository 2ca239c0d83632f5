"""Sliders of the directions with a meaning: each with a strip, a label of the visitor's own and a reset."""

from dataclasses import dataclass

import gradio as gr
import numpy as np
import torch

from genclass.files import images
from genclass.models.directions import COUNT
from genclass.ui.common import html
from genclass.ui.common.text import say

REACH = 3.0
SIGMAS = (-3, -2, -1, 0, 1, 2, 3)


@dataclass
class Rows:
    """One row for each direction."""

    groups: list
    labels: list
    strips: list
    sliders: list
    resets: list

    def parts(self):
        """Components in the order of ``updates``."""
        return [*self.groups, *self.sliders]


def build():
    """Lay the rows out; labels are kept by the browser (``page.js``), recipes know the ids only."""
    rows = Rows([], [], [], [], [])
    with gr.Row(elem_classes="gc-axes"):
        for index in range(1, COUNT + 1):
            with gr.Column(elem_classes="gc-axis", elem_id=f"axis-d{index}", min_width=200) as group:
                _build_row(rows, f"d{index}", index)
            rows.groups.append(group)
    return rows


def _build_row(rows, id, index):
    with gr.Row(elem_classes="gc-axis-head"):
        label = gr.Textbox(say("axis", index=index), label=say("axis_label", index=index), interactive=True,
                           show_label=False, container=False, max_lines=1, scale=4, min_width=90, max_length=40,
                           elem_id=f"label-{id}")  # fmt: skip
        reset = gr.Button(say("reset"), size="sm", elem_id=f"reset-{id}", min_width=30, scale=0)
    strip = gr.HTML(elem_id=f"strip-{id}", elem_classes="gc-strip", padding=False)
    slider = gr.Slider(-REACH, REACH, 0, step=0.05, label=say("axis", index=index), elem_id=f"direction-{id}",
                       buttons=[], min_width=120, interactive=True)  # fmt: skip
    for parts, part in zip((rows.labels, rows.strips, rows.sliders, rows.resets), (label, strip, slider, reset)):
        parts.append(part)


def names():
    """What the directions are called until a visitor renames them."""
    return [say("axis", index=index) for index in range(1, COUNT + 1)]


def updates(count, directions):
    """What shows a model's first ``count`` directions, moved as told: ``{"d<i>": σ}``."""
    return [
        *(gr.update(visible=index < count) for index in range(COUNT)),
        *(shown(directions, f"d{index + 1}") for index in range(COUNT)),
    ]


def shown(directions, id):
    """Where a slider stands: at rest too for what links and the web API may move further than it reaches."""
    sigma = directions.get(id, 0)
    return sigma if abs(sigma) <= REACH else 0


def strips(sampler, recipe, chosen):
    """What each direction makes of one image, from -3σ to +3σ, all else as it stands: HTML for each row.

    Args:
        recipe: complete.
        chosen: which of its images.
    """
    z, class_weights = sampler.latents(recipe)[chosen], sampler.class_weights(recipe)
    vectors = list(sampler.directions.items())[:COUNT]
    moved = [z + (sigma - recipe.directions.get(id, 0)) * axis for id, axis in vectors for sigma in SIGMAS]
    spread = None if class_weights is None else class_weights[chosen].expand(len(moved), -1)
    drawn = sampler.draw(torch.stack(moved), spread)
    found = [_strip(part, id) for part, (id, _) in zip(np.split(drawn, len(vectors)), vectors)]
    return found + [""] * (COUNT - len(found))


def _strip(drawn, id):
    png = images.png_bytes(images.sheet(drawn, len(SIGMAS)))
    return html.strip(png, say("strip", id=id), f"{id}.png")
