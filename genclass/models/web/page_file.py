"""A generator as one self-contained page: model, runtime and controls, opened from disk or any static host."""

import base64
import gzip
import html
import json
import string
from pathlib import Path
from typing import Any

from genclass.models import export
from genclass.models.sampler import Sampler
from genclass.models.web import halved, runtime
from genclass.models.web.words import GENERATOR

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("latents.js", "runtime.js", "generator.js")


def write_html(folder: Path, out: Path) -> None:
    """Write the generator of a checkpoint folder as the page ``out``, in English and Chinese.

    It draws as the lab does: latents bit for bit, pixels within 2/255 (``tests/browser/test_web_page.py``). What holds
    its weights is the ONNX file, in half precision where that moves no pixel by more than 1/255.

    Raises:
        GenClassError: ``wrong_kind`` for a classifier, else as ``export.write_onnx``.
    """
    sampler = Sampler.load(folder)
    export.write(out, page(sampler, export.onnx_model(folder, halved.halved)).encode())


def page(sampler: Sampler, model: bytes) -> str:
    """The page's text, of a generator and its ONNX file."""
    template = string.Template((STATIC / "generator.html").read_text())
    return template.substitute(
        title=html.escape(sampler.name),
        style=(STATIC / "page.css").read_text(),
        told=json.dumps(_told(sampler), ensure_ascii=False).replace("<", "\\u003c"),
        model=base64.b64encode(gzip.compress(model, 9, mtime=0)).decode(),
        script="\n".join((STATIC / name).read_text() for name in SCRIPTS),
        **{name.replace("-", "_"): base64.b64encode(runtime.stored(name)).decode() for name in runtime.FILES},
    )


def _told(sampler: Sampler) -> dict[str, Any]:
    """What the page's script knows of its model."""
    told = {key: sampler.config[key] for key in ("name", "image_size", "channels")}
    return told | {
        "classes": sampler.classes,
        "sha256": sampler.sha256,
        "z_dim": sampler.z_dim,
        "directions": {id: vector.tolist() for id, vector in sampler.directions.items()},
        "names": sampler.said.names,
        "words": GENERATOR,
    }
