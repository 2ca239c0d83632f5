"""The drawing pad for digits: what is drawn becomes the image that is asked about."""

from typing import Any

import gradio as gr
import numpy as np
from gradio.events import Dependency
from PIL import Image, ImageOps

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import decode, images
from genclass.ui.classify.question import Question
from genclass.ui.common import model_cache
from genclass.ui.common.events import LIVE, answers, from_script, parts_of, safely
from genclass.ui.common.text import say
from genclass.ui.server import quota, uploads
from genclass.ui.static import static

DIGITS = "mnist-airnet"
PREFIX = "data:image/png;base64,"
MOST = 1_000_000  # letters of a drawing
MARGIN = 0.2  # of the drawing's longer side: in MNIST digits fill 20 of 28 pixels


def build() -> gr.HTML:
    """The pad; ``connect`` makes it work."""
    board = (f'<div class="gc-pad"><div><canvas width="280" height="280" aria-label="{say("pad")}"></canvas>'
             f'<p aria-hidden="true">{say("pad_here")}</p></div>'
             f'<button type="button" class="gc-plain">{say("clear")}</button></div>')  # fmt: skip
    return gr.HTML(html_template=board, js_on_load=static("drawing_pad.js"), elem_id="classify-pad")


def connect(pad: gr.HTML, question: Question) -> Dependency:
    """Ask about each drawing, and of a model of digits unless one that knows such pictures is chosen.

    Returns:
        The event, for what follows it.
    """
    asked = answers(take_drawing, parts_of(question, "image", "model"))
    return pad.input(**asked, **from_script(pad, question.model), **LIVE)


@safely
def take_drawing(drawing: object, model: object) -> dict[str, Any]:
    """The drawing as a file; after a model of photos, the one to ask is that of digits."""
    found = {"image": quota.save(trimmed(drawing), "drawing.png")}
    photos = model_cache.load(model, "classifier").channels == 3
    digits = photos and (paths.SHIPPED / DIGITS).exists()
    return found | ({"model": model_cache.choice("classifier", DIGITS)} if digits else {})


def trimmed(drawing: object) -> bytes:
    """PNG of a drawing, cut to its strokes and padded to a square, as the digits of MNIST were.

    Args:
        drawing: a PNG as a data URL.

    Raises:
        GenClassError: ``nothing_given`` for blank paper, ``broken_image`` for what is no PNG.
    """
    image = decode.decode(uploads.content(drawing, PREFIX, MOST)).convert("L")
    box = ImageOps.invert(image).getbbox()
    if box is None:
        raise GenClassError("nothing_given")
    strokes = image.crop(box)
    side = round(max(strokes.size) * (1 + 2 * MARGIN))
    paper = Image.new("L", (side, side), 255)
    paper.paste(strokes, ((side - strokes.width) // 2, (side - strokes.height) // 2))
    return images.png_bytes(np.asarray(paper)[:, :, None])
