"""Classifier networks, in a dict by name.

To add one, write a module that is a ``protocols.ClassifierNetwork`` and enter it in ``CLASSIFIERS``: its tests,
checkpoints and exports follow. A preset of the same name in ``train/presets.py`` makes it trainable.
"""

from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from genclass.networks.protocols import ClassifierNetwork
from genclass.networks.timm_backbone import TimmBackbone


class ClassicCNN(nn.Module):
    """The textbook network: three unpadded 3×3 convolutions, each with 2×2 max pooling, then two dense layers.

    For 32×32 the maps shrink 32→30→15→13→6→4→2, so 512 numbers reach the first dense layer.
    """

    normalisation: ClassVar = {"mean": 0.0, "std": 1.0}
    largest: ClassVar = 128  # of larger ones its dense layer alone would have over 80 million weights

    def __init__(self, classes: int = 10, channels: int = 3, image_size: int = 32) -> None:
        super().__init__()
        widths = [channels, 32, 64, 128]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3) for a, b in zip(widths, widths[1:]))
        side = image_size
        for _ in self.convs:
            side = (side - 2) // 2
        self.dense = nn.Linear(128 * side * side, 1024)
        self.head = nn.Linear(1024, classes)

    def fold(self) -> None:
        """Nothing to make ready: there are no norms."""

    @property
    def stages(self) -> list[nn.Module]:
        """Modules that give maps [N, channels, h, w], the finest first."""
        return list(self.convs)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """float [N, 1024]: what the last layer sees."""
        for conv in self.convs:
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return F.relu(self.dense(x.flatten(1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class AirBlock(nn.Module):
    """conv → 2×2 max pool → norm → GELU → conv → norm → GELU; the norms have a bias and no scale.

    Args:
        depth: convolutions, 2 or 3. With three a residual connection leads past the second and third (airbench96).
    """

    conv1: nn.Conv2d
    conv2: nn.Conv2d
    conv3: nn.Conv2d
    norm1: nn.Module
    norm2: nn.Module
    norm3: nn.Module

    def __init__(self, inputs: int, outputs: int, depth: int = 2) -> None:
        super().__init__()
        if depth not in (2, 3):
            raise ValueError("a block has two or three convolutions")
        self.depth = depth
        for number in range(1, depth + 1):
            norm = nn.BatchNorm2d(outputs)
            norm.weight.requires_grad = False
            self.add_module(f"conv{number}", dirac_conv(inputs if number == 1 else outputs, outputs))
            self.add_module(f"norm{number}", norm)

    def fold(self) -> None:
        """Put the norms into the convolutions: the first may pass the max pool, because its scale is positive."""
        for number in range(1, self.depth + 1):
            conv, norm = getattr(self, f"conv{number}"), getattr(self, f"norm{number}")
            setattr(self, f"conv{number}", fuse_conv_bn_eval(conv, norm))
            setattr(self, f"norm{number}", nn.Identity())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        y = self.norm2(self.conv2(x))
        if self.depth == 3:
            y = x + self.norm3(self.conv3(F.gelu(y)))
        return F.gelu(y)


def dirac_conv(inputs: int, outputs: int) -> nn.Conv2d:
    """A bias-free 3×3 convolution whose first ``inputs`` filters begin as the identity."""
    conv = nn.Conv2d(inputs, outputs, 3, padding="same", bias=False)
    nn.init.dirac_(conv.weight.data[:inputs])
    return conv


class AirNet(nn.Module):
    """A small fast classifier in the manner of airbench (Jordan, "94% on CIFAR-10 in 3.29 seconds", 2024).

    A frozen 2×2 convolution whitens the patches, three blocks follow, and a max pool leads to a linear head.

    Args:
        width: channels of the first block; the other two have four times as many.
        depth: convolutions of a block.
    """

    normalisation: ClassVar = {"mean": 0.5, "std": 0.25}
    largest: ClassVar = 224
    logit_scale = 1 / 9

    def __init__(
        self, classes: int = 10, channels: int = 3, image_size: int = 32, width: int = 32, depth: int = 2
    ) -> None:
        super().__init__()
        patch = channels * 4
        self.whiten = nn.Conv2d(channels, 2 * patch, 2)
        self.whiten.weight.requires_grad = False
        widths = [2 * patch, width, 4 * width, 4 * width]
        self.blocks = nn.ModuleList(AirBlock(a, b, depth) for a, b in zip(widths, widths[1:]))
        self.head = nn.Linear(4 * width, classes, bias=False)

    @torch.no_grad()
    def whiten_from(self, images: torch.Tensor, eps: float = 5e-4) -> None:
        """Set the whitening filters from the principal axes of the 2×2 patches of normalised ``images`` [N, C, H, W].

        Each axis is used with both signs, scaled to unit variance, so that the next layer sees all directions alike.
        """
        channels, size = images.shape[1], self.whiten.kernel_size[0]
        patches = F.unfold(images, size).transpose(1, 2).reshape(-1, channels * size * size)
        covariance = patches.double().T @ patches.double() / len(patches)
        values, vectors = torch.linalg.eigh(covariance)
        filters = (vectors / (values + eps).sqrt()).T.flip(0).float().view(-1, channels, size, size)
        self.whiten.weight.copy_(torch.cat([filters, -filters]))
        cast(torch.Tensor, self.whiten.bias).zero_()

    def fold(self) -> None:
        """Make ready for inference alone (in eval mode): batch norms become part of the convolutions."""
        for block in self.modules():
            if isinstance(block, AirBlock):
                block.fold()

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each block gives: [N, width, 15, 15], [N, 4 * width, 7, 7], [N, 4 * width, 3, 3] for 32×32."""
        x = F.gelu(self.whiten(x))
        return [x := block(x) for block in self.blocks]

    @property
    def stages(self) -> list[nn.Module]:
        """Modules that give maps [N, channels, h, w], the finest first."""
        return [self.whiten, *self.blocks]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """float [N, 4 * width]: what the head sees."""
        return F.adaptive_max_pool2d(self.maps(x)[-1], 1).flatten(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x)) * self.logit_scale


CLASSIFIERS: dict[str, type[ClassifierNetwork]] = {"classic-cnn": ClassicCNN, "airnet": AirNet, "timm": TimmBackbone}
