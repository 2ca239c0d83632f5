"""The form that asks for a run: what, on what, how long, and the few settings that matter; what it will take here."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from genclass.data import catalog
from genclass.errors import GenClassError, check_choice
from genclass.train import machine
from genclass.train.presets import PRESETS, ClassifierSettings, GanSettings
from genclass.train.settings import CHOICES, RANGES, Request, adjustable, sizes
from genclass.ui.common import html, text
from genclass.ui.common.events import HIDDEN, RAW, WATCH, Event, Parts, answers, interactive, safely, user_input
from genclass.ui.common.text import name_of, say
from genclass.ui.common.units import duration
from genclass.ui.server import limits
from genclass.ui.train import expectation
from genclass.ui.train import own_images as own

OWN = expectation.OWN
QUIET = {**RAW, **HIDDEN}
UNFOLD = "() => { document.body.classList.toggle('gc-unfolded'); }"
# Settings that can be changed in the page, in this order; the command line can change all.
FIELDS = ("batch", "learning_rate", "discriminator_learning_rate", "width", "shift", "flip", "loss", "image_size")
FOR_MANY = ("minute", "ninety", "record", "projected-gan")  # lengths made for tens of thousands of images
FIRST = ("gan", "fashion-mnist-mini")
Settings = ClassifierSettings | GanSettings


@dataclass
class Form:
    """What is asked for; ``fields`` are settings by name."""

    kind: gr.Radio
    data: gr.Dropdown
    own: own.OwnImagesPanel
    preset: gr.Radio
    minutes: gr.Number
    name: gr.Textbox
    epochs: gr.Number
    seed: gr.Number
    fields: dict[str, Component]
    estimate: gr.HTML
    start: gr.Button

    def values(self) -> list[Component]:
        """All of it, in the order in which ``start`` of the tab takes it."""
        plain = [self.kind, self.data, self.own.draft, self.preset, self.minutes, self.name, self.epochs, self.seed]
        return [*plain, *self.fields.values(), self.own.mirror]

    def lengths(self) -> list[Component]:
        """What decides how long it takes."""
        plain = [self.kind, self.data, self.own.draft, self.preset, self.minutes, self.epochs, self.seed]
        return [*plain, *self.fields.values()]


def build(draft: gr.BrowserState) -> Form:
    """The components, with what is likeliest to be asked for; ``draft`` is as ``own_images.build_memory`` made it."""
    kind, source = FIRST
    chosen = gr.Radio([(say(name), name) for name in reversed(PRESETS)], value=kind, label=say("kind"),
                      elem_id="train-kind")  # fmt: skip
    sources = [*((name_of("data", name), name) for name in catalog.names()), (say("own_data"), OWN)]
    named = gr.Dropdown(sources, value=source, label=say("data"), elem_id="train-data")
    own_images = own.build(draft)
    minutes = gr.Number(2, label=say("minutes"), info=_minutes_info(), minimum=limits.LEAST_MINUTES, step=1,
                        elem_id="train-minutes")  # fmt: skip
    with gr.Column(elem_classes="gc-go"):
        estimate = gr.HTML(_first_estimate(kind, source), elem_id="train-estimate")
        start = gr.Button(say("start"), variant="primary", elem_id="train-start")
    gr.Button(say("more"), elem_id="train-more-button", size="md").click(None, None, None, js=UNFOLD, **WATCH)
    return Form(kind=chosen, data=named, own=own_images, minutes=minutes, **_build_more(kind, source),
                estimate=estimate, start=start)  # fmt: skip


def _first_estimate(kind: str, source: str) -> str:
    row = catalog.find(source)
    return "" if row is None else expectation.first(Request(kind, source, next(iter(PRESETS[kind])), minutes=2), row)


def _build_more(kind: str, source: str) -> dict[str, Any]:
    """What most runs leave as it is. Folded by a style: the events of what an accordion folds do not come."""
    with gr.Column(elem_id="train-more", elem_classes="gc-more"):
        preset = gr.Radio(presets(kind, source), value=next(iter(PRESETS[kind])), label=say("preset"),
                          elem_id="train-preset")  # fmt: skip
        size = _build_field("image_size", PRESETS[kind][next(iter(PRESETS[kind]))], source)
        name = gr.Textbox(label=say("name"), info=say("name_info"), max_lines=1, elem_id="train-name")
        with gr.Accordion(say("advanced"), open=False, elem_id="train-advanced"):
            epochs, seed, fields = _build_advanced(PRESETS[kind][next(iter(PRESETS[kind]))], source)
    return {"preset": preset, "name": name, "epochs": epochs, "seed": seed, "fields": fields | {"image_size": size}}


def _minutes_info() -> str:
    return say("minutes_public", most=limits.PUBLIC_MINUTES) if limits.now.public else say("minutes_info")


def _build_advanced(settings: Settings, source: str) -> tuple[gr.Number, gr.Number, dict[str, Component]]:
    epochs = gr.Number(0, label=say("setting_epochs"), info=_ranged("epochs"), minimum=0,
                       visible=not limits.now.public, elem_id="train-epochs")  # fmt: skip
    fields = {name: _build_field(name, settings, source) for name in FIELDS if name != "image_size"}
    seed = gr.Number(0, label=say("seed"), info=say("about_seed"), minimum=0, precision=0, elem_id="train-seed")
    return epochs, seed, fields


def _build_field(name: str, settings: Settings, source: str) -> Component:
    elem_id = f"train-{name.replace('learning_rate', 'rate').replace('_', '-')}"  # ids of the first version stay
    shared = {"label": name_of("setting", name), "elem_id": elem_id, **_shown(name, settings, source)}
    if name == "flip":
        return gr.Checkbox(**shared)
    if name in CHOICES:
        return gr.Dropdown([(name_of("loss", choice), choice) for choice in CHOICES[name]], **shared)
    return gr.Dropdown(**shared) if name == "image_size" else gr.Number(minimum=0, **shared)


def _shown(name: str, settings: Settings, source: Any) -> dict[str, Any]:
    """A field's value, its line of explanation, and whether it applies to a preset on these data."""
    told = _ranged(name) if name in RANGES else say(f"about_{name}")
    shown = {"value": getattr(settings, name, None), "info": told, "visible": name in adjustable(settings)}
    if name != "image_size":
        return shown
    choices = [(f"{side} × {side}", side) for side in sizes(settings)]
    own = source == OWN  # a named set keeps its own size
    return {**shown, "choices": choices, "visible": own, "value": settings.image_size if own else None}


def _ranged(name: str) -> str:
    """A setting explained, with its allowed range."""
    low, high = RANGES[name]
    high = min(high, limits.PUBLIC_SIZES.get(name, high)) if limits.now.public else high
    return say("ranged", told=say(f"about_{name}"), low=f"{low:.6f}".rstrip("0").rstrip("."), high=f"{high:,}")


def connect(form: Form, page: gr.Tab) -> None:
    """What follows from what: presets from the kind, fields from the preset, the expected time from all.

    Args:
        page: the tab around the form, whose opening brings the presets' times up to date.
    """
    told: Event = {"fn": estimate, "inputs": form.lengths(), "outputs": form.estimate, **QUIET}
    chosen: list[Component] = [form.kind, form.data, form.preset]
    parts: Parts = {"own": form.own.box, "preset": form.preset, "fields": form.fields}
    form.kind.input(**answers(choose_kind, parts), inputs=[form.kind, form.data, form.own.draft], **QUIET).then(**told)
    fill_own = own.connect(form.own, form.kind, form.preset)
    fill_own(form.data.select(**answers(choose_data, parts), inputs=[*chosen, form.own.draft], **QUIET)).then(**told)
    # Until the preset's fields have come Start would take those of the one before.
    form.preset.change(None, None, form.start, js=interactive("false"), **WATCH)
    filled = form.preset.change(**answers(choose_preset, form.fields), inputs=chosen, **QUIET)
    filled.then(None, None, form.start, js=interactive("true"), **WATCH)
    filled.then(**told)
    # More may have been measured meanwhile; and what leads here may have chosen one's own images.
    fill_own(page.select(_retitled, chosen[:2], form.preset, **QUIET)).then(**told)
    form.own.preview.change(**told, trigger_mode="always_last")
    for field in (form.minutes, form.epochs, *form.fields.values()):
        user_input(field)(**told, trigger_mode="always_last")


def connect_own(button: gr.Button, form: Form, tabs: gr.Tabs) -> None:
    """A press opens Train, set to a classifier of one's own images."""
    parts: Parts = {"tabs": tabs, "kind": form.kind, "data": form.data, "own": form.own.box, "preset": form.preset,
                    "fields": form.fields}  # fmt: skip
    button.click(**answers(ask_own, parts), inputs=[form.preset, form.own.draft], **QUIET)


@safely
def ask_own(preset: Any, draft: Any) -> dict[str, Any]:
    """Train, set to a classifier of one's own images, with the preset fit for so many."""
    chosen = choose_data("classifier", OWN, preset, draft)
    return {"tabs": gr.update(selected="train"), "kind": "classifier", "data": OWN, **chosen}


@safely
def choose_kind(kind: Any, source: Any, draft: Any) -> dict[str, Any]:
    """A kind's presets, and the one to begin with: of one's own images, what is fit for so many."""
    choices = presets(kind, source)
    first = own.usual_preset(kind, draft) if source == OWN else choices[0][1]
    return {"preset": gr.update(choices=choices, value=first), "fields": _field_updates(kind, source, first)}


@safely
def choose_data(kind: Any, source: Any, preset: Any, draft: Any) -> dict[str, Any]:
    """Presets with their times on these data; for one's own images their place, and the preset fit for so many."""
    choices = presets(kind, source)
    if source == OWN:
        preset = own.usual_preset(kind, draft)
    elif preset not in offered(kind, source):
        preset = choices[0][1]
    return {
        "own": gr.update(visible=source == OWN),
        "preset": gr.update(choices=choices, value=preset),
        "fields": _field_updates(kind, source, preset),
    }


@safely
def _retitled(kind: Any, source: Any) -> dict[str, Any]:
    return gr.update(choices=presets(kind, source))


@safely
def choose_preset(kind: Any, source: Any, preset: Any) -> dict[str, Any]:
    """The fields as the preset has them."""
    return _field_updates(kind, source, preset)


def _field_updates(kind: Any, source: Any, preset: Any) -> dict[str, Any]:
    settings = Request(kind, source or "own", preset).settings()
    return {name: gr.update(**_shown(name, settings, source)) for name in FIELDS}


def offered(kind: Any, source: Any) -> list[str]:
    """The presets that make sense for these data; the command line and the web API take them all."""
    row = catalog.find(source)
    unfit = {"transfer"} if row else set(FOR_MANY)
    unfit |= set(FOR_MANY) if row and row.part_of else set()
    return [name for name in PRESETS[check_choice("kind", kind, tuple(PRESETS))] if name not in unfit]


def presets(kind: Any, source: Any) -> list[tuple[str, str]]:
    """A kind's presets with what each is for, and how long its whole length takes here."""
    threads = machine.threads_beside_page()
    names = offered(kind, source)
    return [(_preset_title(Request(kind, source or "own", name, threads=threads)), name) for name in names]


def _preset_title(request: Request) -> str:
    about, epochs = name_of("preset", request.preset), f"{request.settings().epochs:g}"
    seconds = machine.expected_seconds(request) if catalog.find(request.data) else None
    if seconds is None:
        return say("preset_title", name=request.preset, about=about, epochs=epochs)
    time = duration(seconds)
    return say("preset_title_timed", name=request.preset, about=about, epochs=epochs, time=time)


@safely
def estimate(
    kind: Any, source: Any, draft: Any, preset: Any, minutes: Any, epochs: Any, seed: Any, *fields: Any
) -> str:
    """What the run that is asked for would take, as HTML; what is wrong with it, where something is."""
    try:
        return expectation.told(kind, source, draft, preset, minutes, epochs, seed, dict(zip(FIELDS, fields)))
    except GenClassError as error:
        return html.note(text.sentence(error), "warning")
