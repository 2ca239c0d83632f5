"""The tab Generate: controls, one sheet of images that follows them live, what is said of it, and how to keep it."""

import dataclasses
from dataclasses import dataclass
from urllib.parse import urlencode

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from genclass import images
from genclass.errors import GenClassError
from genclass.recipe import ALL, KEYS, MAX_SEED, Recipe
from genclass.sample import image_count
from genclass.ui import (
    axes,
    controls,
    drawing,
    guiding,
    html,
    inverting,
    latents,
    models,
    saving,
    sheet,
    text,
    uploads,
    walking,
)
from genclass.ui.handlers import AFTER, LIVE, NETWORKS, safely
from genclass.ui.text import say

WATCH = {"api_visibility": "private", "show_progress": "hidden"}
BESIDE = controls.SHOWN + walking.SHOWN + guiding.SHOWN  # what ``show`` gives beside the picture


@dataclass
class Tab:
    """The components that events read and write."""

    controls: controls.Controls
    picture: gr.HTML
    tile: gr.HTML
    verdict: gr.HTML
    card: gr.HTML
    send: gr.Button
    chosen: gr.Number
    rest: gr.Button
    saved: saving.Panel
    walk: walking.Panel
    guide: guiding.Panel
    invert: inverting.Panel

    @property
    def model(self):
        return self.controls.model

    @property
    def recipe(self):
        return self.saved.recipe

    def results(self):
        return [self.picture, self.saved.recipe, self.saved.query, self.tile]

    def everything(self):
        """What ``show`` gives."""
        return [*self.controls.shown(), *self.walk.shown(), *self.guide.shown(), *self.results()]

    def after_choice(self, event):
        """Show the chosen model once ``event`` has put it into the list."""
        self.restored(event.then(change_model, self.controls.values(), self.everything(), **LIVE, **NETWORKS))

    def restored(self, shown):
        """After every control was set anew: the labels that this browser keeps, then as after any picture."""
        labels = self.controls.rows.labels
        shown.success(None, self.model, labels, js="model => genclass.labels(model)", **WATCH)
        self.follow(shown)

    def follow(self, drawn):
        """After a picture: its link, and when the controls rest, ``page.js`` presses ``rest``."""
        drawn.success(None, [self.saved.query, self.tile], self.saved.link, js="(q, t) => genclass.follow(q, t)",
                      **WATCH)  # fmt: skip


def build(demo):
    """Build the tab and connect its events.

    Args:
        demo: the ``gr.Blocks``, whose opening restores the recipe of a link.

    Returns:
        The ``Tab``.
    """
    with gr.Tab(say("generate"), id="generate", elem_id="tab-generate"):
        with gr.Row(elem_classes="gc-split"):
            with gr.Column(scale=5, min_width=320, elem_classes="gc-controls"):
                board = controls.build()
            with gr.Column(scale=5, min_width=320, elem_classes="gc-stage"):
                stage = _build_stage()
        saved = saving.build()
        with gr.Tabs(elem_id="generate-tools"):
            tools = {"guide": guiding.build(), "walk": walking.build(), "invert": inverting.build()}
    tab = Tab(controls=board, **stage, saved=saved, **tools)
    _connect(tab, demo)
    tab.walk.connect(tab)
    for panel in (tab.guide, tab.invert, saved):
        panel.connect(tab, show)
    return tab


def _build_stage():
    return {
        "picture": gr.HTML(elem_id="generate-picture"),
        "tile": gr.Textbox(visible=False, elem_id="generate-tile"),
        "card": gr.HTML(html.note(say("choose_hint")), elem_id="generate-card"),
        "send": gr.Button(say("send"), size="sm", elem_id="generate-send"),
        "verdict": gr.HTML(html.note(say("judge_wait")), elem_id="generate-verdict"),
        "chosen": gr.Number(0, visible=False, elem_id="generate-chosen"),
        "rest": gr.Button("rest", elem_id="generate-rest", elem_classes="gc-hidden"),
    }


def _connect(tab, demo):
    board, values, results = tab.controls, tab.controls.values(), tab.results()
    moved = [board.class_name, board.mix_with, board.share, board.count, board.truncation, *board.rows.sliders,
             *board.board.sliders]  # fmt: skip
    live = {"fn": sheet.follow, "inputs": [tab.chosen, *values], "outputs": results, **LIVE, **NETWORKS}
    tab.follow(gr.on([control.input for control in moved], js="(...v) => genclass.live(v)", **live))
    redraw = {"fn": sheet.redraw, "inputs": values, "outputs": results, **LIVE, **NETWORKS}
    tab.follow(gr.on([board.seed.blur, board.seed.submit], **redraw))
    for shown in (
        demo.load(open_page, None, tab.everything(), **WATCH, **NETWORKS),
        board.model.input(change_model, values, tab.everything(), **LIVE, **NETWORKS),
    ):
        tab.restored(shown)
    seeded = {"fn": fresh_seed, "inputs": values, "outputs": [board.kept, *board.given(), *results], **LIVE, **NETWORKS}
    tab.follow(gr.on([board.seed.input, board.free.click], **seeded))
    rolled = board.dice.click(None, None, board.seed, js=f"() => Math.floor(Math.random() * {MAX_SEED + 1})", **WATCH)
    tab.follow(rolled.then(**seeded))
    _connect_resets(tab, redraw)
    _connect_rest(tab)


def _connect_resets(tab, redraw):
    board = tab.controls
    count = axes.COUNT + latents.SLIDERS
    cleared = board.reset.click(None, board.kept, [board.kept, *board.rows.sliders, *board.board.sliders], **WATCH,
                                js=f"kept => genclass.cleared(kept, {count})")  # fmt: skip
    tab.follow(cleared.then(**redraw))
    for reset, slider in zip(board.rows.resets, board.rows.sliders):
        tab.follow(reset.click(None, None, slider, js="() => 0", **WATCH).then(**redraw))


def _connect_rest(tab):
    look = {**LIVE, **AFTER}
    tab.rest.click(sheet.rest, [tab.saved.recipe, tab.chosen, tab.tile],
                   [tab.picture, tab.tile, *tab.controls.rows.strips], js="(r, c, t) => [r, genclass.chosen, t]",
                   **look)  # fmt: skip
    tab.rest.click(sheet.judge, [tab.saved.recipe, tab.chosen], [tab.verdict, tab.card],
                   js="(r, c) => [r, genclass.chosen]", **look)  # fmt: skip


def connect_send(tab, classify, tabs):
    """One press sends the chosen image to Classify.

    Args:
        classify: that tab, which answers when its ``image`` changes.
        tabs: the ``gr.Tabs`` of the page.
    """
    tab.send.click(send, [tab.saved.recipe, tab.chosen], [tabs, classify.image],
                   js="(r, c) => [r, genclass.chosen]", preprocess=False, **WATCH, **NETWORKS)  # fmt: skip


@safely
def send(recipe_json, chosen):
    """The tab Classify, with the chosen image as a file."""
    sampler, recipe = drawing.prepare(drawing.parse(recipe_json))
    chosen = sheet.chosen_of(chosen, image_count(recipe, sampler.classes))
    png = images.png_bytes(drawing.draw(sampler, recipe)[chosen], sampler.singles(recipe)[chosen].to_json())
    return gr.Tabs(selected="classify"), save_bytes_to_cache(png, f"{recipe.model}.png", str(uploads.folder()))


@safely
def fresh_seed(*values):
    """Another seed lets go of a given latent and of a path; an empty seed is waited for."""
    if values[4] is None:
        return [gr.skip()] * 7
    kept = values[7] if isinstance(values[7], dict) else {}
    kept = {key: value for key, value in kept.items() if key in ("mix", "directions")}
    sampler, recipe = drawing.prepare(controls.recipe_of(*values[:7], kept, *values[8:]))
    return [kept, *controls.given(recipe), *sheet.draw(sampler, recipe)]


@safely
def change_model(*values):
    """Another model with the same seed: its own classes, its own directions, sliders at rest."""
    recipe = controls.recipe_of(*values[:2], controls.IN_TURN, 0, *values[4:7], {})
    classes = models.load(recipe.model, "gan").classes
    if recipe.class_name not in (classes and [*classes, ALL]):
        recipe = dataclasses.replace(recipe, class_name=None)
    return show(recipe)


@safely
def open_page(request: gr.Request):
    """The picture of the link that was opened, or the first model's."""
    names = models.names("gan")
    if not names:
        return [gr.skip()] * BESIDE + [html.note(say("no_gan")), "", "", ""]
    pairs = [(key, value) for key, value in request.query_params.multi_items() if key in (*KEYS, "direction")]
    try:
        return show(Recipe.from_link(urlencode(pairs)) if pairs else Recipe(names[0]))
    except GenClassError as error:
        gr.Warning(text.sentence(error), title=say("refused"))
        return show(Recipe(names[0]))


def show(recipe):
    """Every control set to a recipe, and its picture, in the order of ``Tab.everything``."""
    sampler, complete = drawing.prepare(recipe)
    shown = [*controls.updates(sampler, complete), *walking.updates(sampler, complete), *guiding.updates(sampler)]
    return [*shown, *sheet.draw(sampler, complete)]
