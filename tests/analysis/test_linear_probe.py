import pytest
import torch
import torch.nn.functional as F

from genclass.analysis import linear_probe
from genclass.networks import gan
from tests.stand_ins import random_images


def clouds(count, spread, seed=0):
    """(float [count, 6], int64 [count]): three classes around three corners."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 3
    return F.one_hot(labels, 6).float() * 3 + spread * torch.randn(count, 6, generator=generator), labels


def test_separate_clouds_are_told_apart_and_noise_is_not():
    for spread, low, high in ((0.3, 1.0, 1.0), (300.0, 0.2, 0.5)):
        train, test = clouds(120, spread), clouds(300, spread, seed=1)
        assert low <= linear_probe.linear_accuracy(*train, *test, 3) <= high


def test_the_closed_form_is_what_leaving_each_image_out_gives():
    features, labels = clouds(24, 2.0)
    x, _ = linear_probe._scaled(features, features)
    targets, penalty = F.one_hot(labels, 3).double(), 0.1
    values, vectors = torch.linalg.eigh(x @ x.T)
    right = 0
    for index in range(len(x)):
        rest = torch.arange(len(x)) != index
        kernel = x[rest] @ x[rest].T + penalty * torch.eye(len(x) - 1)
        guess = x[index] @ (x[rest].T @ torch.linalg.solve(kernel, targets[rest]))
        right += int(guess.argmax() == labels[index])
    assert linear_probe._right_left_out(vectors / (values + penalty), vectors, targets) == pytest.approx(right / len(x))


def test_a_feature_that_hardly_varies_does_not_swamp_the_rest():
    (features, labels), (test, truth) = clouds(120, 0.3), clouds(300, 0.3, seed=1)
    with_dead = lambda part, value: torch.cat([part, torch.full((len(part), 1), value)], 1)
    assert linear_probe.linear_accuracy(with_dead(features, 0.0), labels, with_dead(test, 0.5), truth, 3) > 0.95


@pytest.mark.parametrize("name", list(gan.GANS))
def test_features_of_every_discriminator(name):
    torch.manual_seed(0)
    network = gan.GANS[name].discriminator(classes=0, channels=1, image_size=28).eval()
    found = linear_probe.discriminator_features(network, random_images(3, 1, 28))
    alone = linear_probe.discriminator_features(network, random_images(3, 1, 28)[:1])
    assert found.ndim == 2 and len(found) == 3 and torch.allclose(found[:1], alone, atol=1e-5)
    assert (found[0] != found[1]).any()
