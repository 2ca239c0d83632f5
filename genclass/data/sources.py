"""From a name, a folder or a zip to an image set: what is bundled, kept on this machine, or fetched."""

import logging
import shutil
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from PIL import Image

from genclass import paths
from genclass.data import catalog, downloads, folders, split
from genclass.data.catalog import DataSet
from genclass.data.imageset import ImageSet, load_attributes, load_packed, packed_beside, save_packed
from genclass.errors import GenClassError, printable
from genclass.files import atomic, sizes
from genclass.files.archive import UNLIMITED, Limits
from genclass.files.images import as_channels_first
from genclass.files.preprocess import PLAIN, Preprocess

log = logging.getLogger("genclass.data")
COLUMNS = 100  # images in a row of a bundled sheet


def load(
    source: str | Path, image_size: int = 32, classes_from: str | None = None, preprocess: Preprocess = PLAIN
) -> ImageSet:
    """Load an image set.

    Args:
        source: a name of ``catalog.names()``, or a folder or zip with one folder of images for each class (or none: no
            classes).
        image_size: the side to which a folder's images are cropped and resized; the named sets keep their own.
        classes_from: what tells the classes of a folder's images, as ``load_folder`` takes it.
        preprocess: how a folder's images are made small.

    Raises:
        GenClassError: ``unknown_dataset``, ``download_failed``, ``download_cut_off``, or what ``load_folder`` raises.
    """
    row = catalog.find(source)
    if row is not None:
        return load_mini(row.name) if row.part_of else load_packed(_fetched(row))
    path = Path(source)
    if not path.exists():
        raise GenClassError("unknown_dataset", name=str(source), choices=", ".join(catalog.names()))
    return load_folder(path, image_size, classes_from=classes_from, preprocess=preprocess)


def is_at_hand(row: DataSet) -> bool:
    """Whether a set can be loaded without a download. It looks for a file, and opens none."""
    return row.part_of is not None or _packed(row).exists()


def at_hand(name: str) -> ImageSet | None:
    """A named set if it is on this machine already: in full, else the bundled part of it, else None."""
    row = catalog.find(name)
    if row is None:
        return None
    here = row.name if is_at_hand(row) else row.mini
    return load(here) if here else None


def of_model(folder: Path | None, name: str) -> tuple[ImageSet | None, bool]:
    """The set that a model was trained on: what its run packed, else the named set as ``at_hand`` has it.

    Args:
        folder: the checkpoint's folder, or None.
        name: its data set.

    Returns:
        (``ImageSet`` or None, whether it is the run's own).
    """
    own = None if folder is None else packed_beside(folder)
    return (at_hand(name), False) if own is None else (own, True)


def smallest_at_hand(name: str) -> ImageSet | None:
    """The bundled part of a named set, else the set if it is on this machine already, else None."""
    row = catalog.find(name)
    return load(row.mini) if row and row.mini else at_hand(name)


def _packed(row: DataSet) -> Path:
    return paths.data_dir() / f"{row.name}.safetensors"


def _fetched(row: DataSet) -> Path:
    """Path of a full set; of several processes that want one, one downloads it."""
    path = _packed(row)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            _download(row, path)
    return path


def _download(row: DataSet, path: Path) -> None:
    """Get a full set, pack it, and let go of what it was packed from."""
    folder = path.parent / "downloads" / row.name
    if row.megabytes:
        log.warning("%s: %s are downloaded first", row.name, sizes.in_words(row.megabytes * 1e6))
    try:
        parts = downloads.gather(row.fetch, folder)
    except (downloads.CutOff, *downloads.FAULTS) as error:
        if atomic.is_full(error) or atomic.is_full(error.__cause__):
            raise GenClassError("disk_full") from error
        code = "download_cut_off" if isinstance(error, downloads.CutOff) else "download_failed"
        raise GenClassError(code, name=row.name, fallback=_fallback(row)) from error
    save_packed(ImageSet(row.name, list(row.classes), *parts), path)
    shutil.rmtree(folder, ignore_errors=True)


def _fallback(row: DataSet) -> str:
    """A bundled set instead: the set's own part, else one that is grey or coloured too."""
    return row.mini or min(catalog.bundled(), key=lambda name: catalog.SETS[name].channels != row.channels)


def load_mini(name: str) -> ImageSet:
    """A bundled set: two lossless sheets, sorted by class in equal parts; its attributes, if there are any."""
    classes = list(catalog.SETS[name].classes)
    train, test = read_mini(name, "train"), read_mini(name, "test")
    labels = [torch.arange(len(part)).mul(len(classes)).div(len(part)).to(torch.uint8) for part in (train, test)]
    known = paths.ASSETS / f"{name}-attributes.safetensors"
    attributes = load_attributes(known) if known.exists() else None
    return ImageSet(name, classes, train, labels[0], test, labels[1], attributes)


def read_mini(name: str, part: str) -> torch.Tensor:
    """Images of one part, ``train`` or ``test``, of a bundled set: uint8 [N, C, H, W]."""
    with Image.open(paths.ASSETS / f"{name}-{part}.webp") as image:
        pixels = np.asarray(image.convert("L" if catalog.SETS[name].channels == 1 else "RGB"))
    side = pixels.shape[1] // COLUMNS
    tiles = torch.from_numpy(as_channels_first(pixels).copy()).unfold(1, side, side).unfold(2, side, side)
    return tiles.permute(1, 2, 0, 3, 4).reshape(-1, len(tiles), side, side).contiguous()


def load_folder(
    path: Path,
    image_size: int = 32,
    limits: Limits = UNLIMITED,
    classes_from: str | None = None,
    preprocess: Preprocess = PLAIN,
) -> ImageSet:
    """Read a folder or zip of images; its classes as ``reading.readings`` finds them, split as ``split`` does.

    It takes the folder's name, but never that of a known set, whose images are treated as only those may be.

    Args:
        limits: on a zip: none for a user's own on the command line.
        classes_from: where there are several readings, the ``source`` of that to take, such as ``folder-2``; None: the
            likeliest. What the set's ``notes`` say names the others.
        preprocess: how they are made small.

    Raises:
        GenClassError: what ``folders.read`` and ``split.from_pictures`` raise.
    """
    name = printable(path.stem)
    name = f"my-{name}" if catalog.find(name) else name
    return split.from_pictures(name, folders.read(path, image_size, limits, classes_from, preprocess))
