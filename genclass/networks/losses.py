"""Adversarial losses and a penalty, as pure functions of the discriminator's logits.

``real`` and ``fake`` are logits, float [N, heads]; every loss is a scalar to be minimised.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F


def discriminator_log_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """-E[log D(x)] - E[log(1 - D(G(z)))], with D the sigmoid of the logit (Goodfellow et al., 2014)."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_saturating_loss(fake: torch.Tensor) -> torch.Tensor:
    """E[log(1 - D(G(z)))]: the minimax game's own form, which has no gradient where D is sure."""
    return -F.softplus(fake).mean()


def generator_non_saturating_loss(fake: torch.Tensor) -> torch.Tensor:
    """-E[log D(G(z))]: the same fixed point, with gradient where it is needed (Goodfellow et al., 2014, section 3)."""
    return F.softplus(-fake).mean()


def discriminator_hinge_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """E[max(0, 1 - real)] + E[max(0, 1 + fake)] (Lim & Ye, "Geometric GAN", 2017)."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def generator_hinge_loss(fake: torch.Tensor) -> torch.Tensor:
    """-E[fake], the hinge loss's counterpart."""
    return -fake.mean()


def r1_penalty(real: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """E[|∇x D(x)|²] / 2 on real images, which must require grad (Mescheder et al., 2018); D sums its heads."""
    (gradient,) = torch.autograd.grad(real.sum(), images, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean() / 2


Loss = Callable[[torch.Tensor], torch.Tensor]
PairLoss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

# name: (the discriminator's, the generator's)
LOSSES: dict[str, tuple[PairLoss, Loss]] = {
    "non-saturating": (discriminator_log_loss, generator_non_saturating_loss),
    "saturating": (discriminator_log_loss, generator_saturating_loss),
    "hinge": (discriminator_hinge_loss, generator_hinge_loss),
}
