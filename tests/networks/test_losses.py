"""Losses against their textbook formulas."""

import pytest
import torch

from genclass.networks.losses import LOSSES, r1_penalty

real, fake = torch.tensor([0.5, -1.0, 3.0]), torch.tensor([-0.3, 2.0, -4.0])


def test_non_saturating_is_cross_entropy():
    discriminator, generator = LOSSES["non-saturating"]
    d_real, d_fake = real.sigmoid(), fake.sigmoid()
    assert discriminator(real, fake).item() == pytest.approx((-d_real.log().mean() - (1 - d_fake).log().mean()).item())
    assert generator(fake).item() == pytest.approx(-d_fake.log().mean().item())


def test_saturating_is_the_minimax_game():
    discriminator, generator = LOSSES["saturating"]
    value = real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean()
    assert discriminator(real, fake).item() == pytest.approx(-value.item())
    assert generator(fake).item() == pytest.approx((1 - fake.sigmoid()).log().mean().item())


def test_saturating_has_no_gradient_where_the_discriminator_is_sure():
    logit = torch.tensor([-20.0], requires_grad=True)
    for name, expected in (("saturating", 0), ("non-saturating", 1)):
        (gradient,) = torch.autograd.grad(LOSSES[name][1](logit), logit)
        assert abs(gradient.item()) == pytest.approx(expected, abs=1e-6)


def test_hinge_ignores_what_is_beyond_the_margin():
    discriminator, generator = LOSSES["hinge"]
    assert discriminator(torch.tensor([1.5]), torch.tensor([-1.5])).item() == 0
    assert discriminator(real, fake).item() == pytest.approx((0.5 + 2) / 3 + (0.7 + 3) / 3)
    assert generator(fake).item() == pytest.approx(-fake.mean().item())


def test_r1_of_a_linear_discriminator_is_half_its_squared_weights():
    images = torch.randn(4, 1, 2, 2, requires_grad=True)
    weights = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    assert r1_penalty((images * weights).sum((1, 2, 3)), images).item() == pytest.approx((1 + 4 + 9) / 2)
