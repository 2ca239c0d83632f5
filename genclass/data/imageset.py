"""An image set: one uint8 tensor for each part; packed into one file, described, split. ``sources.load`` gives one."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.files.images import resized

PARTS = ("train_images", "train_labels", "test_images", "test_labels")
ABSENT = -1  # code of an attribute that an image does not have


@dataclass
class Attributes:
    """What is known of each image beside its class.

    Attributes:
        values: for each attribute, by name, the values that it takes; the same value may mean something else in
            another class.
        train, test: int16 [N, attributes] in the order of ``values``: the place of an image's value, or ``ABSENT``.
    """

    values: dict[str, list[str]]
    train: torch.Tensor
    test: torch.Tensor


@dataclass
class ImageSet:
    """Images with labels, split into a training and a test part.

    Attributes:
        name: ``cifar10`` and the like, or the folder's name.
        classes: class names by label; empty for a flat folder.
        train_images, test_images: uint8 [N, C, H, W].
        train_labels, test_labels: uint8 [N].
        attributes: what more is known of its images, or None.
        skipped: files that looked like images and could not be read.
        notes: what is said of it before it is trained on: errors as dicts.
    """

    name: str
    classes: list[str]
    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    attributes: Attributes | None = None
    skipped: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def channels(self) -> int:
        return self.train_images.shape[1]

    @property
    def image_size(self) -> int:
        return self.train_images.shape[2]


def describe(imageset: ImageSet) -> dict[str, Any]:
    """What a checkpoint's config.json says of the set it was trained on."""
    return {
        "name": imageset.name,
        "dataset": imageset.name,
        "classes": imageset.classes,
        "image_size": imageset.image_size,
        "channels": imageset.channels,
    }


def fitted(imageset: ImageSet, channels: int, side: int) -> ImageSet:
    """An image set with as many channels and pixels as a model needs."""
    fit = lambda images: resized(images, side).expand(-1, channels, -1, -1).contiguous()
    return replace(imageset, train_images=fit(imageset.train_images), test_images=fit(imageset.test_images))


def packed_beside(folder: Path) -> ImageSet | None:
    """The packed set of a run that was trained on images of its own, from the folder of its model; None without."""
    path = folder.parent.parent / "data.safetensors"
    return load_packed(path) if path.exists() else None


def hold_out(imageset: ImageSet, count: int) -> ImageSet:
    """The set with ``count`` of its training images as its test part: what choices are made on. Always the same ones.

    Raises:
        GenClassError: ``out_of_range`` if fewer than two would remain to train on.
    """
    images, labels = imageset.train_images, imageset.train_labels
    if count > len(images) - 2:
        raise GenClassError("out_of_range", field="holdout", low=0, high=len(images) - 2)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    kept, held = order[count:].sort().values, order[:count].sort().values
    known = imageset.attributes
    attributes = known and Attributes(known.values, known.train[kept], known.train[held])
    return replace(imageset, train_images=images[kept], train_labels=labels[kept],
                   test_images=images[held], test_labels=labels[held], attributes=attributes)  # fmt: skip


def load_packed(path: Path) -> ImageSet:
    """Read a packed set; the tensors are memory-mapped."""
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = {part: file.get_tensor(part) for part in PARTS}
    attributes = load_attributes(path) if "attributes" in meta else None
    told = {key: json.loads(meta.get(key, "[]")) for key in ("skipped", "notes")}
    return ImageSet(meta["name"], json.loads(meta["classes"]), **tensors, attributes=attributes, **told)


def packed_notes(path: Path) -> list[dict[str, Any]]:
    """The notes of a packed set; none where it is not there."""
    if not path.exists():
        return []
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata().get("notes", "[]"))


def load_attributes(path: Path) -> Attributes:
    """Read what ``packed_attributes`` put into a file."""
    with safe_open(path, framework="pt") as file:
        parts = (file.get_tensor(f"{part}_attributes") for part in ("train", "test"))
        return Attributes(json.loads(file.metadata()["attributes"]), *parts)


def packed_attributes(attributes: Attributes) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """(tensors, metadata) of a file that keeps them."""
    tensors = {"train_attributes": attributes.train.contiguous(), "test_attributes": attributes.test.contiguous()}
    return tensors, {"attributes": json.dumps(attributes.values)}


def save_packed(imageset: ImageSet, path: Path) -> None:
    """Write a set as ``load_packed`` reads it, whole or not at all."""
    tensors = {part: getattr(imageset, part).contiguous() for part in PARTS}
    words = {key: json.dumps(getattr(imageset, key)) for key in ("classes", "skipped", "notes")}
    if imageset.attributes is not None:
        more, told = packed_attributes(imageset.attributes)
        tensors, words = tensors | more, words | told
    with atomic.writing(path) as partial:
        save_file(tensors, partial, metadata={"name": imageset.name, **words})
