"""The GAN's discriminator sees with a shipped classifier, which stays as it is."""

import dataclasses

import pytest
import torch

from genclass.models import checkpoint, store
from genclass.train import loop
from tests.stand_ins import small_set
from tests.train.runs import TINY, request


def trainer_of(name="small", **shape):
    overrides = TINY["gan"][1] | {"features": True}
    imageset = dataclasses.replace(small_set(**shape), name=name)
    return loop.make_trainer(request(overrides=overrides), imageset, total=5)


def test_its_classifier_is_never_trained():
    trainer = trainer_of()
    shipped, _ = checkpoint.load_network(store.find("cifar10-airnet"))
    for step in range(2):
        trainer.step(step)
    for key, value in shipped.state_dict().items():
        assert torch.equal(trainer.discriminator.backbone.state_dict()[key], value), key


def test_a_checkpoint_rebuilds_it_without_the_shipped_one(tmp_path):
    trainer = trainer_of()
    trainer.step(0)
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    rebuilt, _ = checkpoint.load_network(tmp_path / "run", "discriminator")
    images, class_weights = torch.zeros(2, 3, 32, 32), torch.eye(3)[:2]
    with torch.no_grad():
        assert torch.allclose(
            rebuilt(images, class_weights), trainer.discriminator.eval()(images, class_weights), atol=0.05
        )


@pytest.mark.parametrize(
    ("name", "channels", "size", "expected"),
    [
        ("cifar10-mini", 3, 32, "cifar10-airnet"),
        ("mnist", 1, 28, "mnist-airnet"),
        ("my-pets", 3, 32, "cifar10-airnet"),
        ("my-scans", 1, 32, "fashion-mnist-airnet"),
    ],
)
def test_the_classifier_is_of_the_same_data_or_as_colourful(name, channels, size, expected):
    trainer = trainer_of(name=name, channels=channels, size=size)
    assert trainer._classifier().name == expected
    assert all(value.isfinite() for value in trainer.step(0).values())


@pytest.mark.parametrize(("size", "seen"), [(32, None), (40, None), (48, 32), (64, 32)])
def test_of_larger_images_the_classifier_sees_small_ones(tmp_path, size, seen):
    trainer = trainer_of(size=size)
    assert trainer.discriminator.backbone_size == seen
    assert all(value.isfinite() for value in trainer.step(0).values())  # with the penalty, through the shrinking twice
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    rebuilt, _ = checkpoint.load_network(tmp_path / "run", "discriminator")
    assert rebuilt.backbone_size == seen


def test_both_rates_fall_where_it_is_asked_for():
    trainer = loop.make_trainer(request(overrides=TINY["gan"][1] | {"fall": 1.0}), small_set(), total=5)
    weights = lambda: torch.cat(
        [value.detach().flatten() for value in [*trainer.generator.parameters(), *trainer.discriminator_parameters]]
    )
    start = weights()
    trainer.step(5)  # where nothing is left of them
    assert torch.equal(weights(), start)
    trainer.step(4)
    assert not torch.equal(weights(), start)
