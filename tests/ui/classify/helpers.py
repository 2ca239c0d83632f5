"""Uploads for Classify, and the pictures in its answers."""

import base64
import io
import re

import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from PIL import Image

from genclass.ui.server import uploads

MODEL = "fashion-mnist-airnet"


def uploaded(data, name="photo.png"):
    """A file as the page hands it over."""
    return {"path": save_bytes_to_cache(data, name, str(uploads.folder())), "meta": {"_type": "gradio.FileData"}}


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pictures(piece):
    """Every picture in a piece of HTML: uint8 [H, W] or [H, W, C]."""
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(found)))) for found in re.findall('base64,([^"]+)', piece)
    ]
