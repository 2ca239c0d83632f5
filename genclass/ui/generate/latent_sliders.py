"""Sliders that move raw dimensions of a latent, a page of them at a time.

The same sliders serve for every page: a browser has to know each component of a page from its first moment.
"""

from dataclasses import dataclass

import gradio as gr

from genclass.errors import check_number
from genclass.ui.common.events import LIVE, NETWORKS, safely
from genclass.ui.generate import direction_sliders, request
from genclass.ui.generate.direction_sliders import REACH

PAGE = 16


@dataclass
class Board:
    """The dropdown that chooses the page, and its sliders."""

    pages: gr.Dropdown
    sliders: list

    def parts(self):
        """Components in the order of ``updates``."""
        return [self.pages, *self.sliders]

    def connect(self, asks):
        """Turn the page.

        Args:
            asks: inputs and ``js`` of an event, as ``generate.Tab.asks`` gives them for the dropdown.
        """
        self.pages.select(turn, outputs=self.sliders, **asks, **LIVE, **NETWORKS)


def build():
    """Lay the board out."""
    pages = gr.Dropdown(_choices(PAGE), value=0, show_label=False, container=False, filterable=False, visible=False,
                        elem_id="raw-pages", min_width=110, scale=0)  # fmt: skip
    with gr.Row(elem_classes="gc-latents"):
        return Board(pages, [_slider(index) for index in range(PAGE)])


def _slider(index):
    return gr.Slider(-REACH, REACH, 0, step=0.05, label=f"z{index}", elem_id=f"latent-{index}",
                     min_width=120, buttons=[], interactive=True)  # fmt: skip


def _choices(z_dim):
    starts = range(0, z_dim, PAGE)
    return [(f"z{start}–z{min(start + PAGE, z_dim) - 1}", start // PAGE) for start in starts]


@safely
def turn(asked, page):
    """The sliders of another page."""
    sampler, recipe, _ = request.prepare(asked)
    last = (sampler.z_dim - 1) // PAGE
    return _page(check_number("page", page, 0, last, whole=True), sampler.z_dim, recipe.directions)


def updates(z_dim, directions):
    """What shows a model's dimensions, moved as told; the first page is opened.

    Args:
        directions: ``{"z<i>": σ}``.
    """
    choices = _choices(z_dim)
    return [gr.update(choices=choices, value=0, visible=len(choices) > 1), *_page(0, z_dim, directions)]


def _page(number, z_dim, directions):
    """Page.js moves the dimension that a slider's label names."""
    return [
        gr.update(label=f"z{index}", value=direction_sliders.shown(directions, f"z{index}"), visible=index < z_dim)
        for index in range(number * PAGE, (number + 1) * PAGE)
    ]
