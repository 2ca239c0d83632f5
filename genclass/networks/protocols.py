"""What the rest of the program relies on in a network, so that another one can take its place.

Each is made from ``classes`` (0 without), ``channels``, ``image_size`` and what else its ``config.json`` names, and is
registered in ``cnn.CLASSIFIERS`` or ``gan.GANS``. Nothing here is inherited: a type checker compares.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, Self

import torch
from torch import nn


class Network(Protocol):
    """A ``torch.nn.Module``, of which this much is used."""

    training: bool

    def __init__(self, classes: int, channels: int, image_size: int, **arguments: Any) -> None: ...

    def __call__(self, *inputs: Any) -> torch.Tensor: ...

    def train(self, mode: bool = True) -> Self: ...

    def eval(self) -> Self: ...

    def to(self, *args: Any, **kwargs: Any) -> Self: ...

    def requires_grad_(self, requires_grad: bool = True) -> Self: ...

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]: ...

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]: ...

    def buffers(self, recurse: bool = True) -> Iterator[torch.Tensor]: ...

    def modules(self) -> Iterator[nn.Module]: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


class Foldable(Network, Protocol):
    """A network whose norms only cost time once it is trained."""

    def fold(self) -> None:
        """Make ready for inference alone, in eval mode: batch norms go into the layers beside them, outputs stay."""


class ClassifierNetwork(Foldable, Protocol):
    """Normalised images, float32 [N, channels, image_size, image_size], to logits [N, classes].

    Attributes:
        normalisation: ``{"mean", "std"}``: images 0..1 are to come less the mean, over the deviation.
        largest: side of the largest images that it is offered for.
    """

    normalisation: ClassVar[dict[str, float]]
    largest: ClassVar[int]

    @property
    def head(self) -> nn.Linear:
        """The last layer, from features to scores."""

    @property
    def stages(self) -> list[nn.Module]:
        """Modules that give maps [N, channels, h, w], the finest first: where explanations look in."""

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """float [N, D]: what the head sees, in which images are compared."""


class Backbone(ClassifierNetwork, Protocol):
    """A classifier that can be a part of a discriminator."""

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """[N, channels, h, w] each, the finest first: what the discriminator judges images by."""


class Generator(Foldable, Protocol):
    """(z, class weights) to images in -1..1, float32 [N, channels, image_size, image_size].

    z is float32 [N, z_dim] of standard normal numbers. Class weights are float32 [N, classes]: one-hot for one class, a
    mixture for several; None without classes.

    Attributes:
        conditional: whether it can be told a class.
        z_dim: numbers in a latent vector.
        classes: how many it was made for; 0 without.
        largest: side of the largest images that it is offered for.
    """

    conditional: ClassVar[bool]
    largest: ClassVar[int]
    z_dim: int
    classes: int


class Discriminator(Network, Protocol):
    """(images in -1..1, class weights as for a ``Generator``, ``look(images)`` where it is known) to logits [N, heads],
    high where an image looks real.

    One head looks at the pixels; where there is a ``Backbone`` inside, further ones at its maps.
    """

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What its own layers make of images in -1..1: [N, channels, h, w] each, the finest first."""
        ...

    def look(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What layers that never learn make of images in -1..1: [N, channels, h, w] each; none without such layers."""
        ...

    def penalised(self, x: torch.Tensor, class_weights: torch.Tensor | None) -> torch.Tensor:
        """Logits [N, heads] of images in -1..1: those whose gradients a penalty keeps small."""
