"""A GAN of two small networks on points of the plane: small enough to be watched while it learns.

Everything is drawn from a seed, on the CPU: the same points, settings and seed give the same samples at every step.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from genclass.errors import GenClassError, check_choice, check_number
from genclass.networks.losses import LOSSES, r1_penalty

POINTS = 4096  # of a distribution's data set
BATCH = 256
Z_DIM = 2
WIDTH = 64
BETAS = (0.5, 0.99)
SHOWN = 512
NEAR = 0.08  # points this close count as the same place
SPREAD = 0.03  # the standard deviation of one group of ring and grid
LEAST_DRAWN = 20
# name: (least, most)
RANGES = {"rate": (1e-5, 0.05), "discriminator_rate": (1e-5, 0.05), "discriminator_steps": (1, 10), "penalty": (0, 10)}


@dataclass(frozen=True)
class ToySettings:
    """How the two networks are trained.

    Attributes:
        loss: a key of ``losses.LOSSES``.
        rate, discriminator_rate: Adam's learning rates of generator and discriminator.
        discriminator_steps: its steps for one of the generator.
        penalty: factor on the R1 penalty, which keeps the discriminator smooth around real points; 0 for none.

    Raises:
        GenClassError: for values that are no numbers, or beyond ``RANGES``.
    """

    loss: str = "non-saturating"
    rate: float = 1e-3
    discriminator_rate: float = 2e-3
    discriminator_steps: int = 1
    penalty: float = 0.01

    def __post_init__(self) -> None:
        check_choice("loss", self.loss, tuple(LOSSES))
        for field, (low, high) in RANGES.items():
            check_number(field, getattr(self, field), low, high, whole=field == "discriminator_steps")


def ring_centres() -> torch.Tensor:
    """float32 [8, 2]: on a circle."""
    angles = torch.arange(8) * (2 * math.pi / 8)
    return 0.75 * torch.stack([angles.cos(), angles.sin()], 1)


def grid_centres() -> torch.Tensor:
    """float32 [16, 2]: four rows of four."""
    line = torch.linspace(-0.75, 0.75, 4)
    return torch.cartesian_prod(line, line)


def _groups(centres: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    chosen = centres[torch.randint(len(centres), (POINTS,), generator=generator)]
    return chosen + SPREAD * torch.randn(POINTS, 2, generator=generator)


def _ring(generator: torch.Generator) -> torch.Tensor:
    return _groups(ring_centres(), generator)


def _grid(generator: torch.Generator) -> torch.Tensor:
    return _groups(grid_centres(), generator)


def _spiral(generator: torch.Generator) -> torch.Tensor:
    way = torch.rand(POINTS, generator=generator).sqrt()
    angle = way * 3.5 * math.pi
    points = 0.85 * way[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return points + 0.02 * torch.randn(POINTS, 2, generator=generator)


def _moons(generator: torch.Generator) -> torch.Tensor:
    angle = torch.rand(POINTS, generator=generator) * math.pi
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
    flipped = torch.rand(POINTS, 1, generator=generator) < 0.5
    return 0.58 * torch.where(flipped, -upper, upper) + 0.025 * torch.randn(POINTS, 2, generator=generator)


def _heart(generator: torch.Generator) -> torch.Tensor:
    angle = torch.rand(POINTS, generator=generator) * 2 * math.pi
    across = 16 * angle.sin() ** 3
    up = 13 * angle.cos() - 5 * (2 * angle).cos() - 2 * (3 * angle).cos() - (4 * angle).cos()
    return torch.stack([across, up + 2.5], 1) / 20 + 0.02 * torch.randn(POINTS, 2, generator=generator)


# name: points float32 [POINTS, 2], mostly within -1..1, from a generator
SHAPES = {"ring": _ring, "grid": _grid, "spiral": _spiral, "moons": _moons, "heart": _heart}
CENTRES = {"ring": ring_centres, "grid": grid_centres}


def points_of(shape: str, seed: int = 0) -> torch.Tensor:
    """float32 [POINTS, 2] of one of ``SHAPES``.

    Raises:
        GenClassError: ``bad_choice``.
    """
    check_choice("shape", shape, tuple(SHAPES))
    return SHAPES[shape](torch.Generator().manual_seed(seed))


def points_drawn(strokes: object, seed: int = 0) -> torch.Tensor:
    """float32 [POINTS, 2] around the points of a drawing, thickened a little.

    Args:
        strokes: a list of [x, y], each within -1..1.

    Raises:
        GenClassError: ``few_points``, or ``not_a_number`` and ``out_of_range`` for what is no such list.
    """
    if not isinstance(strokes, list) or not LEAST_DRAWN <= len(strokes) <= POINTS:
        raise GenClassError("few_points", least=LEAST_DRAWN, most=POINTS)
    for point in strokes:
        if not isinstance(point, list) or len(point) != 2:
            raise GenClassError("not_a_number", field="point")
        for value in point:
            check_number("point", value, -1, 1)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.tensor(strokes, dtype=torch.float32)
    chosen = drawn[torch.randint(len(drawn), (POINTS,), generator=generator)]
    return chosen + 0.02 * torch.randn(POINTS, 2, generator=generator)


class Waves(nn.Module):
    """Points [..., 2] with their sines and cosines, [..., 6]: coordinates alone show a small network no fine detail.

    After Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions" (2020), at one frequency.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, (math.pi * x).sin(), (math.pi * x).cos()], -1)


def _layers(inputs: int, outputs: int, generator: torch.Generator) -> list[nn.Module]:
    """Two hidden layers and the last, whose weights come from ``generator`` (He, 2015)."""
    first, second, last = nn.Linear(inputs, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, outputs)
    for layer in (first, second, last):
        nn.init.kaiming_normal_(layer.weight, a=0.2, generator=generator)
        nn.init.zeros_(layer.bias)
    return [first, nn.LeakyReLU(0.2), second, nn.LeakyReLU(0.2), last]


class Adam:
    """Kingma & Ba's optimizer (2015) of one network.

    Torch's own loads torch's compiler when the first one is made: seconds in which a server answers nobody.
    """

    def __init__(self, network: nn.Module) -> None:
        self.weights = list(network.parameters())
        self.means = [torch.zeros_like(weight) for weight in self.weights]
        self.squares = [torch.zeros_like(weight) for weight in self.weights]
        self.count = 0

    def step(self, loss: torch.Tensor, rate: float) -> float:
        """One step down the slope of ``loss``; returns its value."""
        gradients = torch.autograd.grad(loss, self.weights)
        self.count += 1
        (beta1, beta2), length = BETAS, rate / (1 - BETAS[0] ** self.count)
        with torch.no_grad():
            for weight, gradient, mean, square in zip(self.weights, gradients, self.means, self.squares):
                mean.lerp_(gradient, 1 - beta1)
                square.lerp_(gradient.square(), 1 - beta2)
                spread = (square / (1 - beta2**self.count)).sqrt_().add_(1e-8)
                weight.addcdiv_(mean, spread, value=-length)
        return loss.item()


class Toy:
    """A generator and a discriminator on points, with their losses so far.

    Args:
        real: float32 [N, 2], the data set.
        settings: to begin with; they may be changed between two steps.
        centres: float32 [M, 2] of the groups it is made of, or None.
    """

    def __init__(
        self, real: torch.Tensor, settings: ToySettings, seed: int = 0, centres: torch.Tensor | None = None
    ) -> None:
        self.real, self.settings, self.centres = real, settings, centres
        self.random = torch.Generator().manual_seed(seed)
        self.z = torch.randn(SHOWN, Z_DIM, generator=self.random)
        self.generator = nn.Sequential(*_layers(Z_DIM, 2, self.random))
        self.discriminator = nn.Sequential(Waves(), *_layers(6, 1, self.random))
        self.optimizers = [Adam(network) for network in (self.generator, self.discriminator)]
        self.losses: list[tuple[float, float]] = []  # (discriminator's, generator's) of every step

    def step(self) -> None:
        """The discriminator's steps, then one of the generator."""
        generator, discriminator = self.optimizers
        for _ in range(int(self.settings.discriminator_steps)):
            loss_d = discriminator.step(self._discriminator_loss(), self.settings.discriminator_rate)
        self.losses.append((loss_d, generator.step(self._generator_loss(), self.settings.rate)))

    def _fake(self) -> torch.Tensor:
        return self.generator(torch.randn(BATCH, Z_DIM, generator=self.random))

    def _discriminator_loss(self) -> torch.Tensor:
        real = self.real[torch.randint(len(self.real), (BATCH,), generator=self.random)]
        with torch.no_grad():
            fake = self._fake()
        if not self.settings.penalty:
            logits = self.discriminator(torch.cat([real, fake]))
            return LOSSES[self.settings.loss][0](logits[:BATCH], logits[BATCH:])
        images = real[:, :, None, None].requires_grad_()  # the penalty is written for images: here of one pixel
        logits = self.discriminator(images.flatten(1))
        loss = LOSSES[self.settings.loss][0](logits, self.discriminator(fake))
        return loss + self.settings.penalty * r1_penalty(logits, images)

    def _generator_loss(self) -> torch.Tensor:
        return LOSSES[self.settings.loss][1](self.discriminator(self._fake()))

    @torch.no_grad()
    def samples(self) -> torch.Tensor:
        """float32 [SHOWN, 2] from latents that stay the same."""
        return self.generator(self.z)

    @torch.no_grad()
    def field(self, side: int, reach: float = 1.0) -> torch.Tensor:
        """The discriminator's opinion on a square: float32 [side, side], 0 (generated) to 1 (real), top row first."""
        line = (torch.arange(side) + 0.5) / side * 2 * reach - reach
        up, across = torch.meshgrid(-line, line, indexing="ij")
        return self.discriminator(torch.stack([across, up], -1)).squeeze(-1).sigmoid()

    def found(self) -> tuple[float, float]:
        """How well the samples fit: (share of real points that have a sample near, share of samples near a real one).

        The two are what recall and precision are for images (Kynkäänniemi et al., 2019), at one fixed distance.
        """
        near = torch.cdist(self.real[:SHOWN], self.samples()) < NEAR
        return near.any(1).float().mean().item(), near.any(0).float().mean().item()

    def modes(self) -> int | None:
        """Of how many groups at least a quarter of the fair share of samples lies within four deviations, or None."""
        if self.centres is None:
            return None
        near = torch.cdist(self.samples(), self.centres) < 4 * SPREAD
        return int((near.sum(0) >= SHOWN / len(self.centres) / 4).sum())


def begin(shape: str, settings: ToySettings, seed: int = 0) -> Toy:
    """A new ``Toy`` on one of ``SHAPES``."""
    centres = CENTRES[shape]() if shape in CENTRES else None
    return Toy(points_of(shape), settings, seed, centres)
