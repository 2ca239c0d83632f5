"""The GAN's discriminator sees with a shipped classifier, which stays as it is."""

import dataclasses

import pytest
import torch

import genclass
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.networks.projected_gan import COMPARED
from genclass.train import gan_architecture, loop
from tests.stand_ins import small_set
from tests.train.runs import TINY, final_weights, make, request, train_in_stretches


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


SMALL = {key: value for key, value in TINY["gan"][1].items() if key != "features"}


def projected_trainer(**more):
    return loop.make_trainer(request(preset="projected-gan", overrides=SMALL | more), small_set(), total=5)


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


def test_a_projected_discriminator_sees_small_images_enlarged():
    trainer = projected_trainer()
    assert trainer.config["architecture"]["discriminator"]["seen"] == gan_architecture.ENLARGED
    sides = [maps.shape[3] for maps in trainer.discriminator.look(torch.zeros(1, 3, 32, 32))]
    assert sides[0] == gan_architecture.ENLARGED // 4 and sides == sorted(sides, reverse=True)


def test_what_never_learns_looks_at_each_image_once(monkeypatch):
    trainer, looked = projected_trainer(), []
    look = trainer.discriminator.look
    monkeypatch.setattr(trainer.discriminator, "look", lambda x: looked.append(len(x)) or look(x))
    trainer.step(1)
    assert looked == [8, 8]  # the real images and the fakes, which both players learn from


@pytest.mark.parametrize("augment", [False, True])
def test_what_was_looked_at_is_judged_as_the_images_themselves(augment):
    trainer = projected_trainer(augment=augment)
    real, known, _ = trainer.batch(0)
    trainer.changes = torch.Generator().manual_seed(0)
    shown = trainer._shown(real)
    trainer.discriminator.eval()
    assert torch.equal(shown[0], real) != augment
    assert torch.allclose(trainer._discriminate(shown, known), trainer.discriminator(shown[0], known), atol=1e-5)


def test_the_penalty_of_a_projected_discriminator_is_of_its_pixels_alone():
    trainer = projected_trainer()
    real, known, _ = trainer.batch(0)
    before = {key: value.detach().clone() for key, value in trainer.discriminator.named_parameters()}
    trainer._set_learning_rates(0)
    trainer._step_penalty(real, known, 1.0)
    changed = {key for key, value in trainer.discriminator.named_parameters() if not torch.equal(value, before[key])}
    assert any(key.startswith("head.") for key in changed)
    assert not any(key.startswith(("feature_heads.", "mixing.")) for key in changed)


def test_a_run_goes_on_with_the_architecture_that_it_began_with(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set())
    monkeypatch.setattr(gan_architecture, "ENLARGED", 64)
    make(tmp_path / "run", preset="projected-gan", overrides=SMALL | {"epochs": 0.5})
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    for progress in loop.train(tmp_path / "run"):
        if progress.step == 1:
            monkeypatch.setattr(gan_architecture, "ENLARGED", 96)  # a later version
            (tmp_path / "run" / "stop").touch()
    train_in_stretches(tmp_path / "run", monkeypatch)
    assert genclass.load(tmp_path / "run").config["architecture"]["discriminator"]["seen"] == 64
    assert final_weights(tmp_path / "run")
