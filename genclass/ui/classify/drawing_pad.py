"""The drawing pad for digits: what is drawn becomes the image that is asked about."""

import base64

import gradio as gr
import numpy as np
from PIL import Image, ImageOps

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import decode, images
from genclass.ui.common import model_cache
from genclass.ui.common.events import LIVE, from_script, safely
from genclass.ui.common.text import say
from genclass.ui.server import quota
from genclass.ui.static import static

DIGITS = "mnist-airnet"
PREFIX = "data:image/png;base64,"
MOST = 1_000_000  # letters of a drawing
MARGIN = 0.2  # of the drawing's longer side: in MNIST digits fill 20 of 28 pixels


def build():
    """The pad; ``connect`` makes it work."""
    board = (f'<div class="gc-pad"><canvas width="280" height="280" aria-label="{say("pad")}"></canvas>'
             f'<button type="button" class="gc-plain">{say("clear")}</button></div>')  # fmt: skip
    return gr.HTML(html_template=board, js_on_load=static("drawing_pad.js"), elem_id="classify-pad")


def connect(pad, image, model):
    """Put each drawing into ``image``, and choose a model of digits unless one that knows such pictures is chosen.

    Returns:
        The event, for what follows it.
    """
    return pad.input(drawn, **from_script(pad, model), outputs=[image, model], **LIVE)


@safely
def drawn(drawing, model):
    """The drawing as a file, and the model to ask: digits for whoever was asking about photos."""
    path = quota.save(trimmed(drawing), "drawing.png")
    photos = model_cache.load(model, "classifier").channels == 3
    return path, DIGITS if photos and (paths.SHIPPED / DIGITS).exists() else gr.skip()


def trimmed(drawing):
    """PNG of a drawing, cut to its strokes and padded to a square, as the digits of MNIST were.

    Args:
        drawing: a PNG as data address.

    Raises:
        GenClassError: ``nothing_given`` for blank paper, ``broken_image`` for what is no PNG.
    """
    image = decode.decode(_bytes(drawing)).convert("L")
    box = ImageOps.invert(image).getbbox()
    if box is None:
        raise GenClassError("nothing_given")
    strokes = image.crop(box)
    side = round(max(strokes.size) * (1 + 2 * MARGIN))
    paper = Image.new("L", (side, side), 255)
    paper.paste(strokes, ((side - strokes.width) // 2, (side - strokes.height) // 2))
    return images.png_bytes(np.asarray(paper)[:, :, None])


def _bytes(drawing):
    if not isinstance(drawing, str) or not drawing.startswith(PREFIX) or len(drawing) > MOST:
        raise GenClassError("broken_image")
    try:
        return base64.b64decode(drawing[len(PREFIX) :], validate=True)
    except ValueError as error:
        raise GenClassError("broken_image") from error
