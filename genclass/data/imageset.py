"""Image sets: a whole set is one uint8 tensor; augmentation works on batches of it.

``load("cifar10-mini")``, or a folder, or a zip, of one folder for each class.
"""

import json
import os
import urllib.error
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from filelock import FileLock
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from genclass import folders
from genclass.archive import UNLIMITED
from genclass.errors import GenClassError, printable
from genclass.images import as_channels_first

CLASSES = {
    "cifar10": "airplane automobile bird cat deer dog frog horse ship truck".split(),
    "fashion-mnist": "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(","),
    "mnist": [str(digit) for digit in range(10)],
}
MINI = {"cifar10-mini": "cifar10", "fashion-mnist-mini": "fashion-mnist"}
BUNDLED = {name: mini for mini, full in MINI.items() for name in (mini, full)}
NAMES = [*MINI, *CLASSES]
ASSETS = Path(__file__).parent / "assets"
PARTS = ("train_images", "train_labels", "test_images", "test_labels")
MAX_CLASSES = 200


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


def load(source, image_size=32):
    """Load an image set.

    Args:
        source: a name in ``NAMES``, or a folder or zip with one folder of images for each class (or none: no classes).
        image_size: the side to which a folder's images are cropped and resized; the named sets keep their own.

    Raises:
        GenClassError: ``unknown_dataset``, ``download_failed``, or what ``load_folder`` raises.
    """
    if source in MINI:
        return load_mini(source)
    if source in CLASSES:
        return load_packed(_fetched(source))
    path = Path(source)
    if not path.exists():
        raise GenClassError("unknown_dataset", name=str(source), choices=", ".join(NAMES))
    return load_folder(path, image_size)


def describe(imageset):
    """What a checkpoint's config.json says of the set it was trained on."""
    return {
        "name": imageset.name,
        "dataset": imageset.name,
        "classes": imageset.classes,
        "image_size": imageset.image_size,
        "channels": imageset.channels,
    }


def at_hand(name):
    """A named set if it is on this machine already: in full, else the bundled part of it, else None."""
    if name in CLASSES and (data_dir() / f"{name}.safetensors").exists():
        return load(name)
    return load(BUNDLED[name]) if name in BUNDLED else None


def of_model(folder, name):
    """The set that a model was trained on: what its run packed, else the named set as ``at_hand`` has it.

    Args:
        folder: the checkpoint's folder, or None.
        name: its data set.

    Returns:
        (``ImageSet`` or None, whether it is the run's own).
    """
    own = None if folder is None else packed_beside(folder)
    return (at_hand(name), False) if own is None else (own, True)


def smallest_at_hand(name):
    """The bundled part of a named set, else the set if it is on this machine already, else None."""
    return load(BUNDLED[name]) if name in BUNDLED else at_hand(name)


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


def data_dir():
    """Where full sets are kept: ``$GENCLASS_DATA``, by default ``~/.cache/genclass/data``."""
    return Path(os.environ.get("GENCLASS_DATA", Path.home() / ".cache/genclass/data"))


def load_packed(path):
    """Read a packed set; the tensors are memory-mapped."""
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = [file.get_tensor(part) for part in PARTS]
    return ImageSet(meta["name"], json.loads(meta["classes"]), *tensors, json.loads(meta.get("skipped", "[]")))


def save_packed(imageset, path):
    """Write a set as ``load_packed`` reads it, whole or not at all."""
    tensors = {part: getattr(imageset, part).contiguous() for part in PARTS}
    partial = path.with_name(path.name + ".partial")
    words = {key: json.dumps(getattr(imageset, key)) for key in ("classes", "skipped")}
    save_file(tensors, partial, metadata={"name": imageset.name, **words})
    partial.replace(path)


def _fetched(name):
    """Path of a full set; of several processes that want one, one downloads it."""
    path = data_dir() / f"{name}.safetensors"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        return path if path.exists() else download(name, path)


def download(name, path):
    """Fetch a full set with torchvision, which shows a progress bar, and pack it at ``path``."""
    from torchvision import datasets  # two seconds of import, needed only here

    kind = {"cifar10": datasets.CIFAR10, "fashion-mnist": datasets.FashionMNIST, "mnist": datasets.MNIST}[name]
    try:
        parts = [kind(path.parent / "downloads", train=train, download=True) for train in (True, False)]
    except (OSError, RuntimeError, urllib.error.URLError) as error:
        fallback = f"{name}-mini" if f"{name}-mini" in MINI else "fashion-mnist-mini"
        raise GenClassError("download_failed", name=name, fallback=fallback) from error
    tensors = [tensor for part in parts for tensor in _as_tensors(part)]
    save_packed(ImageSet(name, CLASSES[name], *tensors), path)
    return path


def _as_tensors(part):
    """(uint8 NCHW, uint8 [N]) of a torchvision set, whose images are NHWC or NHW."""
    images = torch.as_tensor(part.data)
    images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return images.contiguous(), torch.as_tensor(part.targets).to(torch.uint8)


def load_mini(name):
    """A bundled set: two lossless sheets of 100 columns, sorted by class in equal parts."""
    full = CLASSES[MINI[name]]
    tensors = []
    for part in ("train", "test"):
        images = read_mini(name, part)
        tensors += [images, torch.arange(len(images)).mul(len(full)).div(len(images)).to(torch.uint8)]
    return ImageSet(name, full, *tensors)


def read_mini(name, part, columns=100):
    """Images of one part, ``train`` or ``test``, of a bundled set: uint8 [N, C, H, W]."""
    with Image.open(ASSETS / f"{name}-{part}.webp") as image:
        pixels = np.asarray(image.convert("L" if name.startswith("fashion") else "RGB"))
    side = pixels.shape[1] // columns
    tiles = torch.from_numpy(as_channels_first(pixels).copy()).unfold(1, side, side).unfold(2, side, side)
    return tiles.permute(1, 2, 0, 3, 4).reshape(-1, len(tiles), side, side).contiguous()


def load_folder(path, image_size=32, limits=UNLIMITED):
    """Read a folder or zip of images, one folder for each class; ``from_pictures`` says how they are split.

    It takes the folder's name, but never that of a known set, whose images are treated as only those may be.

    Args:
        limits: an ``archive.Limits`` on a zip: none for a user's own on the command line.

    Raises:
        GenClassError: what ``folders.read`` and ``from_pictures`` raise.
    """
    name = printable(path.stem)
    return from_pictures(f"my-{name}" if name in NAMES else name, folders.read(path, image_size, limits))


def from_pictures(name, pictures):
    """An image set of someone's own: in one channel if all are grey, without classes if there is one folder only.

    Every fifth image of a class is held out as test, and one at least where there are two. Copies of an image stay on
    the same side: a copy that was trained on would be no test.

    Args:
        pictures: ``folders.Pictures``.

    Raises:
        GenClassError: ``all_the_same`` or ``too_many_classes``.
    """
    names = sorted(set(pictures.labels))
    if len(names) > MAX_CLASSES:
        raise GenClassError("too_many_classes", most=MAX_CLASSES)
    labels = torch.tensor([names.index(label) for label in pictures.labels], dtype=torch.uint8)
    same = copies(pictures.images)
    if len(same) > 1 and not any(same):
        raise GenClassError("all_the_same", count=len(same))
    test = _held_out(same, pictures.labels)
    images = _grey_if_grey(pictures.images)
    classes = names if len(names) > 1 else []
    return ImageSet(name, classes, images[~test], labels[~test], images[test], labels[test], pictures.skipped)


def copies(images):
    """For each image [N, ...] the index of the first that is equal to it: a list of N ints."""
    first = {}
    return [first.setdefault(image.tobytes(), index) for index, image in enumerate(images)]


def _held_out(same, labels):
    """bool [N]: the test images, by the place of each among the different images of its class."""
    places = {}
    for original, label in zip(same, labels):
        of_class = places.setdefault(label, {})
        of_class.setdefault(original, len(of_class))
    found = []
    for original, label in zip(same, labels):
        different, place = len(places[label]), places[label][original]
        found.append(place % 5 == 4 or 1 < different < 5 and place == different - 1)
    return torch.tensor(found)


def _grey_if_grey(images):
    """Drop to one channel if the three are equal in every image."""
    grey = (images == images[:, :1]).all()
    return torch.from_numpy(images[:, :1].copy() if grey else images)


def evenly(count, most):
    """Up to ``most`` indices spread evenly over ``count`` images, int64."""
    return torch.linspace(0, count - 1, min(count, most)).long()


def random_shift(images, most, generator):
    """Shift each image of a batch by up to ``most`` pixels in each direction, mirroring at the border.

    Args:
        images: float or uint8 [N, C, H, W].
        generator: a CPU ``torch.Generator``, which decides the shifts.
    """
    count, channels, height, width = images.shape
    shifts = torch.randint(0, 2 * most + 1, (2, count, 1), generator=generator).to(images.device, non_blocking=True)
    rows = (shifts[0] + torch.arange(height, device=images.device))[:, None, :, None]
    columns = (shifts[1] + torch.arange(width, device=images.device))[:, None, None, :]
    index = torch.arange(count, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    return F.pad(images, [most] * 4, mode="reflect")[index, channel, rows, columns]


def flip_where(images, flips):
    """Mirror those images [N, C, H, W] left to right whose ``flips``, bool [N], is true."""
    return torch.where(flips.to(images.device, non_blocking=True)[:, None, None, None], images.flip(3), images)
