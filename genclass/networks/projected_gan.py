"""A GAN for larger images: z reaches every block of its generator; its discriminator sees with an ImageNet network."""

import math
from collections.abc import Callable
from typing import Self, cast

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from genclass.networks.protocols import Backbone
from genclass.networks.residual_gan import (
    ClassNorm,
    Head,
    ProjectionDiscriminator,
    ResidualGenerator,
    stage_widths,
    stages,
)

SEEN = 64  # pixels a side that the backbone sees at least, where nothing else is said
FINEST = 1  # of the backbone's maps: the first are little more than the pixels
MIXED = 64  # channels of the mixed maps
STYLE_SPREAD = 0.5  # of a norm's scales and biases over classes and over z, to begin with
COMPARED = 4  # images that stand side by side
NEWEST = 0.01  # what a step counts in the usual deviation


class StyledGenerator(ResidualGenerator):
    """A ``ResidualGenerator`` whose norms are told z beside the class, as in BigGAN (Brock et al., 2019), and whose
    first layer is told the class beside z.

    With z in the first layer alone, samples of a class became alike on small sets of drawings.
    """

    def __init__(
        self, classes: int = 10, channels: int = 3, image_size: int = 32, z_dim: int = 64, width: int = 32
    ) -> None:
        self.shared = max(classes, 1)  # without classes, one that all images are of
        super().__init__(classes, channels, image_size, z_dim, width)
        self.dense = nn.Linear(self.styles(), self.dense.out_features)
        nn.init.orthogonal_(self.dense.weight)
        for norm in self.modules():
            if isinstance(norm, ClassNorm) and norm.table is not None:
                table = norm.table.weight.data
                table[:, : self.shared] += STYLE_SPREAD * torch.randn(len(table), self.shared)
                table[:, self.shared :] = STYLE_SPREAD / z_dim**0.5 * torch.randn(len(table), z_dim)

    def styles(self) -> int:
        return self.shared + self.z_dim

    def forward(self, z: torch.Tensor, class_weights: torch.Tensor | None = None) -> torch.Tensor:
        known = torch.ones_like(z[:, :1]) if class_weights is None else class_weights
        loud = known * self.z_dim**0.5  # as z is, or samples of all classes begin alike
        return super().forward(torch.cat([loud, z], 1), torch.cat([known, z], 1))


class Frozen(nn.Module):
    """A network that is used as it is, in eval mode, and kept elsewhere: whoever holds it has none of its weights."""

    network: Backbone

    def __init__(self, network: Backbone) -> None:
        super().__init__()
        object.__setattr__(self, "network", network.eval().requires_grad_(False))  # so that it isn't registered

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Self:
        """What ``to`` comes down to."""
        cast(nn.Module, self.network)._apply(fn)
        return super()._apply(fn, recurse)

    def forward(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Maps of images in -1..1, [N, 1 or 3, h, w], the finest first.

        On a processor always in float32: its depthwise layers' gradients take three times as long in bfloat16 there.
        """
        scale = self.network.normalisation
        colours = images.expand(-1, 3, -1, -1)
        with torch.autocast("cpu", enabled=False):
            return self.network.maps((colours / 2 + 0.5 - scale["mean"]) / scale["std"])[FINEST:]


class Mixing(nn.Module):
    """Random 1×1 convolutions across channels, then 3×3 ones from the coarsest map down; none of them ever learns.

    So each head sees something of all scales and channels, and none can rely on few of them (Sauer et al., 2021).
    """

    def __init__(self, channels: list[int]) -> None:
        super().__init__()
        self.across = nn.ModuleList(nn.Conv2d(count, MIXED, 1, bias=False) for count in channels)
        self.down = nn.ModuleList(nn.Conv2d(MIXED, MIXED, 3, padding=1, bias=False) for _ in channels[1:])
        for layer in (*self.across, *self.down):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
        self.requires_grad_(False)

    def forward(self, maps: list[torch.Tensor]) -> list[torch.Tensor]:
        mixed = [_unit(layer(one)) for layer, one in zip(self.across, maps)]
        for index in range(len(mixed) - 2, -1, -1):
            above = F.interpolate(self.down[index](mixed[index + 1]), size=mixed[index].shape[2:])
            mixed[index] = (mixed[index] + above) / 2**0.5
        return mixed


def _unit(x: torch.Tensor) -> torch.Tensor:
    """Maps of each image with a mean square of 1: a backbone answers more strongly in some maps than in others."""
    return x / (x.square().mean((1, 2, 3), keepdim=True) + 1e-4).sqrt()


class Compared(nn.Module):
    """Maps [N, C, side, side] and, beside them, their deviation over ``COMPARED`` neighbours each: [N, 2C, side, side].

    A head that sees images one by one can't know that all have the same eyes. This is the minibatch deviation of Karras
    et al. ("Progressive Growing of GANs", 2018), here of every channel and place; neighbours are of one class. In eval
    mode it is the usual one, so that no image is judged by those beside it.
    """

    usual: torch.Tensor

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(channels, side, side))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return torch.cat([maps, self.usual.to(maps).expand_as(maps)], 1)
        groups = maps.unflatten(0, (-1, math.gcd(len(maps), COMPARED)))
        deviation = ((groups - groups.mean(1, keepdim=True)).square().mean(1, keepdim=True) + 1e-6).sqrt()
        self.usual.lerp_(deviation.detach().mean((0, 1)).to(self.usual), NEWEST)
        return torch.cat([maps, deviation.expand_as(groups).flatten(0, 1)], 1)


class FeatureHead(nn.Module):
    """A logit from maps [N, MIXED, side, side], with the class by projection; spectral norms keep it smooth.

    Beside it the logits of ``attributes`` in each class: [N, 1 + classes * attributes].
    """

    def __init__(self, side: int, width: int, classes: int, attributes: int) -> None:
        super().__init__()
        self.compared = Compared(MIXED, side)
        widths = [2 * MIXED, *[width] * ((side - 1) // 4).bit_length()]
        self.down = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in zip(widths, widths[1:])
        )
        self.conv = spectral_norm(nn.Conv2d(widths[-1], width, 3, padding=1))
        self.linear = spectral_norm(nn.Conv2d(width, 1, 1))
        self.embed = nn.Linear(classes, width, bias=False) if classes else None
        places = (side >> len(self.down)) ** 2
        self.has = nn.Linear(width * places, classes * attributes) if attributes else None

    def forward(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        x = self.compared(x)
        for layer in self.down:
            x = F.leaky_relu(layer(x), 0.2)
        x = F.leaky_relu(self.conv(x), 0.2)
        logit = self.linear(x).mean((1, 2, 3))
        if self.embed is not None:
            logit = logit + (self.embed(class_weights) * x.mean((2, 3))).sum(1)
        return logit[:, None] if self.has is None else torch.cat([logit[:, None], self.has(x.flatten(1))], 1)


class ProjectedDiscriminator(ProjectionDiscriminator):
    """Beside the head on pixels one for each mixed map of a frozen network (Sauer et al., "Projected GANs", 2021).

    Pixels remain: what the frozen network's first strides pass over shows as a checkerboard where nothing else looks.

    Args:
        width: channels of the widest maps, and of the heads.
        backbone: a trained classifier of coloured images, which is no part of the weights, or None.
        attributes: how many the heads on its maps tell beside (as in Odena et al., "Conditional Image Synthesis with
            Auxiliary Classifier GANs", 2017); there are classes then.
        seen: side to which images are resized for it, or None for 64, or their own where that is more.
    """

    def __init__(self, classes: int = 10, channels: int = 3, image_size: int = 32, width: int = 64,
                 backbone: Backbone | None = None, attributes: int = 0, seen: int | None = None) -> None:  # fmt: skip
        super().__init__(classes, channels, image_size, width)
        self.attributes = attributes
        last, side = stage_widths(image_size, width // 2)[0], stages(image_size)[0]
        self.compared, self.head = Compared(last, side), Head(2 * last, side, last, classes)
        self.seen = seen or max(SEEN, image_size)
        self.frozen, self.mixing = None, None
        if backbone is not None:
            self.frozen = Frozen(backbone)
            shapes = [one.shape for one in self.frozen(torch.zeros(1, channels, self.seen, self.seen))]
            self.mixing = Mixing([shape[1] for shape in shapes])
            self.feature_heads.extend(FeatureHead(shape[2], width, classes, attributes) for shape in shapes)

    def of_pixels(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        return self.head(self.compared(self.maps(x)[-1]), class_weights)

    def penalised(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        """Spectral norms keep the other heads smooth, and gradients through the frozen network cost most."""
        return self.of_pixels(x, class_weights)[:, None]

    def look(self, x: torch.Tensor) -> list[torch.Tensor]:
        if self.frozen is None or self.mixing is None:
            return []
        if x.shape[3] != self.seen:
            x = F.interpolate(x, size=self.seen, mode="bilinear" if x.shape[3] < self.seen else "area")
        return self.mixing(self.frozen(x))

    def forward(
        self, x: torch.Tensor, class_weights: torch.Tensor | None = None, seen: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        return self.judged(x, class_weights, self.look(x) if seen is None else seen)[0]

    def judged(
        self, x: torch.Tensor, class_weights: torch.Tensor | None, seen: list[torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(logits [N, heads], logits of having each attribute [N, attributes]) of images in -1..1 and ``look(x)``."""
        logits, has = [self.of_pixels(x, class_weights)], x.new_zeros(len(x), 0)
        if seen:
            told = torch.stack([head(one, class_weights) for head, one in zip(self.feature_heads, seen)], 1)
            logits += told[:, :, 0].unbind(1)
            if self.attributes and class_weights is not None:
                of_each = told[:, :, 1:].mean(1).unflatten(1, (-1, self.attributes))
                has = (of_each * class_weights[:, :, None]).sum(1)
        return torch.stack(logits, 1), has
