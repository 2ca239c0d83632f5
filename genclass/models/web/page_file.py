"""A model as one self-contained page: model, runtime and controls, opened from disk or any static host, offline.

It answers as the lab does (``tests/browser/test_web_page.py``): a generator's latents are the same bit for bit, its
pixels within 2/255; a photo is made small by the lab's own resizing, and a classifier's probabilities are within 0.01.
Weights are kept in half precision where that changes no pixel and no probability by more than 1/255.
"""

import base64
import dataclasses
import gzip
import html
import json
import string
from pathlib import Path
from typing import Any

import torch

from genclass.errors import GenClassError
from genclass.files.images import to_float
from genclass.models import checkpoint, export
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.models.web import halved, runtime
from genclass.models.web.words import CLASSIFIER, GENERATOR, PAGE

STATIC = Path(__file__).parent / "static"
SCRIPTS = {
    "classifier": ("runtime.js", "page.js", "resize.js", "classifier.js"),
    "gan": ("runtime.js", "page.js", "latents.js", "generator.js"),
}
BODIES = {"classifier": "classifier.html", "gan": "generator.html"}


class DoubtingGraph(export.ClassifierGraph):
    """A classifier's probabilities and, after them, whether an image is unlike the training data: 1 or 0."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        logits = self.classifier.raw_logits(to_float(pixels))
        return _beside(self.classifier.probabilities(logits), self.classifier.unlike(pixels, logits))

    def expected(self, *inputs: torch.Tensor) -> torch.Tensor:
        return _beside(*self.classifier.answer(*inputs))


def _beside(probabilities: torch.Tensor, unlike: torch.Tensor) -> torch.Tensor:
    return torch.cat([probabilities, unlike[:, None].to(probabilities.dtype)], 1)


def write_html(folder: Path, out: Path) -> None:
    """Write the model of a checkpoint folder as the page ``out``, in English and Chinese.

    Raises:
        GenClassError: ``no_web_page`` for a classifier that makes photos small in a way that browsers are not taught;
            else as ``export.write_onnx``.
    """
    config = checkpoint.read_config(folder)
    if config["kind"] == "gan":
        sampler = Sampler.load(folder)
        graph: export.Graph = export.GeneratorGraph(sampler)
        told = _told_of_generator(sampler)
    else:
        classifier = Classifier.load(folder)
        if not classifier.preprocess.antialias or classifier.preprocess.interpolation == "nearest":
            raise GenClassError("no_web_page", name=config["name"])
        graph = DoubtingGraph(classifier)
        told = _told_of_classifier(classifier)
    export.write(out, _page(config, told, export.onnx_model(graph, config, halved.halved)).encode())


def _page(config: dict[str, Any], told: dict[str, Any], model: bytes) -> str:
    """The page's text, of what its script knows of its model and the ONNX file."""
    kind = config["kind"]
    told |= {key: config[key] for key in ("name", "image_size", "channels")}
    told["sha256"] = config["sha256"]["model.safetensors"]
    return string.Template(_text("page.html")).substitute(
        title=html.escape(config["name"]),
        style=_text("page.css"),
        body=_text(BODIES[kind]),
        told=json.dumps(told, ensure_ascii=False).replace("<", "\\u003c"),
        model=_packed(gzip.compress(model, 9, mtime=0)),
        licence=_text("onnxruntime-web/LICENSE"),
        script="\n".join(map(_text, SCRIPTS[kind])),
        **{name.replace("-", "_"): _packed(runtime.stored(name)) for name in runtime.FILES},
    )


def _packed(content: bytes) -> str:
    """In base 85, a sixteenth shorter than in base 64; a comma stands for what would open a tag."""
    return base64.b85encode(content).decode().replace("<", ",")


def _text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _told_of_generator(sampler: Sampler) -> dict[str, Any]:
    return {
        "classes": sampler.classes,
        "z_dim": sampler.z_dim,
        "directions": {id: vector.tolist() for id, vector in sampler.directions.items()},
        "names": sampler.said.names,
        "words": _words(GENERATOR),
    }


def _told_of_classifier(classifier: Classifier) -> dict[str, Any]:
    return {
        "classes": classifier.classes,
        "preprocess": dataclasses.asdict(classifier.preprocess),
        "inverts": classifier.inverts,
        "unsure": classifier.config.get("unsure", {"probability": 0.0})["probability"],
        "words": _words(CLASSIFIER),
    }


def _words(of_kind: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {language: PAGE[language] | words for language, words in of_kind.items()}
