"""What a browser sends to Generate, and what comes back."""

import base64
import io
import json
import re

import numpy as np
from PIL import Image

from genclass.ui.generate import sheet

GAN = "fashion-mnist-gan"


def asked(recipe=None, chosen=0, moved=None, seen=None, **values):
    """What the browser sends: a recipe, what was moved since, and what it shows."""
    recipe = recipe or json.dumps({"model": GAN, "seed": 7, "count": 4, **values})
    return json.dumps({"recipe": recipe, "moved": moved or {}, "chosen": chosen, **(seen or {})})


def redrawn(moved=None, **values):
    """(picture, recipe as a dict, query string)."""
    text = asked(moved=moved, **values)
    live, rest = sheet.live(text), sheet.rest(text)
    assert live["tile"] == "" and "picture" not in rest
    return live["picture"], json.loads(rest["recipe"]), rest["query"]


def decoded(picture):
    """(pixels, carried text) of the first picture in a piece of HTML."""
    found = base64.b64decode(re.search('base64,([^"]+)', picture)[1])
    return np.asarray(Image.open(io.BytesIO(found))), found


def unpacked(file):
    return io.BytesIO(base64.b64decode(file["url"].partition("base64,")[2]))
