"""What a classifier recognises each class by: heat on photos that it has not seen, which shows a learnt background."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from genclass.analysis.explain import heat
from genclass.analysis.heat_palette import overlay
from genclass.files.images import sheet
from genclass.models.classifier import Classifier

PHOTOS = 4  # of a class
COLUMNS = PHOTOS + 1
MOST_CLASSES = 20
TILE = 96  # pixels


def recognised_by(classifier: Classifier, images: torch.Tensor, labels: torch.Tensor) -> np.ndarray:
    """A row for each of the first classes: photos under the heat of their class, then the mean heat on the mean photo.

    Args:
        images: uint8 [N, C, S, S] that were not trained on.
        labels: int64 [N].

    Returns:
        uint8 [H, W, 3]; black where a class has fewer photos.
    """
    count = min(len(classifier.classes), MOST_CLASSES)
    rows = [_row(classifier, images[(labels == label)][:PHOTOS], label) for label in range(count)]
    return sheet(np.stack([tile for row in rows for tile in row]), COLUMNS, gap=2)


def _row(classifier: Classifier, images: torch.Tensor, label: int) -> Sequence[np.ndarray]:
    tiles = [np.zeros((TILE, TILE, 3), np.uint8)] * COLUMNS
    if len(images):
        heats = heat(classifier, images, torch.full((len(images),), label))
        small = F.interpolate(images.expand(-1, 3, -1, -1).float(), size=(TILE, TILE), mode="bilinear", antialias=True)
        pixels = small.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
        tiles[: len(images)] = [overlay(photo, found) for photo, found in zip(pixels, heats)]
        tiles[-1] = overlay(pixels.mean(0).round().astype(np.uint8), heats.mean(0))
    return tiles
