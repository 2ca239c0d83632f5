"""The GAN's discriminator sees with a shipped classifier, which stays as it is."""

import dataclasses

import pytest
import torch

from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.networks.projected_gan import COMPARED
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


def projected_trainer():
    small = {key: value for key, value in TINY["gan"][1].items() if key != "features"}
    return loop.make_trainer(request(preset="projected-gan", overrides=small), small_set(), total=5)


def test_a_projected_discriminator_comes_without_the_network_that_it_sees_with(tmp_path):
    trainer = projected_trainer()
    before = {key: value.clone() for key, value in trainer.discriminator.frozen.network.state_dict().items()}
    assert all(value.isfinite() for value in trainer.step(0).values())
    after = trainer.discriminator.frozen.network.state_dict()
    assert before and all(torch.equal(value, after[key]) for key, value in before.items())
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    rebuilt, _ = checkpoint.load_network(tmp_path / "run", "discriminator")
    images, class_weights = torch.linspace(-1, 1, 2 * 3 * 32 * 32).view(2, 3, 32, 32), torch.eye(3)[:2]
    with torch.no_grad():
        expected = trainer.discriminator.eval()(images, class_weights)
        assert torch.allclose(rebuilt(images, class_weights), expected, atol=0.05) and expected.shape == (2, 5)
    assert not [key for key in trainer.discriminator.state_dict() if "frozen" in key]


def test_other_weights_of_what_it_sees_with_are_refused(tmp_path):
    trainer = projected_trainer()
    trainer.config["architecture"]["discriminator"]["backbone"]["sha256"] = "0" * 64
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    with pytest.raises(GenClassError, match="architecture"):
        checkpoint.load_network(tmp_path / "run", "discriminator")


def test_a_projected_gan_goes_on_bit_for_bit():
    through, first, second = projected_trainer(), projected_trainer(), projected_trainer()
    for step in range(2):
        through.step(step)
    first.step(0)
    second.restore({key: value.clone() for key, value in first.tensors().items()})
    second.step(1)
    assert all(torch.equal(value, second.tensors()[key]) for key, value in through.tensors().items())


def test_neighbours_that_a_projected_discriminator_compares_are_of_one_class():
    trainer = projected_trainer()
    [classes] = [weights.argmax(1) for _, weights, _ in [trainer.batch(0)]]
    assert all(len(set(group)) == 1 for group in classes.view(-1, COMPARED).tolist())
