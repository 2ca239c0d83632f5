"""The class-conditional GAN of residual blocks."""

from typing import ClassVar, Self, cast

import torch
import torch.nn.functional as F
from torch import nn

from genclass.networks.protocols import Backbone


def stages(image_size: int) -> list[int]:
    """Sides of the maps, smallest first: halved while even and above 4 (28: 7 14 28; 32: 4 8 16 32)."""
    sides = [image_size]
    while sides[0] % 2 == 0 and sides[0] > 4:
        sides.insert(0, sides[0] // 2)
    return sides


def stage_widths(image_size: int, width: int) -> list[int]:
    """Channels for each of ``stages``: ``width`` at full size, doubled at each halving up to four times ``width``."""
    count = len(stages(image_size))
    return [width * min(4, 2 ** (count - 1 - index)) for index in range(count)]


class ClassNorm(nn.Module):
    """Batch norm whose scale and bias come from the class (de Vries et al., 2017); plain without classes."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm: nn.BatchNorm2d | nn.Identity = nn.BatchNorm2d(channels, affine=not classes)
        self.table = nn.Linear(classes, 2 * channels, bias=False) if classes else None
        if self.table is not None:
            nn.init.ones_(self.table.weight[:channels])
            nn.init.zeros_(self.table.weight[channels:])

    @torch.no_grad()
    def fold(self) -> None:
        """Put the norm's statistics into the classes' table: one pass over the maps instead of two."""
        if self.table is not None and not isinstance(self.norm, nn.Identity):
            mean, variance = (cast(torch.Tensor, value) for value in (self.norm.running_mean, self.norm.running_var))
            scale, bias = self.table.weight.double().chunk(2)  # each [channels, classes]
            scale = scale / (variance.double() + self.norm.eps).sqrt()[:, None]
            bias = bias - mean.double()[:, None] * scale
            self.table.weight.copy_(torch.cat([scale, bias]))
            self.norm = nn.Identity()

    def forward(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        x = self.norm(x)
        if self.table is None:
            return x
        scale, bias = self.table(class_weights)[:, :, None, None].chunk(2, 1)
        return torch.addcmul(bias, x, scale)


class UpBlock(nn.Module):
    """Residual block that doubles the side.

    A transposed 4×4 convolution does the doubling: 2.25 times fewer operations than upsampling before a 3×3 one.
    """

    def __init__(self, inputs: int, outputs: int, classes: int) -> None:
        super().__init__()
        self.norm1 = ClassNorm(inputs, classes)
        self.up = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=False)
        self.norm2 = ClassNorm(outputs, classes)
        self.conv = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        y = self.up(F.relu(self.norm1(x, class_weights)))
        y = self.conv(F.relu(self.norm2(y, class_weights)))
        return y + F.interpolate(self.skip(x), scale_factor=2)


class ResidualGenerator(nn.Module):
    """Class-conditional residual generator, after Miyato & Koyama, "cGANs with Projection Discriminator" (2018).

    Args:
        width: channels at full size; the smaller maps have up to four times as many.
    """

    conditional: ClassVar = True
    largest: ClassVar = 224

    def __init__(
        self, classes: int = 10, channels: int = 3, image_size: int = 32, z_dim: int = 64, width: int = 32
    ) -> None:
        super().__init__()
        self.z_dim, self.classes, self.side = z_dim, classes, stages(image_size)[0]
        widths = stage_widths(image_size, width)
        self.dense = nn.Linear(z_dim, widths[0] * self.side**2)
        self.blocks = nn.ModuleList(UpBlock(a, b, self.styles()) for a, b in zip(widths, widths[1:]))
        self.norm = ClassNorm(width, 0)
        self.to_image = nn.Conv2d(width, channels, 3, padding=1)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)) or layer is self.dense:
                nn.init.orthogonal_(layer.weight)

    def styles(self) -> int:
        """How many numbers the norms are told of each image."""
        return self.classes

    def fold(self) -> None:
        """Make ready for inference alone (in eval mode): class norms become one multiplication and addition."""
        for layer in self.modules():
            if isinstance(layer, ClassNorm):
                layer.fold()

    def forward(self, z: torch.Tensor, class_weights: torch.Tensor | None = None) -> torch.Tensor:
        x = self.dense(z).unflatten(1, (-1, self.side, self.side))
        for block in self.blocks:
            x = block(x, class_weights)
        return torch.tanh(self.to_image(F.relu(self.norm(x, None))))


class DownBlock(nn.Module):
    """Residual block that halves the side, without normalisation: the penalty keeps the discriminator smooth."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, inputs, 3, padding=1)
        self.down = nn.Conv2d(inputs, outputs, 4, stride=2, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.down(F.leaky_relu(self.conv(F.leaky_relu(x, 0.2)), 0.2))
        return y + self.skip(F.avg_pool2d(x, 2))


class Head(nn.Module):
    """One logit from maps [N, inputs, side, side], halved until the side is at most 4.

    Projection (Miyato & Koyama, 2018): the class adds the inner product of its embedding with the image's features.
    """

    def __init__(self, inputs: int, side: int, width: int, classes: int) -> None:
        super().__init__()
        widths = [inputs, *[width] * ((side - 1) // 4).bit_length()]
        self.blocks = nn.ModuleList(DownBlock(a, b) for a, b in zip(widths[:-1], widths[1:]))
        self.conv = nn.Conv2d(widths[-1], width, 3, padding=1)
        self.linear = nn.Linear(width, 1)
        self.embed = nn.Linear(classes, width, bias=False) if classes else None

    def forward(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        x = F.leaky_relu(self.conv(F.leaky_relu(x, 0.2)), 0.2).sum((2, 3))
        logit = self.linear(x).squeeze(1)
        return logit if self.embed is None else logit + (self.embed(class_weights) * x).sum(1)


class ProjectionDiscriminator(nn.Module):
    """Projection discriminator on pixels and, beside them, on the maps of a frozen classifier.

    The first layer halves the side at once: full-size maps would cost more than all that follows. The classifier's maps
    tell early what an image lacks as a whole (Sauer et al., "Projected GANs Converge Faster", 2021).

    Args:
        width: channels of the widest maps.
        backbone: a trained classifier, which is frozen here, or None.
        backbone_size: side to which images are shrunk for it, or None: it sees them as they are.
    """

    def __init__(self, classes: int = 10, channels: int = 3, image_size: int = 32, width: int = 64,
                 backbone: Backbone | None = None, backbone_size: int | None = None) -> None:  # fmt: skip
        super().__init__()
        self.backbone_size = backbone_size
        widths = stage_widths(image_size, width // 2)[::-1][1:]
        self.from_image = nn.Conv2d(channels, widths[0], 4, stride=2, padding=1)
        self.blocks = nn.ModuleList(DownBlock(a, b) for a, b in zip(widths, widths[1:]))
        self.head = Head(widths[-1], 4, widths[-1], classes)
        self.backbone, self.feature_heads = None, nn.ModuleList()
        if backbone is not None:
            self.backbone = backbone.eval().requires_grad_(False)
            side = backbone_size or image_size
            shapes = [maps.shape for maps in backbone.maps(torch.zeros(1, channels, side, side))]
            self.feature_heads.extend(Head(shape[1], shape[2], widths[-1], classes) for shape in shapes)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        if self.backbone is not None:
            self.backbone.eval()  # its statistics are frozen too
        return self

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What its own layers make of the pixels of images in -1..1: [N, channels, h, w] each, the finest first."""
        y = self.from_image(x)
        return [y, *(y := block(y) for block in self.blocks)]

    def of_pixels(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        """The logit [N] of images in -1..1 by what its own layers make of their pixels."""
        return self.head(self.maps(x)[-1], class_weights)

    def penalised(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        return self(x, class_weights)

    def look(self, x: torch.Tensor) -> list[torch.Tensor]:
        if self.backbone is None:
            return []
        scale = self.backbone.normalisation
        seen = F.interpolate(x, size=self.backbone_size, mode="area") if self.backbone_size else x
        return self.backbone.maps((seen / 2 + 0.5 - scale["mean"]) / scale["std"])

    def forward(
        self, x: torch.Tensor, class_weights: torch.Tensor | None = None, seen: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        maps = zip(self.feature_heads, self.look(x) if seen is None else seen)
        logits = [self.of_pixels(x, class_weights), *(head(one, class_weights) for head, one in maps)]
        return torch.stack(logits, 1)
