"""The picture of Generate: one sheet that follows the controls live; of a large one, the chosen image does."""

from typing import Any

from genclass.files import images
from genclass.models.recipe import ALL, Recipe
from genclass.models.sampler import Sampler, image_count
from genclass.ui.common import html, render
from genclass.ui.common.events import safely
from genclass.ui.common.text import class_name, say
from genclass.ui.generate import browser_request, controls, direction_sliders, judgement

LIVE_MOST = 16  # images that are drawn anew while a slider moves


def figure(sampler: Sampler, recipe: Recipe) -> str:
    """The sheet of a complete recipe as HTML."""
    png, columns = render.sheet_png(sampler, recipe)
    count = image_count(recipe, sampler.classes)
    shown = render.shown_columns(recipe, count)
    words = [class_name(name) for name in sampler.classes] if recipe.class_name == ALL else [""] * count
    alt = say("picture", count=count, model=recipe.model)
    tiles = [] if shown == columns else words
    return html.sheet(png, shown, count, alt, f"{recipe.model}-{recipe.seed}.png", tiles)


@safely
def live(asked: object) -> dict[str, str]:
    """While a slider moves: a small sheet anew; of a large one, the chosen image as a tile that lies over it."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    if image_count(recipe, sampler.classes) <= LIVE_MOST:
        return {"picture": figure(sampler, recipe), "tile": ""}
    one, class_weights = slice(chosen, chosen + 1), sampler.class_weights(recipe)
    drawn = sampler.draw(sampler.latents(recipe)[one], None if class_weights is None else class_weights[one])
    return {"tile": html.data_url(images.png_bytes(drawn[0]))}


@safely
def rest(asked: object) -> dict[str, Any]:
    """When the controls rest: the whole of a large sheet, its recipe and link, and what each direction would make."""
    sampler, recipe, chosen = browser_request.prepare(asked)
    large = image_count(recipe, sampler.classes) > LIVE_MOST
    return {
        **({"picture": figure(sampler, recipe)} if large else {}),
        "recipe": recipe.to_json(),
        "query": recipe.to_link(),
        **controls.held(recipe),
        "strips": direction_sliders.strips(sampler, recipe, chosen),
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
