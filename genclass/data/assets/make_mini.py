"""Build the bundled small sets from the full ones:  python -m genclass.data.assets.make_mini [NAME ...]

Takes the first training and test images of each class, in order of class: labels need no file.
"""

import sys

import torch
from safetensors.torch import save_file

from genclass.data import catalog
from genclass.data.imageset import Attributes, packed_attributes
from genclass.data.sources import COLUMNS, load
from genclass.files import sizes
from genclass.files.images import sheet, to_pil
from genclass.paths import ASSETS

TEST_SHARE = 5  # training images for one test image


def pick(labels: torch.Tensor, per_class: int) -> torch.Tensor:
    """Where the first ``per_class`` images of every class are, sorted by class: int64 [classes * per_class]."""
    return torch.cat([torch.nonzero(labels == label)[:per_class, 0] for label in labels.unique()])


def main() -> None:
    """Build those that are named, by default all."""
    for row in map(catalog.SETS.__getitem__, sys.argv[1:] or catalog.bundled()):
        imageset, per_class = load(catalog.whole_name(row.name)), row.images // len(row.classes)
        train, test = pick(imageset.train_labels, per_class), pick(imageset.test_labels, per_class // TEST_SHARE)
        for part, images in (("train", imageset.train_images[train]), ("test", imageset.test_images[test])):
            path = ASSETS / f"{row.name}-{part}.webp"
            tiles = images.permute(0, 2, 3, 1).numpy()
            to_pil(sheet(tiles, COLUMNS)).save(path, lossless=True, quality=100, method=6)
            print(f"{path.name}  {sizes.in_words(path.stat().st_size)}")
        known = imageset.attributes
        if known is not None:
            tensors, words = packed_attributes(Attributes(known.values, known.train[train], known.test[test]))
            save_file(tensors, ASSETS / f"{row.name}-attributes.safetensors", metadata=words)


if __name__ == "__main__":
    main()
