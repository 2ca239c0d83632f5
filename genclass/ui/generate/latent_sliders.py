"""Sliders that move raw dimensions of a latent, a page of them at a time.

The same sliders serve for every page: a browser has to know each component of a page from its first moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from genclass.errors import check_number
from genclass.ui.common.events import LIVE, NETWORKS, Parts, answers, parts_of, safely
from genclass.ui.generate import browser_request, direction_sliders
from genclass.ui.generate.direction_sliders import REACH

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab

PAGE = 16


@dataclass
class LatentSliders:
    """The dropdown that chooses the page, and its sliders."""

    pages: gr.Dropdown
    sliders: list[gr.Slider]


def build() -> LatentSliders:
    """Lay the sliders out."""
    pages = gr.Dropdown(_choices(PAGE), value=0, show_label=False, container=False, filterable=False, visible=False,
                        elem_id="raw-pages", min_width=110, scale=0)  # fmt: skip
    with gr.Row(elem_classes="gc-latents"):
        return LatentSliders(pages, [_slider(index) for index in range(PAGE)])


def _slider(index: int) -> gr.Slider:
    return gr.Slider(-REACH, REACH, 0, step=0.05, label=f"z{index}", elem_id=f"latent-{index}",
                     min_width=120, buttons=[], interactive=True)  # fmt: skip


def _choices(z_dim: int) -> list[tuple[str, int]]:
    starts = range(0, z_dim, PAGE)
    return [(f"z{start}–z{min(start + PAGE, z_dim) - 1}", start // PAGE) for start in starts]


def connect(panel: LatentSliders, tab: "GenerateTab") -> None:
    """Turn the page at a choice in the dropdown."""
    panel.pages.select(**answers(turn, parts_of(panel, "sliders")), **tab.asks(panel.pages), **LIVE, **NETWORKS)


@safely
def turn(asked: object, page: object) -> dict[str, Any]:
    """The sliders of another page."""
    sampler, recipe, _ = browser_request.prepare(asked)
    last = (sampler.z_dim - 1) // PAGE
    return {"sliders": _page(check_number("page", page, 0, last, whole=True), sampler.z_dim, recipe.directions)}


def shown_parts(panel: LatentSliders) -> Parts:
    """What ``shown`` fills."""
    return parts_of(panel, "pages", "sliders")


def shown(z_dim: int, directions: Mapping[str, float]) -> dict[str, Any]:
    """A model's dimensions, each as far as a recipe moves it: ``{"z<i>": σ}``; the first page is opened."""
    choices = _choices(z_dim)
    pages = gr.update(choices=choices, value=0, visible=len(choices) > 1)
    return {"pages": pages, "sliders": _page(0, z_dim, directions)}


def _page(number: int, z_dim: int, directions: Mapping[str, float]) -> list[dict[str, Any]]:
    """``page.js`` moves the dimension that a slider's label names."""
    return [
        gr.update(label=f"z{index}", value=direction_sliders.position(directions, f"z{index}"), visible=index < z_dim)
        for index in range(number * PAGE, (number + 1) * PAGE)
    ]
