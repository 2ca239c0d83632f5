"""From a name, a folder or a zip to an image set: what is bundled, kept on this machine, or fetched."""

import urllib.error
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from PIL import Image

from genclass import paths
from genclass.data import folders
from genclass.data.catalog import BUNDLED, CLASSES, MINI, NAMES
from genclass.data.folders import from_pictures
from genclass.data.imageset import ImageSet, load_packed, packed_beside, save_packed
from genclass.errors import GenClassError, printable
from genclass.files.archive import UNLIMITED
from genclass.files.images import as_channels_first


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


def at_hand(name):
    """A named set if it is on this machine already: in full, else the bundled part of it, else None."""
    if name in CLASSES and (paths.data_dir() / f"{name}.safetensors").exists():
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


def _fetched(name):
    """Path of a full set; of several processes that want one, one downloads it."""
    path = paths.data_dir() / f"{name}.safetensors"
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
    with Image.open(paths.ASSETS / f"{name}-{part}.webp") as image:
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
