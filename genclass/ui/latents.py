"""Sliders that move raw dimensions of a latent, a page of them at a time."""

from dataclasses import dataclass

import gradio as gr

from genclass.ui.handlers import RAW

SLIDERS = 128  # dimensions past these are reached by links and the web API
PAGE = 16
REACH = 3.0


@dataclass
class Board:
    """The sliders with what decides which of them are seen."""

    pages: gr.Dropdown
    groups: list
    sliders: list

    def parts(self):
        """Components in the order of ``updates``."""
        return [self.pages, *self.groups, *self.sliders]


def build(pages):
    """Lay out the sliders: only one page of them is shown, and only that many are drawn by the browser.

    Args:
        pages: the dropdown that chooses the page.
    """
    groups, sliders = [], []
    for start in range(0, SLIDERS, PAGE):
        with gr.Row(visible=start == 0, elem_classes="gc-latents", elem_id=f"latents-{start}") as group:
            sliders += [_slider(index) for index in range(start, start + PAGE)]
        groups.append(group)
    board = Board(pages, groups, sliders)
    pages.input(_turn, pages, groups, show_progress="hidden", **RAW)
    return board


def build_pages():
    """The dropdown that chooses which dimensions are shown."""
    return gr.Dropdown(_choices(PAGE), value=0, show_label=False, container=False, filterable=False, visible=False,
                       elem_id="raw-pages", min_width=110, scale=0)  # fmt: skip


def _slider(index):
    return gr.Slider(-REACH, REACH, 0, step=0.05, label=f"z{index}", elem_id=f"latent-{index}", min_width=120,
                     buttons=[], interactive=True)  # fmt: skip


def _choices(z_dim):
    starts = range(0, min(z_dim, SLIDERS), PAGE)
    return [(f"z{start}–z{min(start + PAGE, z_dim) - 1}", start // PAGE) for start in starts]


def _turn(page):
    return [gr.update(visible=index == page) for index in range(SLIDERS // PAGE)]


def updates(z_dim, directions):
    """What shows a model's dimensions, moved as told; the first page is opened.

    Args:
        directions: ``{"z<i>": σ}``.
    """
    choices = _choices(z_dim)
    moved = [directions.get(f"z{index}", 0) for index in range(SLIDERS)]
    return [
        gr.update(choices=choices, value=0, visible=len(choices) > 1),
        *_turn(0),
        *(gr.update(value=value, visible=index < z_dim) for index, value in enumerate(moved)),
    ]


def on_board(name, sigma):
    """Whether a direction can be shown by a slider."""
    return name[1:].isdigit() and int(name[1:]) < SLIDERS and abs(sigma) <= REACH
