"""The picture of Generate: one sheet that follows the controls live; of a large one, the chosen image does."""

import gradio as gr

from genclass.files import images
from genclass.models.sampler import image_count
from genclass.ui.common import html, render
from genclass.ui.common.events import safely
from genclass.ui.common.text import say
from genclass.ui.generate import controls, direction_sliders, request, verdicts

LIVE_MOST = 16  # images that are drawn anew while a slider moves


def figure(sampler, recipe):
    """The sheet of a complete recipe as HTML."""
    png, columns = render.sheet_png(sampler, recipe)
    count = image_count(recipe, sampler.classes)
    alt = say("picture", count=count, model=recipe.model)
    return html.sheet(png, columns, count, alt, f"{recipe.model}-{recipe.seed}.png")


@safely
def follow(asked):
    """[sheet, no tile] of a small sheet while a slider moves; of a large one, the chosen image as a tile."""
    sampler, recipe, chosen = request.prepare(asked)
    if image_count(recipe, sampler.classes) <= LIVE_MOST:
        return [figure(sampler, recipe), ""]
    one, class_weights = slice(chosen, chosen + 1), sampler.class_weights(recipe)
    drawn = sampler.draw(sampler.latents(recipe)[one], None if class_weights is None else class_weights[one])
    return [gr.skip(), html.data_url(images.png_bytes(drawn[0]))]


@safely
def rest(asked):
    """When the controls rest: the whole of a large sheet, its recipe and link, and what each direction would make."""
    sampler, recipe, chosen = request.prepare(asked)
    small = image_count(recipe, sampler.classes) <= LIVE_MOST
    whole = gr.skip() if small else figure(sampler, recipe)
    beside = [*controls.given(recipe), *direction_sliders.strips(sampler, recipe, chosen)]
    return [whole, recipe.to_json(), recipe.to_link(), *beside]


@safely
def judge(asked):
    """When the controls rest: what others say of each image, and of the chosen one in full."""
    return verdicts.words(*request.prepare(asked))
