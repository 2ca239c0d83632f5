"""One upload as a classifier sees it, with its answer: decoded once, asked once, shared by all panels of Classify."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import torch

from genclass.errors import GenClassError, check_choice
from genclass.files import decode, formats, images
from genclass.files.formats import Source
from genclass.models.answerer import Answer, Answerer
from genclass.models.classifier import Classifier
from genclass.ui.common import model_cache
from genclass.ui.common.events import HIDDEN, RAW, answers, safely
from genclass.ui.common.kept_models import remembered
from genclass.ui.common.micro_batch import batcher
from genclass.ui.server import quota, uploads

REMEMBERED = 64
SHOWN = 320  # pixels of a side of the picture under a heat map
IN_BROWSERS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP")  # kinds that every one of them shows
decoding = threading.BoundedSemaphore(4)  # the largest files take some hundred MB while they are decoded


@dataclass(frozen=True, eq=False)
class DecodedUpload:
    """What is known of one image. The decoded file itself is let go: a visitor's may take 70 MB.

    Attributes:
        classifier: the one that was asked.
        how: ``crop`` or ``pad``.
        size: (width, height) of the decoded image.
        animated: whether the file holds more images, of which this is the first.
        notes: what else there is to know of the file, as ``decode.Picture`` and ``Seen`` have it.
        square: uint8 [H, W, 3], the square that was cropped or padded, as large as it is good to look at.
        small: uint8 [1, C, S, S], what the network got.
        inverted: whether dark on light was turned into light on black.
        answer: what is said of it.
    """

    classifier: Classifier
    how: str
    size: tuple[int, int]
    animated: bool
    notes: tuple[GenClassError, ...]
    square: np.ndarray
    small: torch.Tensor
    inverted: bool
    answer: Answer

    @property
    def pixels(self) -> np.ndarray:
        """uint8 [S, S, C]: what the network got, as a picture."""
        return channels_last(self.small[0])

    def top(self, count: int) -> list[dict[str, Any]]:
        """The likeliest classes, as ``Classifier.top`` gives them."""
        return self.classifier.top(self.answer.probabilities.numpy(), count)

    def best(self) -> int:
        """Index of the likeliest class."""
        return int(self.answer.probabilities.argmax())


def classify(file: object, model: object, how: Any = "crop") -> DecodedUpload:
    """Decode an upload and ask a model, or remember what it said.

    Args:
        file: Gradio's dict of an uploaded file.

    Raises:
        GenClassError: whatever is wrong with file, model or ``how``.
    """
    check_choice("fit", how, images.FITS)
    path = uploads.uploaded(file)
    return _classify(model_cache.load(model, "classifier"), path, os.stat(path).st_mtime_ns, how)


def classify_content(content: bytes, model: object, how: Any = "crop") -> DecodedUpload:
    """As ``classify``, of a file's bytes; neither they nor the answer are kept."""
    check_choice("fit", how, images.FITS)
    return _asked(model_cache.load(model, "classifier"), content, how)


@remembered(REMEMBERED)
def _classify(classifier: Classifier, path: Path, written: int, how: str) -> DecodedUpload:
    return _asked(classifier, path, how)


def _asked(classifier: Classifier, source: Source, how: str) -> DecodedUpload:
    with decoding:
        picture = decode.read(source)
        asked = answerer(classifier)
        seen = asked.see(picture.image, how)
        side = min(SHOWN, max(picture.image.size))
        square = images.fit(picture.image, side, 3, how, classifier.preprocess).transpose(1, 2, 0)
    notes, found = picture.notes + seen.notes, next(asked.answers([seen]))
    return DecodedUpload(classifier, how, picture.image.size, picture.animated, notes, square, seen.small[None],
                         seen.inverted, found)  # fmt: skip


def fault(file: object) -> GenClassError | None:
    """Why an upload can't be read; None where it can, whatever else went wrong."""
    try:
        with decoding:
            decode.decode(uploads.uploaded(file))
    except GenClassError as error:
        return error
    return None


def answerer(classifier: Classifier) -> Answerer:
    """Who answers for a classifier: in batches shared with other visitors."""
    load = lambda name: model_cache.load(name, "classifier")
    return Answerer.of(classifier, answer, load)


def show_any(image: gr.Image) -> None:
    """Have an image component show what browsers can't, such as HEIC, as the PNG of its pixels."""
    image.upload(**answers(_as_png, {"image": image}), inputs=image, **RAW, **HIDDEN)


@safely
def _as_png(file: Any) -> dict[str, Any]:
    path = uploads.uploaded(file)
    if formats.kind_of(formats.first_bytes(path)) in IN_BROWSERS:
        return {}
    try:
        with decoding:
            pixels = np.asarray(decode.decode(path))
    except GenClassError:  # told by what reads it next, once
        return {}
    return {"image": quota.save(images.png_bytes(pixels), "picture.png")}


def answer(classifier: Classifier, small: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """``classifier.answer`` of uint8 [N, C, S, S], in one batch with what other visitors ask at this moment."""
    probabilities, out_of_distribution = batcher(classifier)(small)
    return probabilities, out_of_distribution


def channels_last(small: torch.Tensor) -> np.ndarray:
    """uint8 [C, S, S] as numpy [S, S, C]."""
    return small.permute(1, 2, 0).numpy()
