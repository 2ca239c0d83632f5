"""Image sets: a whole set is one uint8 tensor; augmentation works on batches of it.

``load("cifar10-mini")``, or a folder, or a zip, of one folder for each class.
"""

import json
from dataclasses import dataclass, field

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from genclass.errors import GenClassError
from genclass.files import atomic

PARTS = ("train_images", "train_labels", "test_images", "test_labels")


@dataclass
class ImageSet:
    """Images with labels, split into a training and a test part.

    Attributes:
        name: ``cifar10`` and the like, or the folder's name.
        classes: class names by label; empty for a flat folder.
        train_images, test_images: uint8 [N, C, H, W].
        train_labels, test_labels: uint8 [N].
        skipped: files that looked like images and could not be read.
    """

    name: str
    classes: list
    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    skipped: list = field(default_factory=list)

    @property
    def channels(self):
        return self.train_images.shape[1]

    @property
    def image_size(self):
        return self.train_images.shape[2]


def describe(imageset):
    """What a checkpoint's config.json says of the set it was trained on."""
    return {
        "name": imageset.name,
        "dataset": imageset.name,
        "classes": imageset.classes,
        "image_size": imageset.image_size,
        "channels": imageset.channels,
    }


def packed_beside(folder):
    """The packed set of a run that was trained on images of its own, from the folder of its model; None without."""
    path = folder.parent.parent / "data.safetensors"
    return load_packed(path) if path.exists() else None


def hold_out(imageset, count):
    """The set with ``count`` of its training images as its test part: what choices are made on. Always the same ones.

    Raises:
        GenClassError: ``out_of_range`` if fewer than two would remain to train on.
    """
    images = len(imageset.train_images)
    if count > images - 2:
        raise GenClassError("out_of_range", field="holdout", low=0, high=images - 2)
    order = torch.randperm(images, generator=torch.Generator().manual_seed(0))
    kept, held = order[count:].sort().values, order[:count].sort().values
    parts = [part[indices] for indices in (kept, held) for part in (imageset.train_images, imageset.train_labels)]
    return ImageSet(imageset.name, imageset.classes, *parts, imageset.skipped)


def load_packed(path):
    """Read a packed set; the tensors are memory-mapped."""
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = [file.get_tensor(part) for part in PARTS]
    return ImageSet(meta["name"], json.loads(meta["classes"]), *tensors, json.loads(meta.get("skipped", "[]")))


def save_packed(imageset, path):
    """Write a set as ``load_packed`` reads it, whole or not at all."""
    tensors = {part: getattr(imageset, part).contiguous() for part in PARTS}
    words = {key: json.dumps(getattr(imageset, key)) for key in ("classes", "skipped")}
    with atomic.writing(path) as partial:
        save_file(tensors, partial, metadata={"name": imageset.name, **words})
