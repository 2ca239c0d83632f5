"""The panel Why: heat of a class over the picture, feature maps of each stage, nearest training images."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
import torch
from gradio.events import Dependency

from genclass.analysis import explain, heat_palette
from genclass.analysis.nearest import FeatureNeighbours
from genclass.errors import GenClassError
from genclass.files import images
from genclass.models.classifier import Classifier
from genclass.ui.classify.question import Question
from genclass.ui.common import decoded_upload, figures, html, model_cache, text
from genclass.ui.common.decoded_upload import DecodedUpload
from genclass.ui.common.events import CLASSIFIERS, LIVE, RAW, WATCH, Event, detail, dims, safely, undims
from genclass.ui.common.kept_models import remembered
from genclass.ui.common.text import class_name, name_of, named_class, say

STRENGTH = 0.65
MAPS = 16  # of each stage, the most active ones
MAP_SIDE = 48  # pixels at which each is drawn
STRENGTHEN = "value => { document.getElementById('why-picture').style.setProperty('--heat', value) }"


@dataclass
class ExplainPanel:
    """The components."""

    class_name: gr.Dropdown
    method: gr.Radio
    strength: gr.Slider
    heat: gr.HTML
    maps: gr.HTML
    search: gr.Button
    nearest: gr.HTML


def build() -> ExplainPanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=260):
            name = gr.Dropdown([], label=say("evidence"), info=say("evidence_info"), elem_id="why-class")
            methods = [(name_of("method", method), method) for method in explain.METHODS]
            method = gr.Radio(methods, value=methods[0][1], label=say("method"), elem_id="why-method")
            strength = gr.Slider(0, 1, STRENGTH, step=0.01, label=say("strength"), elem_id="why-strength")
        with gr.Column(scale=4, min_width=300):
            heat = gr.HTML(html.note(say("why_wait")), elem_id="why-picture")
    with gr.Accordion(say("maps"), open=False, elem_id="why-maps-fold"):
        maps = gr.HTML(html.note(say("why_wait")), elem_id="why-maps")
    with gr.Accordion(say("nearest"), open=False, elem_id="why-nearest-fold"):
        search = gr.Button(say("nearest_search"), elem_id="why-nearest-search")
        nearest = gr.HTML(elem_id="why-nearest")
    return ExplainPanel(name, method, strength, heat, maps, search, nearest)


def connect(panel: ExplainPanel, question: Question, answer: gr.Label) -> None:
    """Connect the events.

    Args:
        answer: a click on one of its classes chooses the class.
    """
    inputs = [*question.inputs(), panel.class_name, panel.method]
    drawn: Event = {"fn": draw_heat, "inputs": inputs, "outputs": panel.heat, **LIVE, **CLASSIFIERS}
    chosen = [panel.class_name.select, panel.method.input]
    gr.on(chosen, None, None, None, js=dims("gc-explaining"), **WATCH)  # first: what is there is another class's heat
    gr.on(chosen, **drawn).then(None, None, None, js=undims("gc-explaining"), **WATCH)
    clicks = LIVE | {"trigger_mode": "multiple"}  # each brings a class of its own
    answer.select(_clicked_class, question.model, panel.class_name, **clicks).then(**drawn)
    panel.strength.input(None, panel.strength, None, js=STRENGTHEN, api_visibility="private")
    asked = "(...asked) => { genclass.given['why-nearest'] = JSON.stringify(asked); return asked; }"
    found = panel.search.click(find_nearest, question.inputs(), panel.nearest, js=asked, **RAW, **CLASSIFIERS)
    tidy(found.success, panel, question)


def tidy(trigger: Callable[..., Dependency], panel: ExplainPanel, question: Question) -> None:
    """Take away the neighbours of another image or model. The browser knows what was searched for: an answer may come
    after the search that was asked for later.
    """
    js = "(shown, ...asked) => JSON.stringify(asked) === genclass.given['why-nearest'] ? shown : ''"
    trigger(None, [panel.nearest, *question.inputs()], panel.nearest, js=js, **WATCH)


@safely
def _clicked_class(model: object, event: gr.EventData) -> Any:
    return named_class(detail(event, "value"), model_cache.load(model, "classifier").classes)


@safely
def draw_heat(file: object, model: object, how: object, name: Any, method: Any) -> str:
    """The heat of a class over the picture."""
    if file is None:
        return html.note(say("why_nothing"))
    upload = decoded_upload.classify(file, model, how)
    index = torch.tensor([upload.classifier.class_index(name)])
    heat = explain.heat(upload.classifier, upload.small, index, method)[0]
    words = name_of("heat", method, name=class_name(name))
    return figures.heated(upload.square, heat_palette.layer(heat), words)


def stage_pictures(upload: DecodedUpload) -> str:
    """The most active feature maps of each stage of the network, as figures."""
    classifier = upload.classifier
    found = explain.feature_maps(classifier.network, classifier.normalise(upload.small))
    rows = []
    for number, maps in enumerate(found, 1):
        side, channels = maps.shape[-1], maps.shape[1]
        shown = min(MAPS, channels)
        caption = say("stage", number=number, side=side, channels=channels, shown=shown)
        rows.append(figures.figure(_sheet(maps[0], shown), caption))
    return f'<div class="gc-stages">{"".join(rows)}</div>'


def _sheet(maps: torch.Tensor, shown: int) -> np.ndarray:
    """uint8 [H, W, 1] of the maps [channels, h, w] with the largest spread, each scaled to its own range."""
    chosen = maps[maps.std((1, 2)).topk(shown).indices]
    low, high = chosen.amin((1, 2), keepdim=True), chosen.amax((1, 2), keepdim=True)
    scaled = images.to_uint8((chosen - low) / (high - low).clamp(min=1e-9))[..., None].numpy()
    factor = max(1, MAP_SIDE // scaled.shape[1])
    return images.sheet(scaled.repeat(factor, 1).repeat(factor, 2), columns=8, gap=2)


@remembered(4)
def known_images(classifier: Classifier) -> FeatureNeighbours:
    """The training images of a classifier in its feature space; the first time takes a while."""
    return FeatureNeighbours.of(classifier)


@safely
def find_nearest(file: object, model: object, how: object) -> str:
    """The five nearest training images, and among how many they were looked for; a line where they are not here."""
    if file is None:
        return html.note(say("why_nothing"))
    upload = decoded_upload.classify(file, model, how)
    try:
        known = known_images(upload.classifier)
    except GenClassError as missing:
        return html.note(text.sentence(missing))
    indices, cosines = known.nearest(upload.classifier, upload.small)
    shown = [_neighbour(upload.classifier, known, int(index), float(cosine))
             for index, cosine in zip(indices[0], cosines[0])]  # fmt: skip
    searched = say("nearest_searched", count=f"{len(known):,}", dataset=known.imageset.name)
    return figures.row(figures.photo(upload.pixels, say("yours")), *shown) + html.note(searched)


def _neighbour(classifier: Classifier, known: FeatureNeighbours, index: int, cosine: float) -> str:
    name = class_name(classifier.classes[int(known.imageset.train_labels[index])])
    picture = decoded_upload.channels_last(known.imageset.train_images[index])
    return figures.figure(picture, f"{name} · {cosine:.2f}")
