"""The tab Generate: controls, one sheet of images that follows them live, what is said of it, and how to keep it."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

import gradio as gr

from genclass.errors import GenClassError
from genclass.files import images
from genclass.models.recipe import ALL, KEYS, Recipe
from genclass.ui.common import html, model_cache, render, text
from genclass.ui.common.events import AFTER, LIVE, NETWORKS, WATCH, safely
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.generate import (
    controls,
    direction_sliders,
    guide_panel,
    invert_panel,
    path_panel,
    request,
    save_panel,
    sheet,
)
from genclass.ui.server import quota

BESIDE = controls.SHOWN + path_panel.SHOWN + guide_panel.SHOWN  # what ``show`` gives beside the picture


@dataclass
class GenerateTab:
    """The components that events read and write."""

    controls: controls.Controls
    asked: gr.Textbox
    picture: gr.HTML
    tile: gr.Textbox
    verdict: gr.HTML
    card: gr.HTML
    send: gr.Button
    live: gr.Button
    rest: gr.Button
    saved: save_panel.SavePanel
    walk: path_panel.PathPanel
    guide: guide_panel.GuidePanel
    invert: invert_panel.InvertPanel

    @property
    def model(self):
        return self.controls.model

    def asks(self, *beside):
        """Inputs and ``js`` of an event that takes what is asked for (see ``asking``), and the values ``beside`` it."""
        return {"inputs": [self.asked, *beside], "js": "(asked, ...beside) => [genclass.ask(), ...beside]"}

    def everything(self):
        """What ``show`` gives."""
        return [*self.controls.shown(), *self.walk.shown(), *self.guide.shown(), self.picture, self.tile,
                self.saved.recipe]  # fmt: skip

    def after_choice(self, event):
        """Show the chosen model once ``event`` has put it into the list."""
        self.restored(event.then(change_model, outputs=self.everything(), **self.asks(self.model), **LIVE, **NETWORKS))

    def restored(self, shown):
        """After every control was set anew: ``page.js`` begins from this recipe, with the labels that it keeps."""
        shown.success(None, [self.model, self.saved.recipe], self.controls.rows.labels,
                      js=f"(model, recipe) => genclass.adopt(model, recipe, {json.dumps(direction_sliders.names())})",
                      **WATCH)  # fmt: skip


def build(demo):
    """Build the tab and connect its events.

    Args:
        demo: the ``gr.Blocks``, whose opening restores the recipe of a link.

    Returns:
        The ``GenerateTab``.
    """
    with titled_tab("generate", "generate"):
        wires = _build_wires()
        with gr.Row(elem_classes="gc-split"):
            with gr.Column(scale=5, min_width=320):
                board = controls.build()
            with gr.Column(scale=5, min_width=320, elem_classes="gc-stage"):
                stage = _build_stage()
        saved = save_panel.build()
        with gr.Tabs(elem_id="generate-tools"):
            tools = {"guide": guide_panel.build(), "walk": path_panel.build(), "invert": invert_panel.build()}
    tab = GenerateTab(controls=board, **stage, **wires, saved=saved, **tools)
    _connect(tab, demo)
    tab.walk.connect(tab)
    for panel in (tab.guide, tab.invert, saved):
        panel.connect(tab, show)
    return tab


def _build_stage():
    return {
        "picture": gr.HTML(html.note(say("drawing")), elem_id="generate-picture"),
        "card": gr.HTML(html.note(say("choose_hint")), elem_id="generate-card"),
        "send": gr.Button(say("send"), size="sm", elem_id="generate-send"),
        "verdict": gr.HTML(html.note(say("judge_wait")), elem_id="generate-verdict"),
    }


def _build_wires():
    """What ``page.js`` pulls at: first, since Gradio looks for it through the page, from its beginning, every time."""
    with gr.Column(elem_classes="gc-hidden"):
        return {
            "asked": gr.Textbox(visible=False, elem_id="generate-asked"),
            "tile": gr.Textbox(visible=False, elem_id="generate-tile"),
            "live": gr.Button("live", elem_id="generate-live"),
            "rest": gr.Button("rest", elem_id="generate-rest"),
        }


def _connect(tab, demo):
    tab.controls.connect()
    tab.controls.board.connect(tab.asks(tab.controls.board.pages))
    drawn = tab.live.click(sheet.follow, outputs=[tab.picture, tab.tile], **tab.asks(), **LIVE, **NETWORKS)
    drawn.success(None, tab.tile, None, js="tile => genclass.drawn(tile)", **WATCH)
    drawn.failure(None, None, None, js="() => genclass.refused()", **WATCH)
    names = [*tab.saved.names(), *tab.controls.given(), *tab.controls.rows.strips]
    rested = tab.rest.click(sheet.rest, outputs=[tab.picture, *names], **tab.asks(), **LIVE, **AFTER)
    rested.success(None, tab.saved.query, tab.saved.link, js="query => genclass.named(query)", **WATCH)
    judged = tab.rest.click(sheet.judge, outputs=[tab.verdict, tab.card], **tab.asks(), **LIVE, **AFTER)
    judged.then(None, None, None, js="() => genclass.judged()", **WATCH)
    tab.restored(demo.load(open_page, None, tab.everything(), **WATCH, **NETWORKS))
    tab.restored(tab.model.select(change_model, outputs=tab.everything(), **tab.asks(tab.model), **LIVE, **NETWORKS))


def connect_send(tab, classify, tabs):
    """One press sends the chosen image to Classify.

    Args:
        classify: that tab, which answers then.
        tabs: the ``gr.Tabs`` of the page.
    """
    sent = tab.send.click(send, outputs=[tabs, classify.image], **tab.asks(), preprocess=False, **WATCH, **NETWORKS)
    classify.after_choice(sent)


@safely
def send(asked):
    """The tab Classify, with the chosen image as a file."""
    sampler, recipe, chosen = request.prepare(asked)
    png = images.png_bytes(render.draw(sampler, recipe)[chosen], sampler.singles(recipe)[chosen].to_json())
    return gr.Tabs(selected="classify"), quota.save(png, f"{recipe.model}.png")


@safely
def change_model(asked, model):
    """Another model with the same seed: its own classes, its own directions, sliders at rest."""
    if not asked:  # there was no model before
        return show(Recipe(model))
    recipe, classes = request.recipe_of(asked), model_cache.load(model, "gan").classes
    name = recipe.class_name if recipe.class_name in (classes and [*classes, ALL]) else None
    return show(Recipe(model, seed=recipe.seed, count=recipe.count, class_name=name, truncation=recipe.truncation))


@safely
def open_page(request: gr.Request):
    """The picture of the link that was opened, or the first model's."""
    names = model_cache.names("gan")
    if not names:
        return [gr.skip()] * BESIDE + [html.note(say("no_gan")), "", ""]
    here = request.query_params.get("tab", "generate") == "generate"  # or the link's model is another tab's
    pairs = [pair for pair in request.query_params.multi_items() if here and pair[0] in (*KEYS, "direction")]
    try:
        return show(Recipe.from_link(urlencode(pairs)) if pairs else Recipe(names[0]))
    except GenClassError as error:
        gr.Warning(text.sentence(error))
        return show(Recipe(names[0]))


def show(recipe):
    """Every control set to a recipe, and its picture, in the order of ``Tab.everything``."""
    sampler, complete = render.prepare(recipe)
    shown = [
        *controls.updates(sampler, complete),
        *path_panel.updates(sampler, complete),
        *guide_panel.updates(sampler),
    ]
    return [*shown, sheet.figure(sampler, complete), "", complete.to_json()]
