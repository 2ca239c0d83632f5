"""Build the bundled small sets from the full ones:  python -m genclass.assets.make_mini

Takes the first 500 training and 100 test images of each class, in order of class: labels need no file.
"""

import torch

from genclass.data.catalog import MINI
from genclass.data.sources import load
from genclass.files.images import sheet, to_pil
from genclass.paths import ASSETS


def pick(images, labels, per_class):
    """The first ``per_class`` images of every class, sorted by class: uint8 [classes * per_class, H, W, C]."""
    chosen = [torch.nonzero(labels == label)[:per_class, 0] for label in labels.unique()]
    return images[torch.cat(chosen)].permute(0, 2, 3, 1).numpy()


def main():
    for mini, full in MINI.items():
        imageset = load(full)
        for part, per_class in (("train", 500), ("test", 100)):
            images = pick(getattr(imageset, f"{part}_images"), getattr(imageset, f"{part}_labels"), per_class)
            path = ASSETS / f"{mini}-{part}.webp"
            to_pil(sheet(images, 100)).save(path, lossless=True, quality=100, method=6)
            print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
