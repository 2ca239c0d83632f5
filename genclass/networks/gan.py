"""All GANs in a dict by name.

To add one, write modules that are a ``protocols.Generator`` and a ``protocols.Discriminator`` and enter the pair in
``GANS``: its tests, checkpoints and exports follow. A preset of the same name in ``train/presets.py`` makes it
trainable.
"""

from typing import NamedTuple

from genclass.networks.classic_gan import ClassicDiscriminator, ClassicGenerator
from genclass.networks.projected_gan import ProjectedDiscriminator, StyledGenerator
from genclass.networks.protocols import Discriminator, Generator
from genclass.networks.residual_gan import ProjectionDiscriminator, ResidualGenerator


class Pair(NamedTuple):
    """The two networks of a GAN."""

    generator: type[Generator]
    discriminator: type[Discriminator]


GANS = {
    "classic-gan": Pair(ClassicGenerator, ClassicDiscriminator),
    "gan": Pair(ResidualGenerator, ProjectionDiscriminator),
    "projected-gan": Pair(StyledGenerator, ProjectedDiscriminator),
}
