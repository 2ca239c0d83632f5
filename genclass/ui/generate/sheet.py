"""The picture of Generate: one sheet that follows the controls live, all of it or what can be drawn in time."""

from typing import Any

import numpy as np

from genclass.files import images
from genclass.models.recipe import ALL, Recipe
from genclass.models.sampler import Sampler, image_count, sheet_columns
from genclass.ui.common import draw_pace, html, render
from genclass.ui.common.events import safely
from genclass.ui.common.text import class_name, say
from genclass.ui.generate import browser_request, controls, direction_sliders, judgement


def figure(sampler: Sampler, recipe: Recipe) -> str:
    """The sheet of a complete recipe as HTML."""
    png, columns = render.sheet_png(sampler, recipe)
    count = image_count(recipe, sampler.classes)
    shown = render.shown_columns(recipe, count)
    words = [class_name(name) for name in sampler.classes] if recipe.class_name == ALL else [""] * count
    alt = say("picture", count=count, model=recipe.model)
    tiles = [] if shown == columns else words
    return html.sheet(png, shown, count, alt, tiles)


@safely
def live(asked: object) -> dict[str, str]:
    """While a slider moves: the sheet, or what of it can be drawn in time, to lie over a sheet of the same form."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    count = image_count(recipe, sampler.classes)
    most, (shown, _) = draw_pace.fitting(sampler, count), browser_request.seen(asked)
    if most == count or shown != f"{count}x{render.shown_columns(recipe, count)}":
        return {"picture": figure(sampler, recipe), "tile": ""}
    part = _part(sampler, recipe, [(chosen + step) % count for step in range(most)])
    return {"tile": f'<img src="{html.data_url(part)}" alt="">'}


def _part(sampler: Sampler, recipe: Recipe, places: list[int]) -> bytes:
    """PNG of a sheet on which only the images at ``places`` are drawn; all else lets through what is below it."""
    z, class_weights = sampler.latents(recipe), sampler.class_weights(recipe)
    with draw_pace.timed(sampler, len(places)):
        drawn = sampler.draw(z[places], None if class_weights is None else class_weights[places])
    every = np.zeros((len(z), *drawn.shape[1:3], drawn.shape[3] + 1), np.uint8)
    every[places] = np.insert(drawn, drawn.shape[3], 255, axis=3)
    return images.png_bytes(images.sheet(every, sheet_columns(recipe, len(every))))


@safely
def rest(asked: object) -> dict[str, Any]:
    """At rest: the whole sheet if a part of it has followed, recipe, link, and what each direction would make."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    _, in_part = browser_request.seen(asked)
    return {
        **({"picture": figure(sampler, recipe)} if in_part else {}),
        "recipe": recipe.to_json(),
        "query": recipe.to_link(),
        **controls.held(recipe),
        "strips": direction_sliders.strips(sampler, recipe, chosen),
        **direction_sliders.offered(sampler, recipe),
    }


@safely
def judge(asked: object) -> dict[str, str]:
    """When the controls rest: what others say of each image, and of the chosen one in full."""
    verdict, card = judgement.judge(*browser_request.prepare(asked))
    return {"verdict": verdict, "card": card}


@safely
def nearest(asked: object) -> str:
    """The training images that are most like the chosen one: the first search of a model takes seconds."""
    return judgement.nearest(*browser_request.prepare(asked))
