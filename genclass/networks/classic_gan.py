"""The article's GAN."""

import functools
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval


def initialise(layer: nn.Module) -> None:
    """He's initialisation without biases (2015), so that z reaches the image through seven layers without norms.

    PyTorch's own shrinks z below the biases: every image begins, and here remained, the same.
    """
    if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(cast(torch.Tensor, layer.bias))


class ClassicGenerator(nn.Module):
    """The textbook generator: dense 256, 512, 1024, then size/4 × size/4 × 256 and 3×3 convolutions to the image.

    The article's strided convolutions shrink 7×7 to 2×2; the transposed ones that were meant double it to 28×28. Batch
    norm before every ReLU is DCGAN's (Radford et al., 2016): without it all samples collapse to one image, because what
    seven ReLU layers pass on is mostly common to all z.
    """

    conditional: ClassVar = False
    largest: ClassVar = 96  # where its last dense layer has 150 million weights already

    def __init__(self, classes: int = 0, channels: int = 1, image_size: int = 28, z_dim: int = 100) -> None:
        super().__init__()
        self.z_dim, self.classes, self.side = z_dim, classes, image_size // 4
        widths = [z_dim, 256, 512, 1024, 256 * self.side**2]
        self.dense = nn.Sequential(
            *(layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.BatchNorm1d(b), nn.ReLU()))
        )
        double = functools.partial(nn.ConvTranspose2d, kernel_size=3, stride=2, padding=1, output_padding=1)
        self.convs = nn.Sequential(
            *(nn.Conv2d(256, 128, 3, padding=1), nn.BatchNorm2d(128), nn.ReLU()),
            *(double(128, 128), nn.BatchNorm2d(128), nn.ReLU()),
            *(double(128, 64), nn.BatchNorm2d(64), nn.ReLU()),
            *(nn.Conv2d(64, channels, 3, padding=1), nn.Tanh()),
        )
        self.apply(initialise)

    def fold(self) -> None:
        """Make ready for inference alone (in eval mode): batch norms become part of the layers before them."""
        self.dense, self.convs = _folded(self.dense), _folded(self.convs)

    def forward(self, z: torch.Tensor, class_weights: torch.Tensor | None = None) -> torch.Tensor:
        return self.convs(self.dense(z).unflatten(1, (256, self.side, self.side)))


def _folded(layers: nn.Sequential) -> nn.Sequential:
    """The same layers, each batch norm put into the layer before it."""
    found: list[nn.Module] = []
    for layer in layers:
        last = found[-1] if found else None
        if isinstance(layer, nn.BatchNorm1d) and isinstance(last, nn.Linear):
            found[-1] = fuse_linear_bn_eval(last, layer)
        elif isinstance(layer, nn.BatchNorm2d) and isinstance(last, (nn.Conv2d, nn.ConvTranspose2d)):
            found[-1] = fuse_conv_bn_eval(last, layer, isinstance(last, nn.ConvTranspose2d))
        else:
            found.append(layer)
    return nn.Sequential(*found)


class ClassicDiscriminator(nn.Module):
    """The textbook discriminator: 3×3 convolutions of 64, 128, 256 with stride 2 and ReLU, then one logit."""

    def __init__(self, classes: int = 0, channels: int = 1, image_size: int = 28) -> None:
        super().__init__()
        widths = [channels, 64, 128, 256]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(widths, widths[1:]))
        side = -(-image_size // 8)
        self.head = nn.Linear(256 * side * side, 1)
        self.apply(initialise)

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each convolution makes of images in -1..1: [N, 64, h, w], [N, 128, h/2, w/2], [N, 256, h/4, w/4]."""
        return [x := F.relu(conv(x)) for conv in self.convs]

    def look(self, x: torch.Tensor) -> list[torch.Tensor]:
        return []

    def forward(
        self, x: torch.Tensor, class_weights: torch.Tensor | None = None, seen: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        return self.head(self.maps(x)[-1].flatten(1))

    def penalised(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        return self(x)
