"""Whole data sets from where they are published, by torchvision: each function gets one into a folder.

They raise ``FAULTS`` where that can't be reached or does not send what it should; ``gather`` then leaves nothing
half-made behind.
"""

import http.client
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from tqdm import tqdm

from genclass.files.images import fit

Parts = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]  # as ``imageset.PARTS`` names them
Got = TypeVar("Got")  # ``Parts``, or these with more
Part = Mapping[str, object]  # arguments by which torchvision names a part of a set
BY_FLAG: tuple[Part, Part] = ({"train": True}, {"train": False})
BY_NAME: tuple[Part, Part] = ({"split": "train"}, {"split": "test"})
FAULTS = (OSError, RuntimeError, EOFError, http.client.HTTPException, tarfile.TarError, zipfile.BadZipFile)
ARCHIVES = {".gz", ".tgz", ".zip", ".mat"}


class CutOff(Exception):
    """A download began and did not arrive whole."""


def gather(fetch: Callable[[Path], Got], folder: Path) -> Got:
    """Get a set into ``folder``; after an error only archives that came whole stay there, for the next try.

    What an earlier process unpacked is not trusted: it may have been killed meanwhile, and torchvision takes a folder
    that is there for a whole one. Archives it checks by their hash, and fetches what is spoilt again.

    Raises:
        CutOff: something came, but not all; or any of ``FAULTS`` where nothing did.
    """
    before = _archives(folder)
    _clear(folder, set(before))
    try:
        return fetch(folder)
    except BaseException as error:
        begun = [path for path, state in _archives(folder).items() if before.get(path) != state]
        newest = max(begun, key=lambda path: path.stat().st_mtime_ns, default=None)  # the one that may be cut off
        _clear(folder, set(_archives(folder)) - {newest})
        if begun and isinstance(error, FAULTS):
            raise CutOff from error
        raise


def _archives(folder: Path) -> dict[Path, tuple[int, int]]:
    """{path: (bytes, when it was written)} of the archives in a folder."""
    found = [path for path in folder.rglob("*") if path.suffix in ARCHIVES and path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def _clear(folder: Path, kept: set[Path]) -> None:
    """Delete all files in a folder but ``kept``, and the folders that are empty then."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what is inside a folder before the folder
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()


def torchvision(kind: str, folder: Path, parts: tuple[Part, Part] = BY_FLAG) -> Parts:
    """A set of torchvision's that holds all of its pixels as one array, with a progress bar.

    Args:
        kind: the name of its class in ``torchvision.datasets``.
        parts: what names its training and its test part.

    Returns:
        Training images, uint8 [N, C, H, W], their labels, uint8 [N]; the same of the test part.
    """
    from torchvision import datasets  # two seconds of import, needed only here

    train, test = (getattr(datasets, kind)(folder, **part, download=True) for part in parts)
    return *_as_tensors(train), *_as_tensors(test)


def _as_tensors(part: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """(uint8 NCHW, uint8 [N]) of a torchvision set, whose images are NCHW, NHWC or NHW."""
    images = torch.as_tensor(np.ascontiguousarray(part.data))
    if images.ndim == 3:
        images = images[:, None]
    elif images.shape[1] != 3:
        images = images.permute(0, 3, 1, 2)
    labels = part.targets if hasattr(part, "targets") else part.labels
    return images.contiguous(), torch.as_tensor(labels).to(torch.uint8)


def photos(kind: str, side: int, train: Sequence[str], test: Sequence[str], folder: Path) -> Parts:
    """A set of torchvision's of photos in files, cropped and resized as one's own are, with progress bars.

    Args:
        kind: the name of its class in ``torchvision.datasets``.
        side: pixels that they are kept at.
        train, test: names of its splits that make up each part.

    Returns:
        As ``torchvision``.
    """
    from torchvision import datasets

    whole = [
        [getattr(datasets, kind)(folder, split=split, download=True) for split in splits] for splits in (train, test)
    ]
    return *_resized(whole[0], side), *_resized(whole[1], side)


def _resized(sets: Sequence[Any], side: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(uint8 [N, 3, side, side], uint8 [N]) of torchvision sets that give PIL images, one after the other."""
    count = sum(len(part) for part in sets)
    images, labels = np.empty((count, 3, side, side), np.uint8), np.empty(count, np.uint8)
    pairs = (part[index] for part in sets for index in range(len(part)))
    for index, (image, label) in enumerate(tqdm(pairs, "resizing", count, unit=" photos", mininterval=1)):
        images[index], labels[index] = fit(image, side, 3), label
    return torch.from_numpy(images), torch.from_numpy(labels)


def eurosat(folder: Path) -> Parts:
    """EuroSAT, whose authors name no test part: every fifth image of a class is held out, as of one's own."""
    from torchvision import datasets

    images, labels = _resized([datasets.EuroSAT(folder, download=True)], 64)
    place = torch.cat([torch.arange(count) for count in torch.bincount(labels.int())])  # they come class by class
    test = place % 5 == 4
    return images[~test], labels[~test], images[test], labels[test]
