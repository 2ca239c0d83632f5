"""The calculator of Learn: how large a map comes out of a convolution, and out of one that is transposed."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
from gradio.components import Component

from genclass.errors import GenClassError, check_choice, check_number
from genclass.ui.common.events import LIVE, safely, user_input
from genclass.ui.common.text import say

PLAIN, TRANSPOSED = "plain", "transposed"
LIMITS = {"size": (4, 32), "kernel": (1, 5), "stride": (1, 3), "padding": (0, 2)}
FIRST = (7, 3, 2, 1)  # the article's own: 7×7 through 3×3 convolutions of stride 2


def side(size: int, kernel: int, stride: int, padding: int, kind: str) -> int:
    """A map's side after one convolution, square in all.

    A transposed one is given ``stride - 1`` of output padding, as in the usual doubling layers (Keras's "same").
    """
    if kind == PLAIN:
        return (size + 2 * padding - kernel) // stride + 1
    return (size - 1) * stride - 2 * padding + kernel + stride - 1


def chain(size: int, kernel: int, stride: int, padding: int, kind: str, layers: int = 2) -> list[int]:
    """Sides before, between and after some layers; ends where nothing is left."""
    sides = [size]
    while len(sides) <= layers and sides[-1] >= 1:
        sides.append(max(0, side(sides[-1], kernel, stride, padding, kind)))
    return sides


@dataclass
class SizesPanel:
    """The components; a slider for each of ``LIMITS``."""

    sliders: list[gr.Slider]
    kind: gr.Radio
    sizes: gr.HTML


def build() -> SizesPanel:
    """The calculator, which begins with the article's own numbers."""
    sliders = []
    for pair in (("size", "kernel"), ("stride", "padding")):
        with gr.Row(elem_classes="gc-pair"):
            sliders += [_build_slider(name) for name in pair]
    kinds = [(say(f"sizes_{kind}"), kind) for kind in (PLAIN, TRANSPOSED)]
    kind = gr.Radio(kinds, value=PLAIN, show_label=False, label=say("sizes_kind"), elem_id="sizes-kind")
    return SizesPanel(sliders, kind, gr.HTML(squares(chain(*FIRST, PLAIN)), elem_id="sizes-shown"))


def _build_slider(name: str) -> gr.Slider:
    value = dict(zip(LIMITS, FIRST))[name]
    return gr.Slider(*LIMITS[name], value, step=1, label=say(f"sizes_{name}"), buttons=[], min_width=110,
                     elem_id=f"sizes-{name}")  # fmt: skip


def connect(panel: SizesPanel) -> None:
    """Connect the events."""
    asked: list[Component] = [*panel.sliders, panel.kind]
    gr.on([user_input(part) for part in asked], show, asked, panel.sizes, **LIVE)


@safely
def show(size: Any, kernel: Any, stride: Any, padding: Any, kind: Any) -> str:
    """The sides as squares."""
    values = [int(check_number(say(f"sizes_{name}"), value, *limits, whole=True))
              for (name, limits), value in zip(LIMITS.items(), (size, kernel, stride, padding))]  # fmt: skip
    check_choice("kind", kind, (PLAIN, TRANSPOSED))
    size, kernel, stride, padding = values
    if padding >= kernel:
        raise GenClassError("out_of_range", field=say("sizes_padding"), low=0, high=kernel - 1)
    return squares(chain(size, kernel, stride, padding, kind))


def squares(sides: list[int]) -> str:
    """Squares in proportion, with their sides and arrows between them, as HTML."""
    scale = 120 / max(sides)
    shown = '<b class="gc-op">→</b>'.join(_square(length, scale) for length in sides)
    return f'<div class="gc-sizes">{shown}</div>'


def _square(length: int, scale: float) -> str:
    words = escape(say("sizes_side", side=length))
    return f'<span><i style="width:{max(2, length * scale):.0f}px"></i>{words}</span>'
