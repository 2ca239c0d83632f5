"""Build the bundled small sets from the full ones:  python -m genclass.data.assets.make_mini

Takes the first training and test images of each class, in order of class: labels need no file.
"""

import numpy as np
import torch

from genclass.data import catalog
from genclass.data.sources import COLUMNS, load
from genclass.files.images import sheet, to_pil
from genclass.paths import ASSETS

TEST_SHARE = 5  # training images for one test image


def pick(images: torch.Tensor, labels: torch.Tensor, per_class: int) -> np.ndarray:
    """The first ``per_class`` images of every class, sorted by class: uint8 [classes * per_class, H, W, C]."""
    chosen = [torch.nonzero(labels == label)[:per_class, 0] for label in labels.unique()]
    return images[torch.cat(chosen)].permute(0, 2, 3, 1).numpy()


def main() -> None:
    for row in map(catalog.SETS.__getitem__, catalog.bundled()):
        imageset, per_class = load(catalog.whole_name(row.name)), row.images // len(row.classes)
        for part, count in (("train", per_class), ("test", per_class // TEST_SHARE)):
            images = pick(getattr(imageset, f"{part}_images"), getattr(imageset, f"{part}_labels"), count)
            path = ASSETS / f"{row.name}-{part}.webp"
            to_pil(sheet(images, COLUMNS)).save(path, lossless=True, quality=100, method=6)
            print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
