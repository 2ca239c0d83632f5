"""What the layers of the textbook network (``cnn.ClassicCNN``) compute, number by number, and how one of them learns.

Maps are float32 [channels, height, width] of one image.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import nn

from genclass.networks.cnn import ClassicCNN

KERNEL = 3


@dataclass(frozen=True)
class Layer:
    """One convolution on one image.

    Attributes:
        inputs: [C, H, W], what it gets.
        weight, bias: [O, C, 3, 3] and [O].
        sums: [O, H-2, W-2], what it gives.
        rectified: the same after ReLU.
        pooled: [O, (H-2)//2, (W-2)//2], the largest of each 2×2.
    """

    inputs: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    sums: torch.Tensor
    rectified: torch.Tensor
    pooled: torch.Tensor


@torch.no_grad()
def layers(network: ClassicCNN, x: torch.Tensor) -> list[Layer]:
    """The ``Layer`` of each convolution.

    Args:
        x: float32 [C, S, S], normalised.
    """
    found = []
    for conv in cast(Iterable[nn.Conv2d], network.convs):
        sums = conv(x[None])[0]
        rectified = F.relu(sums)
        pooled = F.max_pool2d(rectified, 2)
        found.append(Layer(x, conv.weight.detach(), cast(torch.Tensor, conv.bias).detach(), sums, rectified, pooled))
        x = pooled
    return found


def patch(layer: Layer, row: int, column: int) -> torch.Tensor:
    """The [C, 3, 3] of the input that position (row, column) of the output looks at."""
    return layer.inputs[:, row : row + KERNEL, column : column + KERNEL]


def products(layer: Layer, index: int, row: int, column: int) -> torch.Tensor:
    """Patch times kernel, [C, 3, 3]; their sum and the bias of filter ``index`` make ``sums[index, row, column]``."""
    return patch(layer, row, column) * layer.weight[index]


@dataclass(frozen=True)
class Dense:
    """The last dense layer on one image: scores = weight · features + bias.

    Attributes:
        features: [1024].
        weight, bias: [classes, 1024] and [classes].
        scores: [classes].
    """

    features: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    scores: torch.Tensor

    def products(self, index: int) -> torch.Tensor:
        """[1024]: what each feature adds to the score of one class."""
        return self.features * self.weight[index]


@torch.no_grad()
def dense(network: ClassicCNN, x: torch.Tensor) -> Dense:
    """The ``Dense`` of an image [C, S, S], normalised."""
    features = network.features(x[None])[0]
    return Dense(features, network.head.weight.detach(), network.head.bias.detach(), network.head(features))


def kernel_gradient(inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """The loss's gradient with respect to a convolution's kernel: a correlation of input and output gradient.

    Args:
        inputs: [C, H, W].
        gradient: [O, H-2, W-2], of the loss with respect to the convolution's output.

    Returns:
        [O, C, 3, 3]; entry (o, c, i, j) is the sum over all positions of inputs[c, r+i, s+j] · gradient[o, r, s].
    """
    return F.conv2d(inputs[:, None], gradient[:, None]).transpose(0, 1)


@dataclass(frozen=True)
class Step:
    """What one step of gradient descent on one image does to one convolution.

    Attributes:
        gradient: [O, H-2, W-2], the loss's at the convolution's output.
        kernels: [O, C, 3, 3], the loss's at its weight.
        losses: cross-entropy before and after.
        probabilities: of the asked class before and after.
    """

    gradient: torch.Tensor
    kernels: torch.Tensor
    losses: tuple[float, float]
    probabilities: tuple[float, float]


def learn(network: ClassicCNN, x: torch.Tensor, label: int, number: int, rate: float) -> Step:
    """One step of gradient descent of all weights on one image; the network itself stays as it is.

    Args:
        x: float32 [C, S, S], normalised.
        label: index of the right class.
        number: which convolution is looked at.
        rate: the learning rate.
    """
    pupil = copy.deepcopy(network).requires_grad_(True)
    kept = []
    hook = pupil.convs[number].register_forward_hook(lambda module, inputs, output: kept.append((inputs[0], output)))
    before = _loss(pupil, x, label)
    hook.remove()
    inputs, output = kept[0]
    (gradient,) = torch.autograd.grad(before, output, retain_graph=True)
    weights = list(pupil.parameters())
    steps = torch.autograd.grad(before, weights)
    with torch.no_grad():
        for weight, step in zip(weights, steps):
            weight.sub_(rate * step)
        losses = before.item(), _loss(pupil, x, label).item()
    kernels = kernel_gradient(inputs[0].detach(), gradient[0])
    return Step(gradient[0], kernels, losses, tuple(torch.tensor(losses).neg().exp().tolist()))


def _loss(network: ClassicCNN, x: torch.Tensor, label: int) -> torch.Tensor:
    return F.cross_entropy(network(x[None]), torch.tensor([label]))
