"""The training images nearest to an image: by their pixels, or by what a classifier's last layer sees.

Those of a generated image show memorising where it happens: a generator that copies has neighbours like twins.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from genclass import paths
from genclass.data import sources
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.files.images import to_float
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

COMPARED = 4096  # training images whose pixels are compared at once


@dataclass
class PixelNeighbours:
    """A GAN's training images that are on this machine, searched by their pixels.

    Attributes:
        images: uint8 [N, C, H, W].
        total: how many the model was trained on, of which these are a part or all.
    """

    images: torch.Tensor
    total: int

    @classmethod
    def of(cls, sampler: Sampler) -> Self | None:
        """Of a model: its run's own images, else the full set, else the bundled part; None where none is here."""
        found, _ = sources.of_model(sampler.folder, sampler.config["dataset"])
        if found is None or found.image_size != sampler.config["image_size"]:
            return None
        images = found.train_images
        return cls(images, max(sampler.training_images, len(images)))

    def nearest(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The nearest training image of each image, by the distance of their pixels.

        Args:
            images: uint8 [N, H, W, C].

        Returns:
            (uint8 [N, H, W, C], root mean squared differences of the pixels 0..1, float32 [N]).
        """
        x = to_float(torch.from_numpy(images).permute(0, 3, 1, 2)).flatten(1)
        best, index = torch.full((len(x),), torch.inf), torch.zeros(len(x), dtype=torch.long)
        for start in range(0, len(self.images), COMPARED):
            y = to_float(self.images[start : start + COMPARED]).flatten(1)
            squares, found = (y.square().sum(1) - 2 * x @ y.T).min(1)
            index, best = torch.where(squares < best, found + start, index), torch.minimum(best, squares)
        squares = (best + x.square().sum(1)).clamp(min=0) / x.shape[1]
        return np.ascontiguousarray(self.images[index].permute(0, 2, 3, 1).numpy()), squares.sqrt().numpy()


class FeatureNeighbours:
    """A classifier's training images, searched by their features.

    Args:
        imageset: the training set.
        found: float16 [N, D], their ``unit_features``.
    """

    def __init__(self, imageset: ImageSet, found: torch.Tensor) -> None:
        self.imageset, self.found = imageset, found

    @classmethod
    def of(cls, classifier: Classifier) -> Self:
        """Of its run's own images, else of the full training set, else of the bundled one.

        Features of named sets are kept in a cache; what is left of a visitor's images goes with their run.

        Raises:
            GenClassError: ``no_neighbours`` for a model whose training images are not here.
        """
        imageset, own = sources.of_model(classifier.folder, classifier.config["dataset"])
        if imageset is None:
            raise GenClassError("no_neighbours", model=classifier.name)
        if own:
            return cls(imageset, unit_features(classifier, imageset.train_images).half())
        return cls.kept(classifier, imageset)

    @classmethod
    def quickly(cls, classifier: Classifier, dataset: str) -> Self | None:
        """Of a named set's images: of all where their features are kept already, else of the bundled part; or None."""
        whole, bundled = sources.at_hand(dataset), sources.smallest_at_hand(dataset)
        known = whole if whole and _features_path(classifier, whole).exists() else bundled
        return None if known is None else cls.kept(classifier, known)

    @classmethod
    def kept(cls, classifier: Classifier, imageset: ImageSet) -> Self:
        """Of a named set, whose features are kept in a cache."""
        path = _features_path(classifier, imageset)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic.writing(path) as partial:
                save_file({"features": unit_features(classifier, imageset.train_images).half()}, partial)
        return cls(imageset, load_file(path)["features"])

    def __len__(self) -> int:
        return len(self.found)

    def nearest(
        self, classifier: Classifier, images: torch.Tensor, count: int = 5
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The training images whose features point most nearly the same way as those of uint8 [N, C, S, S].

        Returns:
            (int64 [N, count] indices into the training images, float32 [N, count] cosines), nearest first.
        """
        cosines = unit_features(classifier, images) @ self.found.float().T
        values, indices = cosines.topk(min(count, len(self)))
        return indices, values


def unit_features(classifier: Classifier, images: torch.Tensor) -> torch.Tensor:
    """float32 [N, D] of length 1: where uint8 [N, C, S, S] lie in the space that the last layer sees."""
    return F.normalize(classifier.features(images), dim=1)


def _features_path(classifier: Classifier, imageset: ImageSet) -> Path:
    weights = classifier.config["sha256"]["model.safetensors"][:16]
    return paths.data_dir() / "features" / f"{weights}-{imageset.name}.safetensors"
