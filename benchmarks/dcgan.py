"""A plain DCGAN in the usual tutorial layout (Radford et al., 2016), for generator_race to compare with."""

import torch
import torch.nn.functional as F
from torch import nn

from genclass.data.batches import flip_where
from genclass.files.images import to_float, to_uint8

Z_DIM, WIDTH, BATCH, RATE = 100, 64, 128, 2e-4


def initialise(layer):
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1, 0.02)


def generator():
    """z [N, 100, 1, 1] to images in -1..1, [N, 3, 32, 32]."""
    widths = [4 * WIDTH, 2 * WIDTH, WIDTH]
    layers = [nn.ConvTranspose2d(Z_DIM, widths[0], 4, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()]
    for a, b in zip(widths, widths[1:]):
        layers += [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(WIDTH, 3, 4, 2, 1), nn.Tanh()).apply(initialise)


def discriminator():
    """Images to one logit, [N]."""
    widths = [WIDTH, 2 * WIDTH, 4 * WIDTH]
    layers = [nn.Conv2d(3, WIDTH, 4, 2, 1), nn.LeakyReLU(0.2)]
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4), nn.Flatten(0)).apply(initialise)


class DCGAN:
    """The two networks and one step of each, as the tutorials write it."""

    def __init__(self, imageset, seed=0):
        torch.manual_seed(seed)
        self.images, self.seen = imageset.train_images, 0
        self.generator, self.discriminator = generator(), discriminator()
        adam = lambda network: torch.optim.Adam(network.parameters(), RATE, (0.5, 0.999))
        self.optimizers = adam(self.generator), adam(self.discriminator)

    def step(self):
        chosen = torch.randint(len(self.images), (BATCH,))
        real = to_float(flip_where(self.images[chosen], torch.rand(BATCH) < 0.5)) * 2 - 1
        fake = self.generator(torch.randn(BATCH, Z_DIM, 1, 1))
        loss = F.softplus(-self.discriminator(real)).mean() + F.softplus(self.discriminator(fake.detach())).mean()
        self._follow(self.optimizers[1], loss)
        self._follow(self.optimizers[0], F.softplus(-self.discriminator(fake)).mean())
        self.seen += BATCH

    @staticmethod
    def _follow(optimizer, loss):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    @torch.inference_mode()
    def sample(self, count):
        """uint8 [count, 32, 32, 3]."""
        self.generator.eval()
        parts = [self.generator(torch.randn(len(part), Z_DIM, 1, 1)) for part in torch.empty(count).split(250)]
        self.generator.train()
        return to_uint8((torch.cat(parts) + 1) / 2).permute(0, 2, 3, 1).numpy()
