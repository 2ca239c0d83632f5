"""Limits above which an image is unlike the training data."""

import pytest
import torch

from genclass.analysis import unfamiliar
from genclass.models.classifier import Classifier, energy
from tests.stand_ins import small_set


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier"))


@pytest.mark.parametrize("count", [3, 200])
def test_few_of_what_was_left_out_lie_above(classifier, count):
    held = small_set(count=2 * count).test_images
    limits = unfamiliar.limits(classifier, held)
    judge = Classifier(classifier.network, {**classifier.config, "unfamiliar": limits})
    assert judge.answer(held)[1].float().mean() <= (0.06 if count > 20 else 0.34)
    assert f"{count} held-out images" in limits["measured"]


def test_of_few_images_one_does_not_decide(classifier):
    held = small_set(count=12).test_images
    found, energies = unfamiliar.limits(classifier, held)["energy"], energy(classifier.logits(held))
    assert found == pytest.approx((energies.mean() + 2 * energies.std(correction=0)).item())


def test_what_pixels_tell_may_come_from_more_of_them(classifier):
    held, rough = small_set(count=8).test_images, torch.randint(0, 256, (50, 3, 32, 32), dtype=torch.uint8)
    alone, more = (unfamiliar.limits(classifier, held, pixels)["roughness"] for pixels in (None, rough))
    assert alone != more and more > 1.5
