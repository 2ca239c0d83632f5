"""The panel How fragile: a small step made to fool the network, and plain damage."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
import torch
from gradio.components import Component

from genclass.analysis import explain
from genclass.data.corruptions import RANGES, corrupt
from genclass.errors import check_number
from genclass.models.classifier import Classifier
from genclass.ui.classify.question import Question
from genclass.ui.common import decoded_upload, figures, html
from genclass.ui.common.decoded_upload import DecodedUpload
from genclass.ui.common.events import CLASSIFIERS, LIVE, safely, user_input
from genclass.ui.common.text import class_name, name_of, say

MOST = 16  # of 255: beyond, anyone sees it
TOP = 3


@dataclass
class FragilityPanel:
    """The components."""

    step: gr.Slider
    target: gr.Dropdown
    method: gr.Radio
    fooled: gr.HTML
    damages: list[gr.Slider]
    damaged: gr.HTML

    def attack(self) -> list[Component]:
        """What ``fool`` takes after the question."""
        return [self.target, self.method, self.step]


def build() -> FragilityPanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            step = gr.Slider(
                0, MOST, 0, step=1, label=say("step_size"), info=say("step_size_info"), elem_id="fragile-step"
            )
            target = gr.Dropdown([], label=say("towards"), elem_id="fragile-target")
            attacks = [(name_of("attack", name), name) for name in explain.ATTACKS]
            method = gr.Radio(attacks, value=attacks[0][1], label=say("attack"), elem_id="fragile-method")
        with gr.Column(scale=5, min_width=300):
            fooled = gr.HTML(html.note(say("why_wait")), elem_id="fragile-fooled")
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            damages = [gr.Slider(low, high, 0, step=0.1 if name == "blur" else 1, label=name_of("damage", name),
                                 elem_id=f"fragile-{name}") for name, (low, high) in RANGES.items()]  # fmt: skip
        with gr.Column(scale=5, min_width=300):
            damaged = gr.HTML(html.note(say("why_wait")), elem_id="fragile-damaged")
    return FragilityPanel(step, target, method, fooled, damages, damaged)


def connect(panel: FragilityPanel, question: Question) -> None:
    """Connect the events."""
    changed = [user_input(part) for part in panel.attack()]
    gr.on(changed, fool, [*question.inputs(), *panel.attack()], panel.fooled, **LIVE, **CLASSIFIERS)
    moved = [slider.input for slider in panel.damages]
    gr.on(moved, damage, [*question.inputs(), *panel.damages], panel.damaged, **LIVE, **CLASSIFIERS)


@safely
def fool(file: object, model: object, how: object, target: Any, method: Any, step: Any) -> str:
    """The image, the noise magnified, and their sum, each with what the network says."""
    check_number("step", step, 0, MOST)
    if file is None:
        return html.note(say("why_nothing"))
    upload = decoded_upload.classify(file, model, how)
    index = upload.classifier.class_index(target)
    changed = explain.adversarial(upload.classifier, upload.small, torch.tensor([index]), step, method)
    noise, factor = magnified(upload.small[0], changed[0])
    return _verdict(upload, changed, step) + figures.row(
        figures.figure(upload.pixels, say("yours"), figures.bars(upload.top(TOP))),
        figures.figure(noise, say("noise_shown", factor=factor) if step else say("no_noise")),
        figures.figure(decoded_upload.channels_last(changed[0]), say("sum"), _bars(upload.classifier, changed)),
        between=("+", "="),
    )


def magnified(image: torch.Tensor, changed: torch.Tensor) -> tuple[np.ndarray, int]:
    """The difference of two images, uint8 [C, S, S].

    Returns:
        (uint8 [S, S, C] with grey for no change, the factor by which the difference was multiplied).
    """
    difference = decoded_upload.channels_last(changed).astype(int) - decoded_upload.channels_last(image)
    factor = 127 // max(1, int(np.abs(difference).max()))
    return (127 + difference * factor).astype(np.uint8), factor


def _verdict(upload: DecodedUpload, changed: torch.Tensor, step: float) -> str:
    """Whether the label has flipped, as a sentence."""
    before = upload.classifier.classes[upload.best()]
    probabilities, _ = decoded_upload.answer(upload.classifier, changed)
    after = upload.classifier.classes[int(probabilities[0].argmax())]
    if not step:
        return html.note(say("flip_ask"))
    names = {"before": class_name(before), "after": class_name(after)}
    words = say("flipped" if after != before else "not_flipped", **names, step=round(step))
    return html.note(words, "summary")


def _bars(classifier: Classifier, small: torch.Tensor) -> str:
    return figures.bars(classifier.top(decoded_upload.answer(classifier, small)[0][0].numpy(), TOP))


@safely
def damage(file: object, model: object, how: object, *values: Any) -> str:
    """The image with plain damage, and what the network says of it."""
    asked = dict(zip(RANGES, values))
    if file is None:
        corrupt(np.zeros((8, 8, 1), np.uint8), **asked)  # what is out of range is refused, image or not
        return html.note(say("why_nothing"))
    upload = decoded_upload.classify(file, model, how)
    pixels = corrupt(upload.pixels, **asked)
    small = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    return figures.row(
        figures.photo(upload.pixels, say("yours"), figures.bars(upload.top(TOP))),
        figures.photo(pixels, say("damaged"), _bars(upload.classifier, small)),
        between=("→",),
    )
