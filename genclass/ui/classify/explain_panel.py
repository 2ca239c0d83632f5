"""The panel Why: heat of a class over the picture, feature maps of each stage, nearest training images."""

import functools
from dataclasses import dataclass

import gradio as gr
import torch

from genclass.analysis import explain, heat_palette
from genclass.analysis.nearest import FeatureNeighbours
from genclass.files import images
from genclass.ui.common import decoded_upload, figures, html, model_cache, text
from genclass.ui.common.events import CLASSIFIERS, LIVE, RAW, detail, safely
from genclass.ui.common.text import name_of, named_class, say

STRENGTH = 0.65
MAPS = 16  # of each stage, the most active ones
MAP_SIDE = 48  # pixels at which each is drawn
STRENGTHEN = "value => { document.getElementById('why-picture').style.setProperty('--heat', value) }"


@dataclass
class ExplainPanel:
    """The components that events read and write."""

    class_name: gr.Dropdown
    method: gr.Radio
    strength: gr.Slider
    picture: gr.HTML
    maps: gr.HTML
    search: gr.Button
    nearest: gr.HTML


def build():
    """Build the panel; ``connect`` makes it work."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            class_name = gr.Dropdown([], label=say("evidence"), info=say("evidence_info"), elem_id="why-class")
            methods = [(name_of("method", name), name) for name in explain.METHODS]
            method = gr.Radio(methods, value=explain.METHODS[0], label=say("method"), elem_id="why-method")
            strength = gr.Slider(0, 1, STRENGTH, step=0.01, label=say("strength"), elem_id="why-strength")
        with gr.Column(scale=4, min_width=300):
            picture = gr.HTML(html.note(say("why_nothing")), elem_id="why-picture")
    with gr.Accordion(say("maps"), open=False, elem_id="why-maps-fold"):
        maps = gr.HTML(html.note(say("why_nothing")), elem_id="why-maps")
    with gr.Accordion(say("nearest"), open=False, elem_id="why-nearest-fold"):
        search = gr.Button(say("nearest_search"), elem_id="why-nearest-search")
        nearest = gr.HTML(elem_id="why-nearest")
    return ExplainPanel(class_name, method, strength, picture, maps, search, nearest)


def connect(panel, question, answer):
    """Connect the events.

    Args:
        question: components of the image, the model and how it is fitted.
        answer: the ``gr.Label``, of which a click chooses the class.
    """
    asked = [*question, panel.class_name, panel.method]
    draws = {"fn": draw, "inputs": asked, "outputs": panel.picture, **LIVE, **CLASSIFIERS}
    gr.on([panel.class_name.select, panel.method.input], **draws)
    clicks = LIVE | {"trigger_mode": "multiple"}  # each brings a class of its own
    answer.select(_clicked, question[1], panel.class_name, **clicks).then(**draws)
    panel.strength.input(None, panel.strength, None, js=STRENGTHEN, api_visibility="private")
    panel.search.click(neighbours, question, panel.nearest, **RAW, **CLASSIFIERS)


@safely
def _clicked(model, event: gr.EventData):
    return named_class(detail(event, "value"), model_cache.load(model, "classifier").classes)


@safely
def draw(file, model, how, class_name, method):
    """The heat of a class over the picture."""
    if file is None:
        return html.note(say("why_nothing"))
    look = decoded_upload.look(file, model, how)
    heat = explain.heat(look.classifier, look.small, torch.tensor([look.classifier.class_index(class_name)]), method)[0]
    words = name_of("heat", method, name=text.class_name(class_name))
    square = look.square
    return figures.heated(square, heat_palette.layer(heat), words, crisp=len(square) <= decoded_upload.CRISP)


def stage_pictures(look):
    """The most active feature maps of each stage of the network, as figures."""
    found = explain.feature_maps(look.classifier.network, look.classifier.normalise(look.small))
    rows = []
    for index, maps in enumerate(found):
        side, channels = maps.shape[-1], maps.shape[1]
        shown = min(MAPS, channels)
        caption = say("stage", number=index + 1, side=side, channels=channels, shown=shown)
        rows.append(figures.figure(_sheet(maps[0], shown), caption))
    return f'<div class="gc-stages">{"".join(rows)}</div>'


def _sheet(maps, shown):
    """uint8 [H, W, 1] of the maps [channels, h, w] with the largest spread, each scaled to its own range."""
    chosen = maps[maps.std((1, 2)).topk(shown).indices]
    low, high = chosen.amin((1, 2), keepdim=True), chosen.amax((1, 2), keepdim=True)
    scaled = images.to_uint8((chosen - low) / (high - low).clamp(min=1e-9))[..., None].numpy()
    factor = max(1, MAP_SIDE // scaled.shape[1])
    return images.sheet(scaled.repeat(factor, 1).repeat(factor, 2), columns=8, gap=2)


@functools.lru_cache(maxsize=4)
def known_images(classifier):
    """The training images of a classifier in its feature space; the first time takes a while."""
    return FeatureNeighbours.of(classifier)


@safely
def neighbours(file, model, how):
    """The five nearest training images, and among how many they were looked for."""
    if file is None:
        return html.note(say("why_nothing"))
    look = decoded_upload.look(file, model, how)
    known = known_images(look.classifier)
    indices, cosines = known.nearest(look.classifier, look.small)
    shown = [_neighbour(look.classifier, known.imageset, int(index), float(cosine))
             for index, cosine in zip(indices[0], cosines[0])]  # fmt: skip
    searched = say("nearest_searched", count=f"{len(known):,}", dataset=known.imageset.name)
    return figures.row(figures.figure(decoded_upload.pixels(look.small[0]), say("yours")), *shown) + html.note(searched)


def _neighbour(classifier, imageset, index, cosine):
    name = classifier.classes[int(imageset.train_labels[index])]
    return figures.figure(
        decoded_upload.pixels(imageset.train_images[index]), f"{text.class_name(name)} · {cosine:.2f}"
    )
