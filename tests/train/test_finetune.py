"""Training that begins with the shipped models: what is kept of them, what is learnt, what comes out."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import genclass
from genclass import paths
from genclass.analysis import explain
from genclass.data import sources
from genclass.data.imageset import fitted
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.train import loop
from genclass.train.finetune import CLASSIFIER, class_probabilities, distinct, inherit, shipped_gan
from genclass.train.presets import PRESETS
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.stand_ins import SHIPPED, small_set
from tests.train.runs import final_weights, same, train_in_stretches


@pytest.fixture(autouse=True)
def begun_with_small_photos(monkeypatch):
    monkeypatch.setattr("genclass.train.trainer.suited", lambda *arguments: {"model": CLASSIFIER})


def own_set(**shape):
    return dataclasses.replace(small_set(**shape), name="own")


def trainer_of(kind, **shape):
    return loop.make_trainer(Request(kind, "own", "transfer"), own_set(**shape), total=30)


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_resume_gives_the_same_weights_bit_for_bit(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(
        sources, "load", lambda *_, **__: own_set(count=40, channels=1)
    )  # the smaller of the shipped GANs
    overrides = {"batch": 8, "epochs": 4 if kind == "classifier" else 1.5}
    runs = []
    for name, stops in (("whole", ()), ("parts", (1, 2))):
        run_folder.create(tmp_path / name, Request(kind, "cifar10-mini", "transfer", overrides, threads=1))
        runs.append(final_weights(train_in_stretches(tmp_path / name, monkeypatch, *stops)))
    assert same(*runs)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_blocks_stay_and_the_last_learns(channels):
    trainer = loop.make_trainer(Request("classifier", "own", "transfer"), own_set(channels=channels, size=32), total=60)
    for step in range(60):
        trainer.step(step)
    shipped = checkpoint.load_network(paths.SHIPPED / CLASSIFIER)[0].state_dict()
    learnt = trainer.network.state_dict()
    changed = {
        key for key, value in shipped.items() if value.shape != learnt[key].shape or (value != learnt[key]).any()
    }
    assert changed == {"blocks.2.conv1.weight", "blocks.2.conv2.weight", "blocks.2.norm1.bias", "blocks.2.norm2.bias",
                       "head.weight"}  # fmt: skip
    assert learnt["head.weight"].shape[0] == 3 and trainer.report()[0]["test_accuracy"] > 0.6


def test_its_classes_and_its_shape_are_those_of_an_ordinary_model(tmp_path):
    trainer = trainer_of("classifier")
    for step in range(30):
        trainer.step(step)
    checkpoint.save(tmp_path / "own", trainer.config, trainer.networks())
    classifier = Classifier.load(tmp_path / "own")  # which folds its norms
    images = own_set().test_images
    assert torch.allclose(classifier.predict_prepared(images), trainer.predict(images), atol=0.02)
    heat = explain.heat(classifier, images[:1], torch.tensor([1]), "grad-cam")
    assert np.isfinite(np.asarray(heat)).all()


def test_it_takes_its_epochs_however_much_time_it_may_take(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *_, **__: own_set(count=16))
    asked = Request("classifier", "cifar10-mini", "transfer", {"batch": 8}, minutes=600, threads=1)
    run_folder.create(tmp_path / "run", asked)
    list(loop.train(tmp_path / "run"))
    status = run_folder.read_status(tmp_path / "run")
    assert status["state"] == "finished" and status["step"] == 60  # epochs of 1 batch
    model = genclass.load(tmp_path / "run")
    assert model.config["metrics"]["accuracy"]["measured"].startswith("share of the 8 test images")


@pytest.mark.parametrize(("channels", "classes"), [(1, 0), (3, 2), (1, 12)])
def test_a_shipped_gan_goes_on_with_other_classes(channels, classes, tmp_path):
    trainer = trainer_of("gan", channels=channels, classes=classes, count=48)
    assert all(value.isfinite() for value in trainer.step(0).values())
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    sampler = genclass.load(tmp_path / "run")
    assert len(sampler.classes) == classes and sampler.sample({"model": "own", "count": 2}).shape[3] == channels
    checkpoint.load_network(tmp_path / "run", "discriminator")


def test_a_shipped_discriminator_keeps_its_classifier_when_another_is_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    for name in ("fashion-mnist-gan", "fashion-mnist-airnet"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    config = checkpoint.read_config(tmp_path / "fashion-mnist-airnet")
    config["architecture"] = {"name": "airnet", "width": 4}
    checkpoint.save(tmp_path / "fashion-mnist-airnet", config, {"model": checkpoint.build(config)})
    backbone = trainer_of("gan", channels=1, classes=2, count=48).discriminator.backbone
    known, _ = checkpoint.load_network(tmp_path / "fashion-mnist-gan", "discriminator")
    assert all(torch.equal(a, b) for a, b in zip(backbone.state_dict().values(), known.backbone.state_dict().values()))


@pytest.mark.parametrize(("name", "size"), [("mnist", 28), ("fashion-mnist-mini", 28)])
def test_named_grey_sets_begin_with_the_same_shipped_gan(name, size):
    imageset = dataclasses.replace(small_set(channels=1, size=size), name=name)
    trainer = loop.make_trainer(Request("gan", name, "transfer"), imageset, total=5)
    assert trainer.folder.name == "fashion-mnist-gan" and trainer._classifier().name == "fashion-mnist-airnet"
    assert all(value.isfinite() for value in trainer.step(0).values())


def test_a_class_begins_as_the_mixture_that_a_classifier_sees():
    folder = paths.SHIPPED / "fashion-mnist-gan"
    shipped, config = checkpoint.load_network(folder)
    known = sources.load("fashion-mnist-mini")
    some = (known.train_labels == 8) | (known.train_labels == 1)  # bags and trousers
    labels = (known.train_labels[some] == 8).to(torch.uint8)
    own = dataclasses.replace(known, classes=["trousers", "bags"], train_images=known.train_images[some][::20],
                              train_labels=labels[::20])  # fmt: skip
    class_weights = class_probabilities(own, paths.SHIPPED / "fashion-mnist-airnet")
    assert (
        class_weights.sum(1).allclose(torch.ones(2))
        and class_weights.argmax(1).tolist() == [1, 8]
        and class_weights.max(1)[0].min() > 0.8
    )
    fresh = checkpoint.build(config | {"classes": own.classes})
    inherit(fresh, shipped, class_weights)
    z = torch.randn(4, 64, generator=torch.Generator().manual_seed(0))
    drawn = fresh.eval()(z, torch.eye(2)[[1] * 4])
    assert torch.allclose(drawn, shipped.eval()(z, class_weights[[1] * 4]), atol=1e-4)


def test_classes_that_look_alike_to_a_classifier_begin_as_different_ones():
    seen = torch.tensor([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
    assert distinct(seen).tolist() == [[0, 0, 1], [1, 0, 0]]  # the last is the first's own, the first both have
    assert distinct(torch.full((7, 3), 1 / 3)).sum(0).tolist() == [3, 2, 2]
    assert distinct(torch.full((7, 3), 1 / 3)).sum(1).tolist() == [1] * 7


def test_without_classes_it_begins_as_the_mixture_of_all():
    shipped, config = checkpoint.load_network(paths.SHIPPED / "fashion-mnist-gan")
    fresh = checkpoint.build(config | {"classes": []})
    class_weights = torch.full((1, 10), 0.1)
    inherit(fresh, shipped, class_weights)
    z = torch.randn(4, 64, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(fresh.eval()(z), shipped.eval()(z, class_weights.expand(4, -1)), atol=1e-4)


def test_a_gan_that_hears_its_latents_everywhere_is_gone_on_with_too():
    """Other classes, larger images: what it draws of a z, the new one draws too, as far as new layers can."""
    shipped, config = checkpoint.load_network(paths.SHIPPED / "avatars-gan")
    class_weights = torch.eye(10)[[3, 7]] * 0.9 + 0.01
    fresh = checkpoint.build(config | {"classes": ["a", "b"]})
    inherit(fresh, shipped, class_weights)
    z = torch.randn(6, 64, generator=torch.Generator().manual_seed(0))
    asked = torch.eye(2)[[0, 1] * 3]
    expected = shipped.eval()(z, asked @ class_weights)
    assert torch.allclose(fresh.eval()(z, asked), expected, atol=1e-4)
    large = checkpoint.build(config | {"classes": ["a", "b"], "image_size": 128})
    inherit(large, shipped, class_weights)
    drawn = F.avg_pool2d(large.eval()(z, asked), 16).flatten(1)
    likeness = torch.corrcoef(torch.cat([F.avg_pool2d(expected, 8).flatten(1), drawn]))[:6, 6:]
    assert likeness.diag().mean() > 0.6


def test_its_discriminator_goes_on_without_the_attributes_that_new_images_lack():
    shipped, config = checkpoint.load_network(paths.SHIPPED / "avatars-gan", "discriminator")
    known = config["architecture"]["discriminator"]
    less = {key: value for key, value in known.items() if key != "attributes"}
    architecture = config["architecture"] | {"discriminator": less}
    fresh = checkpoint.build(config | {"classes": ["a", "b"], "architecture": architecture}, "discriminator")
    class_weights = torch.eye(10)[[3, 7]]
    inherit(fresh, shipped, class_weights)
    x, asked = torch.rand(2, 3, 64, 64) * 2 - 1, torch.eye(2)
    assert torch.allclose(fresh.eval()(x, asked), shipped.eval()(x, asked @ class_weights), atol=1e-4)


@pytest.mark.parametrize(("channels", "size"), [(1, 32), (1, 64), (3, 48), (3, 64), (3, 96)])
def test_a_shipped_gan_is_gone_on_with_at_another_size(channels, size, tmp_path):
    request = Request("gan", "own", "transfer", {"image_size": size, "batch": 2})
    trainer = loop.make_trainer(request, own_set(channels=channels, size=size), total=5)
    assert trainer.generator.eval()(torch.zeros(1, 64), torch.eye(3)[:1]).shape == (1, channels, size, size)
    assert all(value.isfinite() for value in trainer.step(0).values())
    checkpoint.save(tmp_path / "run", trainer.config, trainer.networks())
    assert Sampler.load(tmp_path / "run").sample({"model": "own", "count": 1}).shape == (1, size, size, channels)
    checkpoint.load_network(tmp_path / "run", "discriminator")


@pytest.mark.parametrize(("size", "begun"), [(32, "cifar10-gan"), (48, "cifar10-gan"), (64, "avatars-gan"),
                                             (128, "avatars-gan")])  # fmt: skip
def test_what_is_gone_on_with_draws_images_about_as_large(size, begun):
    assert shipped_gan(own_set(size=size)).name == begun
    assert shipped_gan(own_set(channels=1, size=size)).name == "fashion-mnist-gan"


def test_at_twice_the_size_it_begins_with_the_same_pictures_enlarged():
    """What a shipped GAN draws of a z, an enlarged one draws too, as far as layers made for small maps can."""
    shipped, config = checkpoint.load_network(paths.SHIPPED / "cifar10-gan")
    large = checkpoint.build(config | {"image_size": 64})
    inherit(large, shipped, torch.eye(10))
    z = torch.randn(30, 64, generator=torch.Generator().manual_seed(0))
    weights = torch.eye(10).repeat(3, 1)
    small = F.avg_pool2d(shipped.eval()(z, weights), 4).flatten(1)
    again = F.avg_pool2d(large.eval()(z, weights), 8).flatten(1)
    likeness = torch.corrcoef(torch.cat([small, again]))[:30, 30:]
    assert likeness.diag().mean() > 0.6 and (likeness.argmax(1) == torch.arange(30)).float().mean() > 0.8


def test_the_discriminator_of_larger_images_begins_with_what_the_shipped_one_sees():
    folder = paths.SHIPPED / "fashion-mnist-gan"
    shipped, config = checkpoint.load_network(folder, "discriminator")
    architecture = config["architecture"]
    architecture["discriminator"] |= {"backbone_size": 28}
    large = checkpoint.build(config | {"image_size": 56, "architecture": architecture}, "discriminator")
    inherit(large, shipped, torch.eye(10))
    x = torch.randn(3, 1, 56, 56, generator=torch.Generator().manual_seed(0))
    maps, known = large.maps(x), shipped.maps(x)
    assert torch.allclose(maps[-1], F.avg_pool2d(known[-1], 2), atol=1e-5)
    assert torch.equal(large.feature_heads[0].linear.weight, shipped.feature_heads[0].linear.weight)


def test_sets_are_fitted_to_what_a_shipped_model_takes():
    grey = own_set(channels=1, size=32)
    assert fitted(grey, 3, 32).train_images.shape[1:] == (3, 32, 32)
    assert torch.equal(fitted(grey, 3, 32).train_images[:, 2:], grey.train_images)
    small = fitted(grey, 1, 28)
    assert small.train_images.shape[1:] == (1, 28, 28) and small.train_images.dtype == torch.uint8
    assert abs(small.train_images.float().mean() - grey.train_images.float().mean()) < 2


@pytest.mark.parametrize("kind", PRESETS)
def test_how_a_run_begins_is_the_presets_alone(kind):
    with pytest.raises(Exception, match="no setting called transfer"):
        Request(kind, "own", "transfer", {"transfer": False})
