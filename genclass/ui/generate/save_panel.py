"""Keeping a picture: its link, its recipe, files to download, and a place to drop one on."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from genclass.files import animate, carried, images
from genclass.models.recipe import ALL, Recipe
from genclass.ui.common import html, render
from genclass.ui.common.events import LIVE, NETWORKS, WATCH, safely
from genclass.ui.common.text import class_name, say
from genclass.ui.generate import browser_request
from genclass.ui.server import uploads

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab


CARRIERS = [".png", *(f".{form}" for form in animate.FORMATS)]  # of recipes


@dataclass
class SavePanel:
    """The components that events read and write."""

    link: gr.Textbox
    recipe: gr.Code
    query: gr.Textbox
    stored: gr.Checkbox
    png: gr.Button
    zipped: gr.Button
    arrays: gr.Button
    blob: gr.JSON
    drop: gr.File


def build() -> SavePanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-share"):
        link = gr.Textbox(label=say("link"), interactive=False, buttons=["copy"], max_lines=1, scale=4, min_width=220,
                          elem_id="generate-link")  # fmt: skip
        with gr.Row(elem_classes="gc-buttons"):
            png = gr.Button(say("download"), elem_id="generate-download", min_width=60, size="md")
            zipped = gr.Button(say("download_zip"), elem_id="generate-zip", min_width=60, size="md")
            arrays = gr.Button(say("download_npz"), elem_id="generate-npz", min_width=60, size="md")
        stored = gr.Checkbox(False, label=say("as_stored"), container=False, min_width=120, elem_id="generate-stored")
        drop = gr.File(label=say("drop"), file_types=CARRIERS, height=40, elem_id="generate-drop", scale=3,
                       min_width=240, elem_classes="gc-drop-line")  # fmt: skip
    with gr.Accordion(say("recipe"), open=False, elem_id="recipe-fold"):
        recipe = gr.Code(show_label=False, language="json", interactive=False, elem_id="generate-recipe",
                         wrap_lines=True, lines=1)  # fmt: skip
    query = gr.Textbox(visible=False, elem_id="generate-query")
    blob = gr.JSON(visible=False, elem_id="generate-blob")
    return SavePanel(link, recipe, query, stored, png, zipped, arrays, blob, drop)


def connect(panel: SavePanel, tab: "GenerateTab") -> None:
    """Connect to the tab, whose picture is kept, and which shows the recipe of a picture that is dropped."""
    packs: dict[gr.Button, Callable[..., Any]] = {
        panel.png: png_file,
        panel.zipped: zip_file,
        panel.arrays: npz_file,
        tab.keep: one_file,
    }
    for button, pack in packs.items():
        beside = [] if pack is npz_file else [panel.stored]
        packed = button.click(pack, outputs=panel.blob, **tab.asks(*beside), **LIVE, **NETWORKS)
        packed.success(None, panel.blob, None, js="file => genclass.save(file)", **WATCH)
    tab.show_recipe(panel.drop.upload, dropped_recipe, {panel.drop: None}, inputs=panel.drop, **LIVE, **NETWORKS)


def dropped_recipe(file: object) -> Recipe:
    """The recipe that a dropped picture or film carries.

    Raises:
        GenClassError: for what is no upload, or a picture without a recipe.
    """
    return Recipe.from_json(carried.text(uploads.uploaded(file)))


def saved_file(name: str, mime: str, content: bytes) -> dict[str, str]:
    """A file for ``page.js`` to save."""
    return {"name": name, "url": html.data_url(content, mime)}


def size_of(stored: object) -> str:
    """What the checkbox asks for: a picture as it is stored, else one that is large enough to share."""
    return "stored" if stored is True else "large"


@safely
def png_file(asked: object, stored: object = False) -> dict[str, Any]:
    """The sheet as a PNG that carries its recipe. One of each class, unless as stored, becomes a sheet in the
    browser, which has fonts of any language for its ``names``.
    """
    sampler, recipe, _ = browser_request.prepare(asked)
    size = size_of(stored)
    png, _ = render.sheet_png(sampler, recipe, size)
    file = saved_file(f"{recipe.model}-{recipe.seed}.png", "image/png", png)
    if recipe.class_name != ALL or size == "stored":
        return file
    names = [class_name(name) for name in sampler.classes]
    return {**file, "names": names, "columns": render.shown_columns(recipe, len(names))}


@safely
def one_file(asked: object, stored: object = False) -> dict[str, str]:
    """The chosen image as a PNG that carries its own recipe."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    one = sampler.singles(recipe)[chosen]
    png = images.png_bytes(render.draw(sampler, recipe)[chosen], one.to_json(), size_of(stored))
    return saved_file(f"{recipe.model}-{one.seed}.png", "image/png", png)


@safely
def zip_file(asked: object, stored: object = False) -> dict[str, str]:
    """A zip of single PNGs, each of which carries its own recipe."""
    sampler, recipe, _ = browser_request.prepare(asked)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for index, png in enumerate(render.single_pngs(sampler, recipe, size_of(stored))):
            archive.writestr(f"{recipe.model}-{index:02}.png", png)
    return saved_file(f"{recipe.model}-{recipe.seed}.zip", "application/zip", buffer.getvalue())


@safely
def npz_file(asked: object) -> dict[str, str]:
    """The arrays that the command line writes: ``images`` uint8 [N, H, W, C], ``labels`` int64 [N]."""
    sampler, recipe, _ = browser_request.prepare(asked)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=render.draw(sampler, recipe), labels=sampler.labels(recipe))
    return saved_file(f"{recipe.model}-{recipe.seed}.npz", "application/octet-stream", buffer.getvalue())
