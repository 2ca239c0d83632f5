"""The picture that the page's HTML brings with it, seconds before Gradio's front end has built the page around it.

It is that of the plain address, the same for all who open it. ``page.js`` takes it away once the live one is there.
"""

import functools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any

from starlette.requests import Request

from genclass import paths
from genclass.errors import GenClassError
from genclass.models.recipe import Recipe
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.text import language, say, speaking
from genclass.ui.static import static
from genclass.ui.words import DEFAULT

PLAIN = {"__theme"}  # what a plain address may ask for
PATIENCE = 0.5  # seconds that the HTML waits: beside a training the model took four to load, and the page did not start
_maker = ThreadPoolExecutor(1, "opening")


def picture(request: Request, config: Mapping[str, Any]) -> str:
    """HTML for the page that is asked for: nothing where another picture, another tab or a login comes first.

    Args:
        config: what Gradio tells its front end of the page.
    """
    if config.get("auth_required") or not PLAIN.issuperset(request.query_params):
        return ""
    names = model_cache.names("gan")
    if not names or not (paths.SHIPPED / names[0]).is_dir():  # a visitor may have a model of that name that comes first
        return ""
    try:
        return _maker.submit(_spoken, names[0], config["current_page"] or DEFAULT).result(PATIENCE)
    except (TimeoutError, GenClassError):  # which the live page will tell
        return ""


def _spoken(model: str, page: str) -> str:
    with speaking(page):
        return _made(model, model_cache.load(model, "gan").sha256, language())


@functools.lru_cache(maxsize=8)
def _made(model: str, sha256: str, language: str) -> str:
    """The HTML, once for a model's weights and a language, which is the one that is spoken."""
    sampler, recipe = render.prepare(Recipe(model, sha256=sha256))
    png, columns = render.sheet_png(sampler, recipe)
    rows = -(-recipe.count // columns)
    alt = escape(say("picture", count=recipe.count, model=model))
    sizes = f":root {{ --opening-shape: {columns / rows:.4f}; --opening-most: {max(400, columns * 144)}px; }}"
    return (
        f'<div id="opening"><style>{sizes}{static("opening.css")}</style>'
        f"<header><h1>{escape(say('title'))}</h1><p>{escape(say('tagline'))}</p></header>"
        f'<div><img src="{html.data_url(png)}" alt="{alt}"></div></div>'
    )
