"""A model as one self-contained page: model, runtime and controls, opened from disk or any static host, offline.

It answers as the lab does (``tests/browser/test_web_page.py``): a generator's latents are the same bit for bit, its
pixels within 2/255; a photo is made small by the lab's own resizing, and a classifier's probabilities are within 0.01.
The network that knows most is not asked (``known_kinds.py``), and pages of classifiers that would have it asked say so.
Weights are kept in half precision where that changes no pixel and no probability by more than 1/255.
"""

import base64
import dataclasses
import gzip
import html
import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from genclass.data import class_words
from genclass.errors import GenClassError
from genclass.files.images import to_float
from genclass.models import answerer, checkpoint, export, known_kinds
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.models.web import halved, runtime
from genclass.models.web.words import CLASSIFIER, GENERATOR, PAGE

SCRIPTS = {
    "classifier": ("resize.js", "classifier.js"),
    "gan": ("latents.js", "drawing.js", "generator.js"),
}
COMMON = ("words.js", "runtime.js", "carried.js", "share.js", "page.js")
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


@dataclasses.dataclass(frozen=True)
class Page:
    """What a page of a model is made of.

    Attributes:
        config: the checkpoint's ``config.json``.
        told: what its script has to know beside that.
        model: the ONNX file, which gives here what the model gives.
    """

    config: dict[str, Any]
    told: dict[str, Any]
    model: bytes


def page_of(folder: Path) -> Page:
    """The page of a checkpoint folder's model.

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
    told |= {"sha256": config["sha256"]["model.safetensors"], "called": called(told["classes"])}
    return Page(config, told, export.onnx_model(graph, config, halved.halved))


def write_html(folder: Path, out: Path) -> None:
    """Write the model of a checkpoint folder as the page ``out``, in English and Chinese.

    Raises:
        GenClassError: as ``page_of``; ``cannot_write``.
    """
    page = page_of(folder)
    beside = {name: runtime.gzipped(name) for name in runtime.IN_PAGES}
    packed = {"model": gzip.compress(page.model, 9, mtime=0), **beside}
    parts = [f'<script type="text/plain" id="{name}">{_packed(content)}</script>' for name, content in packed.items()]
    licences = [f"<!-- Of the parts that follow, {each.name} {each.version}:\n{text(f'{each.name}/LICENSE')}-->"
                for each in runtime.PACKAGES]  # fmt: skip
    export.write(out, document(page, "\n".join([*licences, *parts])).encode())


def document(
    page: Page, carried: str = "", files: Mapping[str, tuple[str, int]] | None = None, beside: str = ""
) -> str:
    """A page's HTML.

    Args:
        carried: elements with what it carries itself.
        files: what lies beside it instead: (address, bytes once unpacked) by the ids of these elements.
        beside: HTML that stands beside the heading.
    """
    kind, told = page.config["kind"], page.told | ({"files": files} if files else {})
    return string.Template(text("page.html")).substitute(
        title=html.escape(page.config["name"]),
        connect="connect-src 'self'; " if files else "",
        style=text("page.css"),
        beside=beside,
        body=text(BODIES[kind]),
        share=text("share.html"),
        config=as_json(page.config),
        told=as_json(told),
        carried=carried,
        script="\n".join(map(text, COMMON + SCRIPTS[kind])),
    )


def _packed(content: bytes) -> str:
    """In base 85, a sixteenth shorter than in base 64; a comma stands for what would open a tag."""
    return base64.b85encode(content).decode().replace("<", ",")


def text(name: str) -> str:
    """A file of ``static``."""
    return (runtime.STATIC / name).read_text(encoding="utf-8")


def as_json(value: object) -> str:
    """JSON that may stand in an element of HTML."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def called(classes: list[str]) -> dict[str, dict[str, str]]:
    """What people call classes, by language; those that keep their name are left out."""
    known = {language: class_words.of(language) for language in PAGE}
    return {language: {name: words[name] for name in classes if name in words} for language, words in known.items()}


def facts(sampler: Sampler) -> dict[str, Any]:
    """What ``drawing.js`` must know of a generator."""
    return {
        "classes": sampler.classes,
        "z_dim": sampler.z_dim,
        "directions": {id: vector.tolist() for id, vector in sampler.directions.items()},
        **{key: sampler.config[key] for key in ("image_size", "channels")},
    }


def _told_of_generator(sampler: Sampler) -> dict[str, Any]:
    said = sampler.said
    return {**facts(sampler), "names": said.names, "likes": said.likes, "words": _words(GENERATOR)}


def _told_of_classifier(classifier: Classifier) -> dict[str, Any]:
    return {
        "classes": classifier.classes,
        "preprocess": dataclasses.asdict(classifier.preprocess),
        "inverts": classifier.inverts,
        "least": answerer.least_side(classifier),
        "alone": known_kinds.has_limit(classifier),  # the network that would be asked is larger than a whole page
        "unsure": classifier.config.get("unsure", {"probability": 0.0})["probability"],
        "words": _words(CLASSIFIER),
    }


def _words(of_kind: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {language: PAGE[language] | words for language, words in of_kind.items()}
