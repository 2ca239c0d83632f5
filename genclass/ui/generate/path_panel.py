"""The tool Path: from the chosen image to another seed or class, moving on the sheet and as a strip."""

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from genclass.files import animate, images
from genclass.models.recipe import MAX_SEED, Recipe
from genclass.models.sampler import Sampler, image_count
from genclass.ui.common import html, render
from genclass.ui.common.events import (
    LIVE,
    NETWORKS,
    RAW,
    SEARCHES,
    WATCH,
    Parts,
    answers,
    parts_of,
    safely,
    safely_each,
    stoppable,
)
from genclass.ui.common.text import class_choices, name_of, say
from genclass.ui.generate import browser_request
from genclass.ui.generate.browser_request import IN_TURN
from genclass.ui.generate.save_panel import saved_file, size_of
from genclass.ui.generate.search_panel import SEARCH

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab

CHUNK = 8
MIME = {"gif": "image/gif", "webp": "image/webp", "mp4": "video/mp4"}


@dataclass
class PathPanel:
    """The components that events read and write."""

    to_seed: gr.Number
    to_class: gr.Dropdown
    steps: gr.Slider
    go: gr.Button
    stop: gr.Button
    shown: "PathBar"
    strip: gr.HTML
    walked: gr.Textbox
    keep: gr.Row
    saves: dict[str, gr.Button]
    blob: gr.JSON


@dataclass
class PathBar:
    """What the tool shows under the sheet while its tab is open: how far it has come, and the way back."""

    bar: gr.HTML
    back: gr.Button


def build_bar() -> PathBar:
    """The tool's bar, laid out under the sheet."""
    bar = gr.HTML(elem_id="walk-bar", elem_classes="gc-of-walk")
    back = gr.Button(say("back_to_sheet"), size="md", visible=False, elem_id="walk-back", elem_classes="gc-of-walk")
    return PathBar(bar, back)


def build(shown: PathBar) -> PathPanel:
    """Lay the tool out; ``shown`` is its bar under the sheet."""
    with gr.Tab(say("walk"), id="walk", elem_id="tool-walk"):
        gr.HTML(html.note(say("walk_hint")), elem_id="walk-hint")
        with gr.Row(elem_classes="gc-pair"):
            to_seed = gr.Number(12, label=say("to_seed"), precision=0, minimum=0, maximum=MAX_SEED, min_width=120,
                                elem_id="walk-seed")  # fmt: skip
            to_class = gr.Dropdown([], label=say("to_class"), elem_id="walk-class", min_width=140)
        steps = gr.Slider(2, render.MOST, 24, step=1, label=say("steps"), elem_id="walk-steps", buttons=[])
        with gr.Row(elem_classes="gc-buttons"):
            go = gr.Button(say("walk_go"), variant="primary", elem_id="walk-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="walk-stop", min_width=80, interactive=False)
        strip = gr.HTML(elem_id="walk-strip")
        with gr.Row(elem_classes="gc-buttons", visible=False, elem_id="walk-saves") as keep:
            saves = {form: gr.Button(name_of("save", form), size="md", elem_id=f"walk-{form}", min_width=90)
                     for form in SAVERS}  # fmt: skip
        walked = gr.Textbox(visible=False, elem_id="walk-recipe")
        blob = gr.JSON(visible=False, elem_id="walk-blob")
    return PathPanel(to_seed, to_class, steps, go, stop, shown, strip, walked, keep, saves, blob)


def connect(panel: PathPanel, tab: "GenerateTab") -> None:
    """Connect to the tab, on whose sheet a path begins and moves."""
    parts = {
        "picture": tab.picture,
        **parts_of(panel.shown, "bar", "back"),
        **parts_of(panel, "strip", "walked", "keep"),
    }
    asked = tab.asks(panel.to_seed, panel.to_class, panel.steps)
    walked = stoppable(panel.go, panel.stop, panel.shown.bar, "walk_stopped", SEARCH, **answers(walk, parts), **asked)
    walked.success(None, None, None, js="() => { genclass.ended(); genclass.searched(); }", **WATCH)
    walked.failure(None, None, None, js="() => genclass.refused()", **WATCH)
    leave = "() => { genclass.ended(); genclass.searched(); return {__type__: 'update', visible: true}; }"
    panel.stop.click(None, None, panel.shown.back, js=leave, **WATCH)
    tab.show_recipe(panel.shown.back.click, browser_request.recipe_of, {panel.shown.back: gr.update(visible=False)},
                    **tab.asks(), **LIVE, **NETWORKS)  # fmt: skip
    for form, button in panel.saves.items():
        made = button.click(SAVERS[form], [panel.walked, tab.saved.stored], panel.blob, **RAW, **SEARCHES)
        made.success(None, panel.blob, None, js="file => genclass.save(file)", **WATCH)


def shown_parts(panel: PathPanel) -> Parts:
    """What ``shown`` fills."""
    return parts_of(panel, "to_seed", "to_class", "steps")


def shown(sampler: Sampler, recipe: Recipe) -> dict[str, Any]:
    """A recipe's path; without one, seed and steps stay as they are."""
    choices = [(say("same_class"), IN_TURN), *class_choices(sampler.classes)]
    return {
        "to_seed": gr.skip() if recipe.to_seed is None else recipe.to_seed,
        "to_class": gr.update(choices=choices, value=recipe.to_class or IN_TURN, visible=bool(sampler.classes)),
        "steps": gr.skip() if recipe.steps is None else recipe.steps,
    }


def path_of(sampler: Sampler, recipe: Recipe, chosen: int, to_seed: Any, to_class: Any, steps: Any) -> Recipe:
    """A path that begins at the ``chosen`` image of a complete recipe.

    Raises:
        GenClassError: for values that make no path.
    """
    one = sampler.singles(recipe)[chosen]
    return sampler.complete(dataclasses.replace(one, to_seed=to_seed, to_class=to_class or None, steps=steps))


@safely_each
def walk(asked: object, to_seed: object, to_class: object, steps: object) -> Iterator[dict[str, Any]]:
    """Draw a path with progress; at its end it moves on the sheet, with its strip and its recipe beside it."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    sampler, path = render.prepare(path_of(sampler, recipe, chosen, to_seed, to_class, steps))
    z, class_weights, parts = sampler.latents(path), sampler.class_weights(path), []
    for start in range(0, len(z), CHUNK):
        part = slice(start, start + CHUNK)
        parts.append(sampler.draw(z[part], None if class_weights is None else class_weights[part]))
        yield {"picture": _sheet(np.concatenate(parts), path), "bar": _bar(min(start + CHUNK, len(z)), len(z))}
    yield _walked(np.concatenate(parts), path)


def _bar(done: int, total: int) -> str:
    facts = [say("walked", done=done, total=total)]
    return html.progress("running" if done < total else "finished", say("walk"), done / total, facts)


def _sheet(drawn: np.ndarray, path: Recipe) -> str:
    """As much of a path as is drawn, in rows."""
    columns = math.isqrt(image_count(path, ()) - 1) + 1
    return html.picture(images.png_bytes(images.sheet(drawn, columns)), columns, say("strip_of_path", steps=path.steps))


def _walked(drawn: np.ndarray, path: Recipe) -> dict[str, Any]:
    """The end of a path: it moves on the sheet, and can be kept."""
    moving = html.data_url(animate.animation(drawn, "webp", path.to_json(), "stored"), MIME["webp"])
    alt = say("strip_of_path", steps=path.steps)
    return {
        "picture": html.moving(moving, alt),
        "bar": _bar(len(drawn), len(drawn)),
        "back": gr.update(visible=True),
        "strip": html.walk(_strip_png(drawn, path, "stored"), moving, alt),
        "walked": path.to_json(),
        "keep": gr.update(visible=True),
    }


def _strip_png(drawn: np.ndarray, path: Recipe, size: str) -> bytes:
    return images.png_bytes(images.sheet(drawn, len(drawn)), path.to_json(), size)


def _animation_saver(form: str) -> Callable[..., dict[str, str]]:
    @safely
    def save(recipe_json: object, stored: object = False) -> dict[str, str]:
        sampler, path = render.prepare(render.parse(recipe_json))
        moving = animate.animation(render.draw(sampler, path), form, path.to_json(), size_of(stored))
        return saved_file(f"{path.model}-path.{form}", MIME[form], moving)

    return save


@safely
def strip_file(recipe_json: object, stored: object = False) -> dict[str, str]:
    """The strip as a PNG that carries the path's recipe."""
    sampler, path = render.prepare(render.parse(recipe_json))
    png = _strip_png(render.draw(sampler, path), path, size_of(stored))
    return saved_file(f"{path.model}-path.png", "image/png", png)


SAVERS = {"strip": strip_file, **{form: _animation_saver(form) for form in animate.FORMATS}}
