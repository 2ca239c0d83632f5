"""The controls of Generate that make a recipe: model, class, seed, count, truncation, directions, raw dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from genclass.models.recipe import ALL, MAX_SEED, Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import WATCH, Parts, answers, parts_of
from genclass.ui.common.text import class_choices, say
from genclass.ui.generate import direction_sliders, latent_sliders
from genclass.ui.generate.browser_request import IN_TURN, shown_mixture

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab


@dataclass
class Controls:
    """The components. What a visitor moves is told to ``page.js``, which asks for the picture.

    Attributes:
        held: says that a latent or a path was given instead of a seed; ``free`` lets go of it.
        tools: one at a time, of which the sliders are the first.
    """

    model: gr.Dropdown
    class_name: gr.Dropdown
    mix_with: gr.Dropdown
    share: gr.Slider
    seed: gr.Number
    dice: gr.Button
    lock: gr.Checkbox
    count: gr.Slider
    truncation: gr.Slider
    held: gr.HTML
    free: gr.Button
    tools: gr.Tabs
    reset: gr.Button
    directions: direction_sliders.DirectionSliders
    latents: latent_sliders.LatentSliders


def build() -> Controls:
    """Lay the controls out, from what a visitor wants first to what an expert wants."""
    with gr.Row(elem_classes="gc-pair"):
        model = gr.Dropdown(
            model_cache.names("gan"), label=say("model"), min_width=140, scale=2, elem_id="generate-model"
        )
        classes = _build_classes()
    seeds = _build_seed()
    with gr.Row(elem_classes="gc-lines"):
        count = gr.Slider(1, render.MOST, 16, step=1, label=say("count"), elem_id="generate-count", buttons=[],
                          interactive=True)  # fmt: skip
        truncation = gr.Slider(0, 1, 1, step=0.01, label=say("truncation"),
                               elem_id="generate-truncation", buttons=[], interactive=True)  # fmt: skip
    return Controls(model=model, **classes, **seeds, count=count, truncation=truncation, **_build_latent())


def _build_classes() -> dict[str, Any]:
    return {
        "class_name": gr.Dropdown([], label=say("class"), elem_id="generate-class", min_width=140),
        "mix_with": gr.Dropdown([], label=say("mix_with"), elem_id="generate-mix", min_width=140, visible=False),
        "share": gr.Slider(0, 1, 0.5, step=0.01, label=say("share"), elem_id="generate-share", buttons=[],
                           visible=False, interactive=True),
    }  # fmt: skip


def _build_seed() -> dict[str, Any]:
    with gr.Row(elem_classes="gc-seed"):
        seed = gr.Number(0, label=say("seed"), precision=0, minimum=0, maximum=MAX_SEED, elem_id="generate-seed",
                         min_width=100, scale=4)  # fmt: skip
        with gr.Row(elem_classes="gc-dice"):
            dice = gr.Button(say("dice"), elem_id="generate-dice", min_width=90)
            lock = gr.Checkbox(False, label=say("lock"), container=False, elem_id="generate-lock")
    return {"seed": seed, "dice": dice, "lock": lock}


def _build_latent() -> dict[str, Any]:
    """What moves the latent that the seed draws."""
    held = gr.HTML(visible=False, elem_id="generate-held")
    free = gr.Button(say("free"), size="sm", visible=False, elem_id="generate-free")
    with gr.Tabs(elem_id="generate-tools") as tools, gr.Tab(say("axes_heading"), id="axes", elem_id="tool-axes"):
        with gr.Row(elem_classes="gc-heading"):
            gr.HTML(html.note(say("axes_hint")), elem_id="axes-heading")
            reset = gr.Button(say("reset_all"), size="sm", elem_id="generate-reset", min_width=110, scale=0)
        directions = direction_sliders.build()
        with gr.Accordion(say("latent_heading"), open=False, elem_id="generate-expert"):
            gr.HTML(html.note(say("latent_hint")), elem_id="expert-hint")
            latents = latent_sliders.build()
    return {"held": held, "free": free, "tools": tools, "reset": reset, "directions": directions, "latents": latents}


def connect(panel: Controls, tab: "GenerateTab") -> None:
    """Tell ``page.js`` what is moved. Sliders need no event: it hears them itself."""
    _connect_classes(panel)
    panel.seed.input(None, panel.seed, None, js="seed => genclass.typed(seed)", **WATCH)
    panel.seed.blur(None, panel.seed, panel.seed, js="value => genclass.seed(value)", **WATCH)
    panel.lock.input(**answers(_lock, parts_of(panel, "seed", "dice")), inputs=panel.lock, preprocess=False, **WATCH)
    panel.dice.click(None, None, panel.seed, js=f"() => genclass.roll({MAX_SEED + 1})", **WATCH)
    panel.free.click(None, None, None, js="() => genclass.move('free', true)", **WATCH)
    sliders = [*panel.directions.sliders, *panel.latents.sliders]
    panel.reset.click(None, None, sliders, js=f"() => genclass.clear({len(sliders)})", **WATCH)
    direction_sliders.connect(panel.directions)
    latent_sliders.connect(panel.latents, tab)


def _connect_classes(panel: Controls) -> None:
    offered = {**answers(_offer_mixing, parts_of(panel, "mix_with", "share", "count")), "preprocess": False, **WATCH}
    for control, key in ((panel.class_name, "class"), (panel.mix_with, "mix_with")):
        control.select(None, control, None, js=f"name => genclass.move('{key}', name)", **WATCH)
        control.select(inputs=[panel.class_name, panel.mix_with], **offered)


def _lock(locked: object) -> dict[str, Any]:
    """A locked seed can be neither typed nor drawn."""
    return dict.fromkeys(("seed", "dice"), gr.update(interactive=locked is not True))


def _offer_mixing(class_name: object, mix_with: object) -> dict[str, Any]:
    """A mixture starts from one class; its slider is there once it has two. Of all classes there is one image each."""
    one = class_name not in (IN_TURN, ALL, None)
    return {
        "mix_with": gr.update(visible=one),
        "share": gr.update(visible=one and mix_with not in (IN_TURN, None)),
        "count": gr.update(interactive=class_name != ALL),
    }


def shown_parts(panel: Controls) -> Parts:
    """What ``shown`` fills."""
    return {
        **parts_of(panel, "model", "class_name", "mix_with", "share", "seed", "count", "truncation", "held", "free"),
        "directions": direction_sliders.shown_parts(panel.directions),
        "latents": latent_sliders.shown_parts(panel.latents),
    }


def shown(sampler: Sampler, recipe: Recipe) -> dict[str, Any]:
    """Every control set to a complete recipe."""
    return {
        "model": gr.update(choices=model_cache.names("gan"), value=recipe.model),
        **_shown_classes(sampler.classes, recipe),
        "seed": recipe.seed,
        "count": gr.update(value=recipe.count, interactive=recipe.class_name != ALL),
        "truncation": recipe.truncation,
        **held(recipe),
        "directions": direction_sliders.shown(sampler, recipe),
        "latents": latent_sliders.shown(sampler.z_dim, recipe.directions),
    }


def _shown_classes(classes: list[str], recipe: Recipe) -> dict[str, Any]:
    first, second, share = shown_mixture(recipe)
    choices = [(say("in_turn"), IN_TURN), *class_choices(classes), (say("all"), ALL)]
    others = [(say("nothing"), IN_TURN), *class_choices(classes)]
    one = bool(classes) and first not in (IN_TURN, ALL)
    return {
        "class_name": gr.update(choices=choices, value=first, visible=bool(classes)),
        "mix_with": gr.update(choices=others, value=second, visible=one),
        "share": gr.update(value=share, visible=one and second != IN_TURN),
    }


def held(recipe: Recipe) -> dict[str, Any]:
    """Whether a latent or a path was given, and the button that lets go of it."""
    given = recipe.latent is not None or recipe.steps is not None
    words = say("held_path" if recipe.steps is not None else "held_latent")
    return {"held": gr.update(value=html.note(words, "held"), visible=given), "free": gr.update(visible=given)}
