"""The models that visitors may ask for, kept loaded: the page's only way to them.

On a public page runs of others are hidden. So nothing else in ``ui`` asks ``models.store`` or ``genclass`` for a model.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, overload

import gradio as gr

from genclass.analysis.nearest import FeatureNeighbours, PixelNeighbours
from genclass.analysis.realness import Critic
from genclass.data import imageset
from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.models.judge import judge_name
from genclass.models.sampler import Sampler
from genclass.ui.common import kept_models
from genclass.ui.common.kept_models import KEPT, remembered
from genclass.ui.server import visitors

log = logging.getLogger("genclass.page")
DRAWN_ALONE = "avatars-airnet"  # no classifier to begin with: photos are all strange to it
LOADERS: dict[str, Callable[[Path], Classifier | Sampler]] = {"classifier": Classifier.load, "gan": Sampler.load}


def folders() -> dict[str, Path]:
    """``store.named_folders`` of whoever asks."""
    return store.named_folders(visitors.offers)


def folder_of(name: object) -> Path:
    """Folder of the model with a public name.

    Raises:
        GenClassError: ``not_text`` or ``unknown_model``.
    """
    if not isinstance(name, str):
        raise GenClassError("not_text", field="model")
    return store.find_named(name, visitors.offers)


def listed() -> list[dict]:
    """``store.list_models`` of whoever asks."""
    return store.list_models(visitors.offers)


@overload
def load(name: object, kind: Literal["classifier"]) -> Classifier: ...
@overload
def load(name: object, kind: Literal["gan"]) -> Sampler: ...
def load(name: object, kind: str) -> Classifier | Sampler:
    """The model with a public name.

    Args:
        kind: ``classifier`` or ``gan``.

    Returns:
        A ``Classifier`` or a ``Sampler``, loaded once as long as its folder stays the same.

    Raises:
        GenClassError: ``not_text``, ``unknown_model``, ``wrong_kind`` or ``broken_checkpoint``.
    """
    return kept_models.load(folder_of(name), kind, LOADERS[kind])


def _rank(name: str) -> tuple[bool, bool, bool]:
    return name != store.KNOWS_MOST, name == DRAWN_ALONE, "classic" in name


def names(kind: str, classes: bool = False) -> list[str]:
    """Public names of the models of one kind: the one that knows most kinds of things on top, then the stronger ones,
    the shipped before those trained here.

    Args:
        classes: whether to list only those that know classes.
    """
    known = [model for model in listed() if model["kind"] == kind and (model["classes"] or not classes)]
    return sorted((model["name"] for model in known), key=_rank)


def choice(kind: str, name: object) -> dict[str, Any]:
    """The update of a choice among the models of a kind that chooses one: with the models of this moment, for the page
    may have been built before this one was there."""
    return gr.update(choices=names(kind), value=name)


def images_of(folder: Path, named: Callable[[str], imageset.ImageSet | None]) -> imageset.ImageSet:
    """What a model is measured on: the images that its run packed, else a known set that is on this machine.

    A record that came from elsewhere may name anything as its data set, even a folder of this machine.

    Args:
        folder: its checkpoint's.
        named: from the data set's name to its images: ``sources.at_hand`` or ``sources.smallest_at_hand``.

    Raises:
        GenClassError: ``no_images_here``.
    """
    dataset = checkpoint.read_config(folder)["dataset"]
    found = imageset.packed_beside(folder) or named(dataset)
    if found is None:
        raise GenClassError("no_images_here", dataset=dataset)
    return found


def judge(dataset: str) -> Classifier | None:
    """The classifier that knows images like those of a data set, or None."""
    try:
        return load(judge_name(dataset), "classifier")
    except GenClassError:
        return None


@remembered(KEPT)
def critic(sampler: Sampler) -> Critic | None:
    """A GAN's discriminator, or None where it came without one that can be read."""
    try:
        return None if sampler.folder is None else Critic.load(sampler.folder)
    except GenClassError as error:
        log.warning("no discriminator: %s", error)
        return None


@remembered(KEPT)
def training_features(sampler: Sampler, judge: Classifier) -> FeatureNeighbours | None:
    """The named set that a GAN was trained on as its judge sees it, or None: where it has a judge, it has a name."""
    return FeatureNeighbours.quickly(judge, sampler.config["dataset"])


@remembered(KEPT)
def training_images(sampler: Sampler) -> PixelNeighbours | None:
    """The training images of a GAN that are on this machine, or None."""
    return PixelNeighbours.of(sampler)
