"""Whole data sets from where they are published: each function gets one into a folder, or finds it there.

They raise ``OSError`` or ``RuntimeError`` where that can't be reached or does not send what it should.
"""

from pathlib import Path
from typing import Any

import torch

Parts = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]  # as ``imageset.PARTS`` names them


def torchvision(kind: str, folder: Path) -> Parts:
    """A set of torchvision's whose ``data`` and ``targets`` hold all of it, with a progress bar.

    Args:
        kind: the name of its class in ``torchvision.datasets``.

    Returns:
        Training images, uint8 [N, C, H, W], their labels, uint8 [N]; the same of the test part.
    """
    from torchvision import datasets  # two seconds of import, needed only here

    train, test = (getattr(datasets, kind)(folder, train=train, download=True) for train in (True, False))
    return *_as_tensors(train), *_as_tensors(test)


def _as_tensors(part: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """(uint8 NCHW, uint8 [N]) of a torchvision set, whose images are NHWC or NHW."""
    images = torch.as_tensor(part.data)
    images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return images.contiguous(), torch.as_tensor(part.targets).to(torch.uint8)
