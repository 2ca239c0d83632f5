"""The panel of Learn that looks into the textbook network: one position of one map, the class scores, one step."""

from dataclasses import dataclass

import gradio as gr

from genclass.analysis import layer_steps
from genclass.errors import GenClassError, check_choice, check_number
from genclass.models import checkpoint
from genclass.networks.cnn import ClassicCNN
from genclass.ui.common import decoded_upload, html, model_cache
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, chosen_example, from_script, safely
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.learn import network_pictures as pictures
from genclass.ui.static import static

ARCHITECTURE = "classic-cnn"
RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
NUMBERS = ("index", "channel", "row", "column")


@dataclass
class NetworkStepsPanel:
    """The components."""

    model: gr.Dropdown
    image: gr.Image
    examples: gr.Dataset
    layer: gr.Radio
    index: gr.Slider
    channel: gr.Slider
    row: gr.Slider
    column: gr.Slider
    picture: gr.HTML
    name: gr.Dropdown
    scores: gr.HTML
    rate: gr.Dropdown
    taught: gr.HTML

    def sliders(self):
        return [getattr(self, name) for name in NUMBERS]

    def asked(self):
        return [self.image, self.model, self.layer, *self.sliders(), self.name, self.rate]

    def shown(self):
        return [self.picture, self.scores, self.taught]

    def opened(self):
        """What ``look_at`` sets: everything that depends on image, network and layer."""
        return [*self.sliders(), self.name, *self.shown()]


def names():
    """Public names of the networks that this lesson can read, the shipped ones first."""
    found = model_cache.names("classifier")
    return [name for name in found if _architecture(name) == ARCHITECTURE]


def _architecture(name):
    return checkpoint.read_config(model_cache.folder_of(name))["architecture"]["name"]


def build(examples):
    """Lay the upper half out, up to the sum; ``build_dense`` and ``build_lesson`` follow.

    Args:
        examples: paths of images to begin with.
    """
    parts = {}
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=2, min_width=260):
            parts["image"] = gr.Image(examples[0], type="filepath", format="png", height=190, show_label=False,
                                      sources=["upload", "clipboard"], elem_id="inside-image",
                                      placeholder=say("image_hint"))  # fmt: skip
            parts["examples"] = gr.Dataset(label=say("examples"), components=[gr.Image(render=False, format="png")],
                                           type="index", samples=[[path] for path in examples], samples_per_page=12,
                                           layout="gallery", elem_id="inside-examples")  # fmt: skip
        with gr.Column(scale=5, min_width=320):
            parts |= _build_controls()
    parts["picture"] = gr.HTML(elem_id="inside-picture", js_on_load=_script())
    return parts


def _script():
    return static("network_steps.js")


def _build_controls():
    parts = {}
    with gr.Row(elem_classes="gc-pair"):
        known = names()
        parts["model"] = gr.Dropdown(known, value=known[0] if known else None, label=say("cnn_network"), min_width=160,
                                     elem_id="inside-model")  # fmt: skip
        layers = [(say("cnn_layer", number=number + 1), number) for number in range(3)]
        parts["layer"] = gr.Radio(layers, value=0, label=say("cnn_layers"), min_width=160, elem_id="inside-layer")
    for left, right in (("index", "channel"), ("row", "column")):
        with gr.Row(elem_classes="gc-pair"):
            for name in (left, right):
                parts[name] = gr.Slider(1, 32, 1, step=1, label=say(f"cnn_{name}"), min_width=120, buttons=[],
                                        elem_id=f"inside-{name}")  # fmt: skip
    return parts


def build_dense():
    """The dense layer's part."""
    name = gr.Dropdown([], label=say("dense_class"), elem_id="inside-class")
    return {"name": name, "scores": gr.HTML(elem_id="inside-scores")}


def build_lesson():
    """The part in which one step is taken."""
    rate = gr.Dropdown(RATES, value=0.01, label=say("taught_rate"), elem_id="inside-rate")
    return {"rate": rate, "taught": gr.HTML(elem_id="inside-taught")}


def connect(panel, paths, opened):
    """Connect the events.

    Args:
        paths: of the examples.
        opened: the event listener of this section's opening.
    """
    look = {**LIVE, **CLASSIFIERS}
    panel.examples.click(safely(lambda index: chosen_example(paths, index)), panel.examples, panel.image,
                         **WATCH)  # fmt: skip
    begin = {"fn": look_at, "inputs": [panel.image, panel.model, panel.layer, panel.rate], "outputs": panel.opened()}
    gr.on([panel.image.change, panel.model.select, panel.layer.input], **begin, **look)
    opened(_refresh, panel.model, panel.model, **look).success(**begin, **look)
    moved = [panel.row.input, panel.column.input]
    gr.on(moved, convolution, panel.asked()[:7], panel.picture, **look)
    gr.on([panel.index.input, panel.channel.input, panel.name.select, panel.rate.select], everything, panel.asked(),
          panel.shown(), **look)  # fmt: skip
    place = [panel.row, panel.column, panel.picture]
    panel.picture.input(press, **from_script(panel.picture, *panel.asked()[:7]), outputs=place, **look)


@safely
def _refresh(model):
    """The networks of this moment."""
    known = names()
    return gr.update(choices=known, value=model if model in known else next(iter(known), None))


def _open(file, model, number):
    """(classifier, float32 [C, S, S] as the network takes it, its ``inside.Layer`` with that number).

    Raises:
        GenClassError: for whatever is wrong with the three; ``not_textbook`` for another architecture.
    """
    look = decoded_upload.classify(file, model)
    classifier = look.classifier
    if not isinstance(classifier.network, ClassicCNN):
        raise GenClassError("not_textbook", name=classifier.name)
    x = classifier.normalise(look.small)[0]
    number = check_number("layer", number, 0, len(classifier.network.convs) - 1, whole=True)
    return classifier, x, layer_steps.layers(classifier.network, x)[number]


def _sizes(layer):
    """How many there are of each of ``NUMBERS``."""
    return len(layer.weight), len(layer.inputs), *layer.sums.shape[1:]


def _checked(layer, values):
    """Numbers from 1, as the sliders give them, as indices from 0."""
    return [check_number(say(f"cnn_{name}"), value, 1, size, whole=True) - 1
            for name, value, size in zip(NUMBERS, values, _sizes(layer))]  # fmt: skip


def liveliest(layer):
    """(filter, row, column) of the largest sum: where there is something to see."""
    spread = layer.sums.amax((1, 2)).argmax().item()
    place = layer.sums[spread].argmax().item()
    return spread, *divmod(place, layer.sums.shape[2])


@safely
def look_at(file, model, number, rate):
    """Another image, network or layer: sliders that fit, at the liveliest place, and all pictures."""
    if file is None:
        nothing = html.note(say("why_nothing"))
        return [gr.skip()] * 5 + [nothing, "", ""]
    classifier, x, layer = _open(file, model, number)
    index, row, column = liveliest(layer)
    values = index + 1, 1, row + 1, column + 1
    sliders = [_slider(size, value) for size, value in zip(_sizes(layer), values)]
    best = classifier.classes[layer_steps.dense(classifier.network, x).scores.argmax()]
    chosen = gr.update(choices=class_choices(classifier.classes), value=best)
    return [*sliders, chosen, *_everything(file, model, number, *values, best, rate)]


def _slider(size, value):
    """At rest where there is one only, as in a grey picture's channel: Gradio knows no slider without length."""
    return gr.update(maximum=max(size, 2), value=value, interactive=size > 1)


@safely
def everything(*asked):
    """All three pictures."""
    return _everything(*asked)


def _everything(file, model, number, index, channel, row, column, name, rate):
    classifier, x, layer = _open(file, model, number)
    chosen = _checked(layer, (index, channel, row, column))
    label = classifier.class_index(name)
    check_number("rate", rate, RATES[0], RATES[-1])
    step = layer_steps.learn(classifier.network, x, label, int(number), rate)
    return [
        pictures.convolution(layer, *chosen),
        pictures.scores(layer_steps.dense(classifier.network, x), classifier.classes, label),
        pictures.taught(step, layer, *chosen[:2], rate, class_name(name)),
    ]


@safely
def convolution(file, model, number, *values):
    """The upper picture alone: the position has moved."""
    layer = _open(file, model, number)[2]
    return pictures.convolution(layer, *_checked(layer, values))


@safely
def press(pressed, file, model, number, index, channel, row, column):
    """The position that was pressed on a map, ``{"name", "row", "column"}``, and its picture."""
    layer = _open(file, model, number)[2]
    name, *position = (pressed.get(key) if isinstance(pressed, dict) else None for key in ("name", "row", "column"))
    check_choice("name", name, ("input", "sums", "pooled"))
    scale, shift = {"input": (1, -1), "sums": (1, 0), "pooled": (2, 0)}[name]
    place = [min(max(check_number("position", value, 0, 1000, whole=True) * scale + shift, 0), side - 1) + 1
             for value, side in zip(position, layer.sums.shape[1:])]  # fmt: skip
    return [*place, pictures.convolution(layer, *_checked(layer, (index, channel, *place)))]
