"""The controls of Generate that make a recipe: model, class, seed, count, truncation, directions, raw dimensions."""

from dataclasses import dataclass, fields

import gradio as gr

from genclass.models.recipe import ALL, MAX_SEED
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import WATCH
from genclass.ui.common.text import class_choices, say
from genclass.ui.generate import direction_sliders, latent_sliders
from genclass.ui.generate.request import IN_TURN, shown_mixture

SHOWN = 7 + 2 * direction_sliders.COUNT + len(latent_sliders.updates(0, {})) + 2
PLAIN = ("model", "class_name", "mix_with", "share", "seed", "count", "truncation")


@dataclass
class Controls:
    """The components. What their visitors move is told to ``page.js``, which asks for the picture."""

    model: gr.Dropdown
    class_name: gr.Dropdown
    mix_with: gr.Dropdown
    share: gr.Slider
    seed: gr.Number
    count: gr.Slider
    truncation: gr.Slider
    rows: direction_sliders.Rows
    board: latent_sliders.Board
    dice: gr.Button
    lock: gr.Checkbox
    held: gr.HTML
    free: gr.Button
    reset: gr.Button

    def plain(self):
        return [getattr(self, field.name) for field in fields(self)[: len(PLAIN)]]

    def sliders(self):
        """Those of all directions."""
        return [*self.rows.sliders, *self.board.sliders]

    def connect(self):
        """Tell ``page.js`` what is moved. Sliders need no event: it hears them itself."""
        for control, key in ((self.class_name, "class"), (self.mix_with, "mix_with")):
            control.select(None, control, None, js=f"name => genclass.move('{key}', name)", **WATCH)
            control.select(_offer_mixing, [self.class_name, self.mix_with], [self.mix_with, self.share],
                          preprocess=False, **WATCH)  # fmt: skip
        self.seed.input(None, self.seed, None, js="seed => genclass.typed(seed)", **WATCH)
        self.seed.blur(None, self.seed, self.seed, js="value => genclass.seed(value)", **WATCH)
        self.dice.click(None, None, self.seed, js=f"() => genclass.roll({MAX_SEED + 1})", **WATCH)
        self.free.click(None, None, None, js="() => genclass.move('free', true)", **WATCH)
        self.reset.click(None, None, self.sliders(), js=f"() => genclass.clear({len(self.sliders())})", **WATCH)
        for number, (reset, slider) in enumerate(zip(self.rows.resets, self.rows.sliders), 1):
            reset.click(None, None, slider, js=f"() => genclass.still('d{number}')", **WATCH)

    def shown(self):
        """What ``updates`` sets."""
        return [*self.plain(), *self.rows.parts(), *self.board.parts(), *self.given()]

    def given(self):
        """What tells, and lets go of, a latent or path that was given instead of a seed."""
        return [self.held, self.free]


def build():
    """Lay the controls out, from what a visitor wants first to what an expert wants."""
    with gr.Row(elem_classes="gc-pair"):
        model = gr.Dropdown(
            model_cache.names("gan"), label=say("model"), min_width=140, scale=2, elem_id="generate-model"
        )
        classes = _build_classes()
    seeds = _build_seed()
    with gr.Row(elem_classes="gc-pair"):
        count = gr.Slider(1, render.MOST, 16, step=1, label=say("count"), elem_id="generate-count", buttons=[],
                          interactive=True)  # fmt: skip
        truncation = gr.Slider(0, 1, 1, step=0.01, label=say("truncation"), info=say("truncation_info"),
                               elem_id="generate-truncation", buttons=[], interactive=True)  # fmt: skip
    held = gr.HTML(visible=False, elem_id="generate-held")
    free = gr.Button(say("free"), size="sm", visible=False, elem_id="generate-free")
    with gr.Row(elem_classes="gc-heading"):
        gr.HTML(f"<h3>{say('axes_heading')}</h3>{html.note(say('axes_hint'))}", elem_id="axes-heading")
        reset = gr.Button(say("reset_all"), size="sm", elem_id="generate-reset", min_width=110, scale=0)
    rows = direction_sliders.build()
    with gr.Accordion(say("latent_heading"), open=False, elem_id="generate-expert"):
        gr.HTML(html.note(say("latent_hint")), elem_id="expert-hint")
        board = latent_sliders.build()
    return Controls(model, *classes, seeds["seed"], count, truncation, rows, board, seeds["dice"], seeds["lock"],
                    held, free, reset)  # fmt: skip


def _build_classes():
    class_name = gr.Dropdown([], label=say("class"), elem_id="generate-class", min_width=140)
    mix_with = gr.Dropdown([], label=say("mix_with"), elem_id="generate-mix", min_width=140, visible=False)
    share = gr.Slider(0, 1, 0.5, step=0.01, label=say("share"), elem_id="generate-share", buttons=[], visible=False,
                      interactive=True)  # fmt: skip
    return class_name, mix_with, share


def _build_seed():
    with gr.Row(elem_classes="gc-seed"):
        seed = gr.Number(0, label=say("seed"), info=say("seed_info"), precision=0, minimum=0, maximum=MAX_SEED,
                         elem_id="generate-seed", min_width=120, scale=4)  # fmt: skip
        with gr.Column(scale=1, min_width=130, elem_classes="gc-dice"):
            dice = gr.Button(say("dice"), elem_id="generate-dice")
            lock = gr.Checkbox(False, label=say("lock"), container=False, elem_id="generate-lock")
    lock.input(lambda locked: [gr.update(interactive=locked is not True)] * 2, lock, [seed, dice], preprocess=False,
               **WATCH)  # fmt: skip
    return {"seed": seed, "dice": dice, "lock": lock}


def _offer_mixing(class_name, mix_with):
    """A mixture starts from one class; its slider is there once it has two."""
    one = class_name not in (IN_TURN, ALL, None)
    return gr.update(visible=one), gr.update(visible=one and mix_with not in (IN_TURN, None))


def updates(sampler, recipe):
    """What shows a complete recipe, in the order of ``Controls.shown``."""
    first, second, share = shown_mixture(recipe)
    choices = [(say("in_turn"), IN_TURN), *class_choices(sampler.classes), (say("all"), ALL)]
    others = [(say("nothing"), IN_TURN), *class_choices(sampler.classes)]
    can, one = bool(sampler.classes), first not in (IN_TURN, ALL)
    return [
        gr.update(choices=model_cache.names("gan"), value=recipe.model),
        gr.update(choices=choices, value=first, visible=can),
        gr.update(choices=others, value=second, visible=can and one),
        gr.update(value=share, visible=can and one and second != IN_TURN),
        recipe.seed,
        recipe.count,
        recipe.truncation,
        *direction_sliders.updates(len(sampler.directions), recipe.directions),
        *latent_sliders.updates(sampler.z_dim, recipe.directions),
        *given(recipe),
    ]


def given(recipe):
    """What shows that a latent or path was given, in the order of ``Controls.given``."""
    held = recipe.latent is not None or recipe.steps is not None
    words = say("held_path" if recipe.steps is not None else "held_latent")
    return [gr.update(value=html.note(words, "held"), visible=held), gr.update(visible=held)]
