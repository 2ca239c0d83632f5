"""The picture of Generate: one sheet that follows the controls live; of a large one, the chosen image does."""

import gradio as gr

from genclass import images
from genclass.sample import image_count
from genclass.ui import axes, drawing, html, judging
from genclass.ui.controls import recipe_of
from genclass.ui.handlers import safely
from genclass.ui.text import say

LIVE_MOST = 16  # images that are drawn anew while a slider moves


def draw(sampler, recipe):
    """[sheet, recipe as JSON, its query string, no tile] of a complete recipe."""
    return [_figure(sampler, recipe), recipe.to_json(), recipe.to_link(), ""]


def _figure(sampler, recipe):
    png, columns = drawing.sheet_png(sampler, recipe)
    count = image_count(recipe, sampler.classes)
    alt = say("picture", count=count, model=recipe.model)
    return html.sheet(png, columns, count, alt, f"{recipe.model}-{recipe.seed}.png")


@safely
def redraw(*controls):
    """Draw all that the controls ask for."""
    return draw(*drawing.prepare(recipe_of(*controls)))


@safely
def follow(chosen, *controls):
    """Draw while a slider moves: a small sheet, or the chosen image of a large one, which the browser lays over it.

    An empty seed is waited for: someone is typing.
    """
    if controls[4] is None:
        return [gr.skip()] * 4
    sampler, recipe = drawing.prepare(recipe_of(*controls))
    count = image_count(recipe, sampler.classes)
    if count <= LIVE_MOST:
        return draw(sampler, recipe)
    chosen = chosen_of(chosen, count)
    shares = sampler.shares(recipe)
    drawn = sampler.draw(sampler.latents(recipe)[chosen : chosen + 1],
                         None if shares is None else shares[chosen : chosen + 1])  # fmt: skip
    tile = html.address(images.png_bytes(drawn[0]))
    return [gr.skip(), recipe.to_json(), recipe.to_link(), tile]


def chosen_of(value, count):
    """The index of the chosen image; what is none means the first."""
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < count
    return int(value) if whole else 0


@safely
def rest(recipe_json, chosen, tile):
    """When the controls rest: the whole of a large sheet, and what each direction makes of the chosen image."""
    sampler, recipe = drawing.prepare(drawing.parse(recipe_json))
    chosen = chosen_of(chosen, image_count(recipe, sampler.classes))
    return [_figure(sampler, recipe) if tile else gr.skip(), "", *axes.strips(sampler, recipe, chosen)]


@safely
def judge(recipe_json, chosen):
    """When the controls rest: what others say of each image, and of the chosen one in full."""
    sampler, recipe = drawing.prepare(drawing.parse(recipe_json))
    return judging.words(sampler, recipe, chosen_of(chosen, image_count(recipe, sampler.classes)))
