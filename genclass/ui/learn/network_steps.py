"""The panel of Learn that looks into the textbook network: one position of one map, the class scores, one step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from gradio.components import Component

from genclass.analysis import layer_steps
from genclass.analysis.layer_steps import Layer
from genclass.errors import GenClassError, check_choice, check_number
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.networks.cnn import ClassicCNN
from genclass.ui.common import decoded_upload, html, model_cache
from genclass.ui.common.events import (
    CLASSIFIERS,
    LIVE,
    WATCH,
    Event,
    Parts,
    answers,
    chosen_example,
    from_script,
    parts_of,
    safely,
)
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.learn import network_pictures as pictures
from genclass.ui.static import static

ARCHITECTURE = "classic-cnn"
RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
NUMBERS = ("index", "channel", "row", "column")
SCALES = {"input": (1, -1), "sums": (1, 0), "pooled": (2, 0)}  # from a place on a map to one of the sums


@dataclass
class PositionPart:
    """One position of one map, and the way to it; a slider for each of ``NUMBERS``."""

    image: gr.Image
    examples: gr.Dataset
    model: gr.Dropdown
    layer: gr.Radio
    index: gr.Slider
    channel: gr.Slider
    row: gr.Slider
    column: gr.Slider
    picture: gr.HTML

    def asked(self) -> list[Component]:
        """What is looked at, as ``position`` takes it."""
        return [self.image, self.model, self.layer, self.index, self.channel, self.row, self.column]


@dataclass
class DensePart:
    """The class scores, and what makes that of one class."""

    name: gr.Dropdown
    scores: gr.HTML


@dataclass
class DescentPart:
    """One step of gradient descent."""

    rate: gr.Dropdown
    taught: gr.HTML


@dataclass
class NetworkStepsPanel:
    """The three parts, between which texts stand."""

    position: PositionPart
    dense: DensePart
    descent: DescentPart

    def asked(self) -> list[Component]:
        """What is looked at, as ``all_pictures`` takes it."""
        return [*self.position.asked(), self.dense.name, self.descent.rate]

    def pictures(self) -> Parts:
        """All pictures."""
        return {"picture": self.position.picture, "scores": self.dense.scores, "taught": self.descent.taught}

    def opened(self) -> Parts:
        """What depends on image, network and layer."""
        return {**parts_of(self.position, *NUMBERS), "name": self.dense.name, **self.pictures()}


def names() -> list[str]:
    """Public names of the networks that this lesson can read, the shipped ones first."""
    found = model_cache.names("classifier")
    return [name for name in found if _architecture(name) == ARCHITECTURE]


def _architecture(name: str) -> str:
    return checkpoint.read_config(model_cache.folder_of(name))["architecture"]["name"]


def build_position(examples: Sequence[str]) -> PositionPart:
    """Lay the first part out; ``examples`` are paths of images to begin with."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=2, min_width=260):
            image = gr.Image(examples[0], type="filepath", format="png", height=190, show_label=False,
                             sources=["upload", "clipboard"], elem_id="inside-image",
                             placeholder=say("image_hint"))  # fmt: skip
            dataset = gr.Dataset(label=say("examples"), components=[gr.Image(render=False, format="png")],
                                 type="index", samples=[[path] for path in examples], samples_per_page=20,
                                 layout="gallery", elem_id="inside-examples")  # fmt: skip
        with gr.Column(scale=5, min_width=320):
            with gr.Row(elem_classes="gc-pair"):
                model, layer = _build_network()
            sliders = _build_sliders()
    picture = gr.HTML(html.note(say("inside_wait")), elem_id="inside-picture", js_on_load=static("network_steps.js"))
    return PositionPart(image, dataset, model, layer, *sliders, picture)


def _build_network() -> tuple[gr.Dropdown, gr.Radio]:
    known = names()
    model = gr.Dropdown(known, value=known[0] if known else None, label=say("cnn_network"), min_width=160,
                        elem_id="inside-model")  # fmt: skip
    layers = [(say("cnn_layer", number=number + 1), number) for number in range(3)]
    return model, gr.Radio(layers, value=0, label=say("cnn_layers"), min_width=160, elem_id="inside-layer")


def _build_sliders() -> tuple[gr.Slider, gr.Slider, gr.Slider, gr.Slider]:
    slider = lambda name: gr.Slider(1, 32, 1, step=1, label=say(f"cnn_{name}"), min_width=120, buttons=[],
                                    elem_id=f"inside-{name}")  # fmt: skip
    with gr.Row(elem_classes="gc-pair"):
        index, channel = slider("index"), slider("channel")
    with gr.Row(elem_classes="gc-pair"):
        return index, channel, slider("row"), slider("column")


def build_dense() -> DensePart:
    """Lay the part of the dense layer out."""
    name = gr.Dropdown([], label=say("dense_class"), elem_id="inside-class")
    return DensePart(name, gr.HTML(html.note(say("inside_wait")), elem_id="inside-scores"))


def build_descent() -> DescentPart:
    """Lay the part in which one step is taken out."""
    rate = gr.Dropdown(RATES, value=0.01, label=say("taught_rate"), elem_id="inside-rate")
    return DescentPart(rate, gr.HTML(html.note(say("inside_wait")), elem_id="inside-taught"))


def connect(panel: NetworkStepsPanel, examples: Sequence[str], opened: Callable[..., Any]) -> None:
    """Connect the events.

    Args:
        examples: as for ``build_position``.
        opened: the event listener of this section's opening.
    """
    part, look = panel.position, {**LIVE, **CLASSIFIERS}
    example = safely(lambda index: chosen_example(examples, index))
    part.examples.click(example, part.examples, part.image, **WATCH)
    begin: Event = {**answers(look_at, panel.opened()), **look}
    begin["inputs"] = [part.image, part.model, part.layer, panel.descent.rate]
    gr.on([part.image.change, part.model.select, part.layer.input], **begin)
    opened(_refresh, part.model, part.model, **look).success(**begin)
    gr.on([part.row.input, part.column.input], position, part.asked(), part.picture, **look)
    others = [part.index.input, part.channel.input, panel.dense.name.select, panel.descent.rate.select]
    gr.on(others, **answers(all_pictures, panel.pictures()), inputs=panel.asked(), **look)
    pressed = answers(press, parts_of(part, "row", "column", "picture"))
    part.picture.input(**pressed, **from_script(part.picture, *part.asked()), **look)


@safely
def _refresh(model: Any) -> dict[str, Any]:
    """The networks of this moment."""
    known = names()
    return gr.update(choices=known, value=model if model in known else next(iter(known), None))


@dataclass(frozen=True)
class Lesson:
    """What is looked at.

    Attributes:
        x: float32 [C, S, S], as the network takes it.
        number, layer: of its convolutions the one that is asked about.
    """

    classifier: Classifier
    network: ClassicCNN
    x: torch.Tensor
    number: int
    layer: Layer

    def sizes(self) -> tuple[int, ...]:
        """How many there are of each of ``NUMBERS``."""
        return len(self.layer.weight), len(self.layer.inputs), *self.layer.sums.shape[1:]

    def indices(self, values: Sequence[Any]) -> list[int]:
        """Numbers from 1, as the sliders give them, checked, as indices from 0."""
        return [int(check_number(say(f"cnn_{name}"), value, 1, size, whole=True)) - 1
                for name, value, size in zip(NUMBERS, values, self.sizes())]  # fmt: skip


def _open(file: Any, model: Any, number: Any) -> Lesson:
    """The lesson of an image, a network and a layer, raw.

    Raises:
        GenClassError: for whatever is wrong with the three; ``not_textbook`` for another architecture.
    """
    upload = decoded_upload.classify(file, model)
    classifier, network = upload.classifier, upload.classifier.network
    if not isinstance(network, ClassicCNN):
        raise GenClassError("not_textbook", name=classifier.name)
    x = classifier.normalise(upload.small)[0]
    layers = layer_steps.layers(network, x)
    number = int(check_number("layer", number, 0, len(layers) - 1, whole=True))
    return Lesson(classifier, network, x, number, layers[number])


def liveliest(layer: Layer) -> tuple[int, int, int]:
    """(filter, row, column) of the largest sum: where there is something to see."""
    index = int(layer.sums.amax((1, 2)).argmax())
    row, column = divmod(int(layer.sums[index].argmax()), layer.sums.shape[2])
    return index, row, column


@safely
def look_at(file: Any, model: Any, number: Any, rate: Any) -> dict[str, Any]:
    """Another image, network or layer: sliders that fit, at the liveliest place, and all pictures."""
    if file is None:
        return {"picture": html.note(say("why_nothing")), "scores": "", "taught": ""}
    lesson = _open(file, model, number)
    index, row, column = liveliest(lesson.layer)
    values = index + 1, 1, row + 1, column + 1
    sliders = {name: _slider(size, value) for name, size, value in zip(NUMBERS, lesson.sizes(), values)}
    classes = lesson.classifier.classes
    best = classes[int(layer_steps.dense(lesson.network, lesson.x).scores.argmax())]
    chosen = gr.update(choices=class_choices(classes), value=best)
    return {**sliders, "name": chosen, **_all_pictures(lesson, values, best, rate)}


def _slider(size: int, value: int) -> dict[str, Any]:
    """At rest where there is one only, as in a grey picture's channel: Gradio knows no slider without length."""
    return gr.update(maximum=max(size, 2), value=value, interactive=size > 1)


@safely
def all_pictures(file: Any, model: Any, number: Any, index: Any, channel: Any, row: Any, column: Any, name: Any,
                 rate: Any) -> dict[str, str]:  # fmt: skip
    """The position, the class scores and one step of gradient descent."""
    return _all_pictures(_open(file, model, number), (index, channel, row, column), name, rate)


def _all_pictures(lesson: Lesson, values: Sequence[Any], name: Any, rate: Any) -> dict[str, str]:
    layer, label = lesson.layer, lesson.classifier.class_index(name)
    index, channel, row, column = lesson.indices(values)
    check_number("rate", rate, RATES[0], RATES[-1])
    step = layer_steps.learn(lesson.network, lesson.x, label, lesson.number, rate)
    dense = layer_steps.dense(lesson.network, lesson.x)
    return {
        "picture": pictures.convolution(layer, index, channel, row, column),
        "scores": pictures.class_scores(dense, lesson.classifier.classes, label),
        "taught": pictures.descent_step(step, layer, index, channel, rate, class_name(name)),
    }


@safely
def position(file: Any, model: Any, number: Any, *values: Any) -> str:
    """The upper picture alone: the position has moved."""
    lesson = _open(file, model, number)
    return pictures.convolution(lesson.layer, *lesson.indices(values))


@safely
def press(pressed: Any, file: Any, model: Any, number: Any, index: Any, channel: Any, *_: Any) -> dict[str, Any]:
    """The position that was pressed on a map, ``{"name", "row", "column"}``, and its picture."""
    lesson = _open(file, model, number)
    name, *place = (pressed.get(key) if isinstance(pressed, dict) else None for key in ("name", "row", "column"))
    scale, shift = SCALES[check_choice("name", name, tuple(SCALES))]
    row, column = (
        min(max(int(check_number("position", value, 0, 1000, whole=True)) * scale + shift, 0), side - 1) + 1
        for value, side in zip(place, lesson.layer.sums.shape[1:])
    )
    picture = pictures.convolution(lesson.layer, *lesson.indices((index, channel, row, column)))
    return {"row": row, "column": column, "picture": picture}
