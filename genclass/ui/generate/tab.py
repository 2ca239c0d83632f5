"""The tab Generate: controls, one sheet of images that follows them live, what is said of it, and how to keep it."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component
from gradio.events import Dependency

from genclass.errors import GenClassError
from genclass.files import images
from genclass.models.recipe import ALL, KEYS, Recipe
from genclass.ui.common import html, model_cache, render, text
from genclass.ui.common.events import AFTER, LIVE, NEAREST, NETWORKS, WATCH, Event, Parts, answers, parts_of, safely
from genclass.ui.common.model_tabs import SHOW_IMAGE
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.generate import (
    browser_request,
    controls,
    direction_sliders,
    guide_panel,
    invert_panel,
    path_panel,
    save_panel,
    search_panel,
    sheet,
)
from genclass.ui.server import quota

if TYPE_CHECKING:
    from genclass.ui.classify.tab import ClassifyTab


@dataclass
class GenerateTab:
    """The components. ``asked``, ``tile``, ``axes``, ``live`` and ``rest`` are hidden: ``page.js`` pulls at them."""

    asked: gr.Textbox
    tile: gr.HTML
    axes: gr.Textbox
    live: gr.Button
    rest: gr.Button
    controls: controls.Controls
    picture: gr.HTML
    card: gr.HTML
    near: gr.HTML
    send: gr.Button
    keep: gr.Button
    verdict: gr.HTML
    saved: save_panel.SavePanel
    guide: guide_panel.GuidePanel
    path: path_panel.PathPanel
    invert: invert_panel.InvertPanel

    @property
    def model(self) -> gr.Dropdown:
        """Where the model is chosen."""
        return self.controls.model

    def asks(self, *beside: Component) -> Event:
        """Inputs and ``js`` of an event that takes what is asked for (``browser_request``), then values ``beside``."""
        return {"inputs": [self.asked, *beside], "js": "(asked, ...beside) => [genclass.ask(), ...beside]"}

    def takes(self, button: gr.Button) -> Event:
        """The same of the event of a button that ``page.js`` presses: what is asked for when its turn comes."""
        return {"inputs": [self.asked], "js": f"() => [genclass.take('{button.elem_id}')]"}

    def show_recipe(self, trigger: Callable[..., Dependency], find: Callable[..., Recipe | None],
                    also: Mapping[Block, Any] | None = None, ends: bool = False,
                    **event: Any) -> Dependency:  # fmt: skip
        """Set every control to the recipe that ``find`` gives at an event, and show its picture.

        Args:
            trigger: an event listener, such as ``button.click``.
            find: a handler of that event; None for no recipe at all.
            also: values of other components, set at the same moment.
            ends: whether the event is the end of a search; any other stops one that runs.

        Returns:
            The event, for what follows it.
        """
        also = also or {}

        @safely
        @functools.wraps(find)
        def shown_recipe(*args: Any) -> dict[str, Any]:
            return {**shown(find(*args)), "also": list(also.values())}

        given = event.pop("js", "(...given) => given")
        js = f"(...given) => {{ genclass.turn({str(ends).lower()}); return ({given})(...given); }}"
        done = trigger(**answers(shown_recipe, {**shown_parts(self), "also": list(also)}), js=js, **event)
        # ``page.js`` begins from this recipe, with the labels that it keeps.
        adopt = "(model, recipe, axes) => genclass.adopt(model, recipe, axes)"
        known = [self.model, self.saved.recipe, self.axes]
        done.success(None, known, self.controls.directions.labels, js=adopt, **WATCH)
        done.failure(None, None, None, js="() => genclass.refused()", **WATCH)
        return done

    def after_choice(self, event: Dependency) -> None:
        """Show the chosen model once ``event`` has put it into the list."""
        self.show_recipe(event.then, recipe_of_model, **self.asks(self.model), **LIVE, **NETWORKS)


def build() -> GenerateTab:
    """Lay the tab out."""
    with titled_tab("generate", "generate"):
        hidden = _build_hidden()
        with gr.Row(elem_classes="gc-split gc-generate"):
            with gr.Column(scale=5, min_width=320, elem_classes="gc-stage"):
                with gr.Column(elem_classes="gc-board"):
                    picture = gr.HTML(html.note(say("drawing"), "note gc-drawing"), elem_id="generate-picture")
                    bars = search_panel.build_bar("guide"), path_panel.build_bar(), search_panel.build_bar("invert")
                said = _build_said()
            with gr.Column(scale=5, min_width=320):
                board = controls.build()
                tools = _build_tools(board.tools, *bars)
        saved = save_panel.build()
    return GenerateTab(**hidden, controls=board, picture=picture, **said, saved=saved, **tools)


def _build_hidden() -> dict[str, Any]:
    """First, since Gradio looks for it through the page, from its beginning, every time."""
    with gr.Column(elem_classes="gc-hidden"):
        return {
            "asked": gr.Textbox(visible=False, elem_id="generate-asked"),
            "tile": gr.HTML(elem_id="generate-tile"),
            "axes": gr.Textbox(visible=False, elem_id="generate-axes"),
            "live": gr.Button("live", elem_id="generate-live"),
            "rest": gr.Button("rest", elem_id="generate-rest"),
        }


def _build_tools(
    tools: gr.Tabs, guide: search_panel.SheetBar, path: path_panel.PathBar, invert: search_panel.SheetBar
) -> dict[str, Any]:
    """The tools beside the sliders; ``guide``, ``path`` and ``invert`` are their bars under the sheet."""
    with tools:
        return {
            "guide": guide_panel.build(guide),
            "path": path_panel.build(path),
            "invert": invert_panel.build(invert),
        }


def _build_said() -> dict[str, Any]:
    """What is said of the images."""
    return {
        "card": gr.HTML(html.note(say("choose_hint")), elem_id="generate-card"),
        "near": gr.HTML(html.note(say("nearest_wait")), elem_id="generate-nearest"),
        **_build_one(),
        "verdict": gr.HTML(html.note(say("judge_wait")), elem_id="generate-verdict"),
    }


def _build_one() -> dict[str, Any]:
    """What can be done with the chosen image alone."""
    with gr.Row(elem_classes="gc-buttons gc-one"):
        return {
            "send": gr.Button(say("send"), size="sm", elem_id="generate-send", min_width=90),
            "keep": gr.Button(say("keep_one"), size="sm", elem_id="generate-keep", min_width=90),
        }


def connect(tab: GenerateTab, classify: "ClassifyTab", tabs: gr.Tabs, demo: gr.Blocks) -> None:
    """Connect the events.

    Args:
        classify: the tab to which an image is sent.
        tabs: the ``gr.Tabs`` of the page.
        demo: its opening restores the recipe of a link.
    """
    _connect_picture(tab)
    opened = tab.show_recipe(demo.load, recipe_of_page, **WATCH, **NETWORKS)
    missing = json.dumps(html.note(say("no_picture"), "error gc-missing"))
    opened.failure(None, None, tab.picture, js=f"() => {missing}", **WATCH)
    tab.show_recipe(tab.model.select, recipe_of_model, **tab.asks(tab.model), **LIVE, **NETWORKS)
    controls.connect(tab.controls, tab)
    path_panel.connect(tab.path, tab)
    guide_panel.connect(tab.guide, tab)
    invert_panel.connect(tab.invert, tab)
    save_panel.connect(tab.saved, tab)
    sent = tab.send.click(**answers(send, {"tabs": tabs, "image": classify.image}), **tab.asks(), preprocess=False,
                          **WATCH, **NETWORKS)  # fmt: skip
    sent.success(None, None, None, js=SHOW_IMAGE, **WATCH)
    classify.after_choice(sent)


def _connect_picture(tab: GenerateTab) -> None:
    """Draw while the controls move; name and judge the picture when they rest."""
    live = {**answers(sheet.live, parts_of(tab, "picture", "tile")), **tab.takes(tab.live), **LIVE, **NETWORKS}
    drawn = tab.live.click(**live)
    drawn.success(None, None, None, js="() => genclass.drawn()", **WATCH)
    drawn.failure(None, None, None, js="() => genclass.failed('generate-live')", **WATCH)
    rest = {
        "picture": tab.picture,
        **parts_of(tab.saved, "recipe", "query"),
        **parts_of(tab.controls, "held", "free"),
        **parts_of(tab.controls.directions, "strips", "sliders"),
    }
    rested = tab.rest.click(**answers(sheet.rest, rest), **tab.takes(tab.rest), **LIVE, **AFTER)
    rested.failure(None, None, None, js="() => genclass.failed('generate-rest')", **WATCH)
    rested.success(None, tab.saved.query, tab.saved.link, js="query => genclass.named(query)", **WATCH)
    judged = tab.rest.click(**answers(sheet.judge, parts_of(tab, "verdict", "card")), **tab.asks(), **LIVE, **AFTER)
    judged.then(None, None, None, js="() => genclass.judged()", **WATCH)
    found = judged.success(sheet.nearest, outputs=tab.near, **tab.asks(), **LIVE, **NEAREST)
    found.then(None, None, None, js="() => genclass.found()", **WATCH)


@safely
def send(asked: object) -> dict[str, Any]:
    """The tab Classify, with the chosen image as a file."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    png = images.png_bytes(render.draw(sampler, recipe)[chosen], sampler.singles(recipe)[chosen].to_json())
    return {"tabs": gr.update(selected="classify"), "image": quota.save(png, f"{recipe.model}.png")}


def recipe_of_model(asked: object, model: Any) -> Recipe:
    """Another model with the same seed: its own classes, its own directions, sliders at rest."""
    if not asked:  # there was no model before
        return Recipe(model)
    recipe, classes = browser_request.recipe_of(asked), model_cache.load(model, "gan").classes
    name = recipe.class_name if recipe.class_name in (classes and [*classes, ALL]) else None
    return Recipe(model, seed=recipe.seed, count=recipe.count, class_name=name, truncation=recipe.truncation)


def recipe_of_page(request: gr.Request) -> Recipe | None:
    """The recipe of the link that was opened, else of the first model; None where there is no model."""
    names = model_cache.names("gan")
    if not names:
        return None
    here = request.query_params.get("tab", "generate") == "generate"  # or the link's model is another tab's
    pairs = [pair for pair in request.query_params.multi_items() if here and pair[0] in (*KEYS, "direction")]
    try:
        return render.prepare(Recipe.from_link(urlencode(pairs)))[1] if pairs else Recipe(names[0])
    except GenClassError as error:
        gr.Warning(text.sentence(error))
        return Recipe(names[0])


def shown_parts(tab: GenerateTab) -> Parts:
    """What ``shown`` fills."""
    return {
        "controls": controls.shown_parts(tab.controls),
        "path": path_panel.shown_parts(tab.path),
        "guide": guide_panel.shown_parts(tab.guide),
        **parts_of(tab, "picture", "tile", "axes"),
        "recipe": tab.saved.recipe,
    }


def shown(recipe: Recipe | None) -> dict[str, Any]:
    """Every control set to a recipe, and its picture; None: there is no model.

    Raises:
        GenClassError: for a recipe that its model cannot draw.
    """
    if recipe is None:
        return {
            "picture": html.note(say("no_gan"), "note gc-missing"),
            "tile": "",
            "axes": json.dumps(direction_sliders.axes(None)),
            "recipe": "",
        }
    sampler, complete = render.prepare(recipe)
    return {
        "controls": controls.shown(sampler, complete),
        "path": path_panel.shown(sampler, complete),
        "guide": guide_panel.shown(sampler, complete),
        "picture": sheet.figure(sampler, complete),
        "tile": "",
        "axes": json.dumps(direction_sliders.axes(sampler)),
        "recipe": complete.to_json(),
    }
