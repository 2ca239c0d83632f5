"""The panel How fragile: a small step made to fool the network, and plain damage."""

from dataclasses import dataclass

import gradio as gr
import numpy as np
import torch

from genclass.analysis import explain
from genclass.data.corruptions import RANGES, corrupt
from genclass.errors import check_number
from genclass.ui.common import decoded_upload, figures, html
from genclass.ui.common.events import CLASSIFIERS, LIVE, safely, user_input
from genclass.ui.common.text import class_name, name_of, say

MOST = 16  # of 255: beyond, anyone sees it
TOP = 3


@dataclass
class FragilityPanel:
    """The components that events read and write."""

    target: gr.Dropdown
    method: gr.Radio
    step: gr.Slider
    fooled: gr.HTML
    damages: list
    damaged: gr.HTML

    def attack(self):
        return [self.target, self.method, self.step]


def build():
    """Build the panel; ``connect`` makes it work."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            step = gr.Slider(
                0, MOST, 0, step=1, label=say("step_size"), info=say("step_size_info"), elem_id="fragile-step"
            )
            target = gr.Dropdown([], label=say("towards"), elem_id="fragile-target")
            methods = [(name_of("attack", name), name) for name in explain.ATTACKS]
            method = gr.Radio(methods, value=explain.ATTACKS[0], label=say("attack"), elem_id="fragile-method")
        with gr.Column(scale=5, min_width=300):
            fooled = gr.HTML(html.note(say("why_nothing")), elem_id="fragile-fooled")
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            damages = [gr.Slider(low, high, 0, step=0.1 if name == "blur" else 1, label=name_of("damage", name),
                                 elem_id=f"fragile-{name}") for name, (low, high) in RANGES.items()]  # fmt: skip
        with gr.Column(scale=5, min_width=300):
            damaged = gr.HTML(html.note(say("why_nothing")), elem_id="fragile-damaged")
    return FragilityPanel(target, method, step, fooled, damages, damaged)


def connect(panel, question):
    """Connect the events; ``question`` holds the components of the image, the model and how it is fitted."""
    changed = [user_input(part) for part in panel.attack()]
    gr.on(changed, fool, [*question, *panel.attack()], panel.fooled, **LIVE, **CLASSIFIERS)
    moved = [slider.input for slider in panel.damages]
    gr.on(moved, damage, [*question, *panel.damages], panel.damaged, **LIVE, **CLASSIFIERS)


@safely
def fool(file, model, how, target, method, step):
    """The image, the noise magnified, and their sum, each with what the network says."""
    check_number("step", step, 0, MOST)
    if file is None:
        return html.note(say("why_nothing"))
    look = decoded_upload.look(file, model, how)
    index = look.classifier.class_index(target)
    changed = explain.adversarial(look.classifier, look.small, torch.tensor([index]), step, method)
    noise, factor = magnified(look.small[0], changed[0])
    return told_flip(look, changed, step) + figures.row(
        figures.figure(decoded_upload.pixels(look.small[0]), say("yours"), figures.bars(look.top(TOP))),
        figures.figure(noise, say("noise_shown", factor=factor) if step else say("no_noise")),
        figures.figure(decoded_upload.pixels(changed[0]), say("sum"), _bars_of(look.classifier, changed)),
        between=("+", "="),
    )


def magnified(image, changed):
    """(uint8 [S, S, C] with grey for no change, the factor by which the difference was multiplied)."""
    difference = decoded_upload.pixels(changed).astype(int) - decoded_upload.pixels(image)
    factor = 127 // max(1, np.abs(difference).max())
    return np.uint8(127 + difference * factor), factor


def told_flip(look, changed, step):
    """Whether the label has flipped, as a sentence."""
    before = look.classifier.classes[look.best()]
    probabilities, _ = decoded_upload.ask(look.classifier, changed)
    after = look.classifier.classes[int(probabilities[0].argmax())]
    if not step:
        return html.note(say("flip_ask"))
    names = {"before": class_name(before), "after": class_name(after)}
    words = say("flipped" if after != before else "not_flipped", **names, step=round(step))
    return html.note(words, "summary")


def _bars_of(classifier, small):
    return figures.bars(classifier.top(decoded_upload.ask(classifier, small)[0][0].numpy(), TOP))


@safely
def damage(file, model, how, *values):
    """The image with plain damage, and what the network says of it."""
    asked = dict(zip(RANGES, values))
    if file is None:
        corrupt(np.zeros((8, 8, 1), np.uint8), **asked)  # what is out of range is told, image or not
        return html.note(say("why_nothing"))
    look = decoded_upload.look(file, model, how)
    pixels = corrupt(decoded_upload.pixels(look.small[0]), **asked)
    small = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    return figures.row(
        figures.figure(decoded_upload.pixels(look.small[0]), say("yours"), figures.bars(look.top(TOP))),
        figures.figure(pixels, say("damaged"), _bars_of(look.classifier, small)),
        between=("→",),
    )
