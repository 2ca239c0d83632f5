"""The first latents of a GAN say what images have, where that is known."""

import dataclasses

import pytest
import torch

from genclass.data import sources
from genclass.data.avatar_attributes import IDS
from genclass.data.imageset import Attributes, ImageSet
from genclass.train.attribute_latents import AttributeLatents
from genclass.train.gan import GanTrainer
from genclass.train.presets import PRESETS

COUNT = 4000


@pytest.fixture(scope="module")
def micah():
    """Images of two styles: a quarter of the first have glasses and half of them smile, of the second nothing is told;
    of the last image's hair nothing can be seen."""
    values = {"glasses": ["round"], "mouth": ["smile", "sad"], "hair": ["full", "turban"]}
    codes = torch.tensor([[0 if k % 4 == 0 else -1, k % 2, 0] for k in range(COUNT)], dtype=torch.int16)
    codes[-1, 2] = 1
    labels = (torch.arange(COUNT) % 8 > 5).byte()
    images = torch.zeros(COUNT, 3, 1, 1, dtype=torch.uint8)
    return ImageSet("x", ["micah", "unknown"], images, labels, images[:1], labels[:1],
                    Attributes(values, codes, codes[:1]))  # fmt: skip


@pytest.fixture(scope="module")
def latents(micah):
    return AttributeLatents.of(micah)


def test_what_can_not_be_told_counts_as_nothing(micah, latents):
    has = dict(zip(IDS, latents.has.T))
    assert (has["glasses"][:6].tolist(), has["smile"][:6].tolist()) == ([1, -1, -1, -1, 1, -1], [1, -1, 1, -1, 1, -1])
    assert has["hair-length"][0] == 1 and has["hair-length"][-2:].tolist() == [0, 0]
    assert not latents.has[micah.train_labels == 1].any() and not has["background"].any()


def test_a_latent_lies_above_the_share_that_has_it_and_all_of_them_stay_normal(micah, latents):
    z = torch.randn(COUNT, 16, generator=torch.Generator().manual_seed(0))
    agreed = latents.agree(z, torch.arange(COUNT), micah.train_labels)
    here, place = micah.train_labels == 0, IDS.index("glasses")
    border = torch.special.ndtri(1 - latents.share[0, place])
    assert latents.share[0, place] == pytest.approx(1 / 3, abs=1e-3)
    assert torch.equal(agreed[here, place] > border, latents.has[here, place] > 0)
    assert agreed.mean(0).abs().max() < 0.06 and (agreed.std(0) - 1).abs().max() < 0.05
    assert torch.equal(agreed[:, len(IDS) :], z[:, len(IDS) :]) and torch.equal(agreed[~here], z[~here])


def test_latents_far_out_stay_finite(micah, latents):
    z = torch.tensor([[9.0] * 16, [-9.0] * 16])
    assert latents.agree(z, torch.tensor([0, 1]), micah.train_labels[:2]).isfinite().all()


def test_a_set_whose_images_have_classes_alone_has_none(micah):
    assert AttributeLatents.of(dataclasses.replace(micah, attributes=None)) is None


@pytest.fixture(scope="module")
def trainer():
    imageset = sources.load("avatars-mini")
    settings = dataclasses.replace(PRESETS["gan"]["projected-gan"], width=4, discriminator_width=8, batch=8)
    return GanTrainer(imageset, settings, 0, torch.device("cpu"), 100)


def test_real_images_come_with_what_they_have_and_latents_that_agree(trainer):
    _, known, z = trainer.batch(0)
    assert known.shape == (8, 10 + len(IDS)) and set(known[:, 10:].unique().tolist()) <= {-1, 0, 1}
    border = torch.special.ndtri(1 - trainer.attributes.share[known[:, :10].argmax(1)])
    asked = known[:, 10:] != 0
    assert asked.any() and torch.equal((z[:, : len(IDS)] > border)[asked], (known[:, 10:] > 0)[asked])


def test_the_discriminator_learns_to_tell_them_and_the_generator_is_led_by_that(trainer):
    real, known, z = trainer.batch(0)
    lost = lambda images: trainer._parted(trainer._discriminate(trainer._shown(images), known), known)[1]
    before = lost(real).item()
    for step in range(8):
        trainer.step(step)
    assert lost(real).item() < before
    generator = trainer.generator
    lost(generator(z, known[:, :10])).backward()
    assert all(layer.weight.grad.abs().sum() > 0 for layer in (generator.dense, generator.to_image))


def test_logits_alone_say_how_real_images_are(trainer):
    real, known, _ = trainer.batch(0)
    trainer.discriminator.eval()
    logits, has = trainer.discriminator.judged(real, known[:, :10], trainer.discriminator.look(real))
    assert logits.shape == (8, 5) and has.shape == (8, len(IDS))
    assert torch.equal(trainer.discriminator(real, known[:, :10]), logits)


@pytest.mark.parametrize("less", [{"features": False}, {"z_dim": 3}])
def test_without_heads_that_tell_them_or_latents_for_them_it_is_trained_as_before(less):
    imageset = sources.load("avatars-mini")
    settings = dataclasses.replace(PRESETS["gan"]["projected-gan"], width=4, discriminator_width=8, batch=8, **less)
    trainer = GanTrainer(imageset, settings, 0, torch.device("cpu"), 100)
    assert trainer.batch(0)[1].shape == (8, 10)
    assert trainer.step(0)["loss_g"].isfinite()
