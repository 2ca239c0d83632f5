import dataclasses
import math

import pytest

from genclass.networks.cnn import CLASSIFIERS
from genclass.networks.gan import GANS
from genclass.train.presets import AIRNET, PRESETS
from genclass.train.settings import IMAGE_SIZES, Request, adjustable, default_name
from genclass.train.trainer import make_trainer
from tests.helpers import code_of
from tests.stand_ins import small_set


def asked(**values):
    return Request(**{"kind": "gan", "data": "cifar10-mini", "preset": "gan"} | values)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in PRESETS for name in PRESETS[kind]])
def test_every_preset_is_a_valid_request_with_all_its_settings_set(kind, name):
    settings = Request(kind, "cifar10-mini", name).settings()
    own = {key: getattr(settings, key) for key in adjustable(settings)}
    assert Request(kind, "cifar10-mini", name, own).settings() == settings
    assert settings.architecture in {"classifier": CLASSIFIERS, "gan": GANS}[kind]


def test_a_preset_is_one_entry(monkeypatch):
    monkeypatch.setitem(PRESETS["classifier"], "mine", dataclasses.replace(AIRNET, width=4, batch=8))
    request = Request("classifier", "cifar10-mini", "mine", {"depth": 3})
    assert default_name(request) == "cifar10-mini-mine"
    assert make_trainer(request, small_set(), total=1).step(0)["loss"].isfinite()


def test_overrides_change_the_preset():
    settings = Request("classifier", "cifar10", "airnet", {"width": 8, "flip": False, "optimizer": "adam"}).settings()
    assert (settings.width, settings.flip, settings.optimizer) == (8, False, "adam")


def test_settings_are_understood_under_their_earlier_names():
    today = Request("gan", "cifar10", "gan", {"learning_rate": 0.1, "discriminator_learning_rate": 0.2})
    assert Request("gan", "cifar10", "gan", {"rate": 0.1, "discriminator_rate": 0.2}) == today
    assert today.settings().learning_rate == 0.1 and today.settings().discriminator_learning_rate == 0.2


@pytest.mark.parametrize("kind", PRESETS)
@pytest.mark.parametrize("size", IMAGE_SIZES)
def test_images_of_ones_own_take_a_size(kind, size):
    asked = Request(kind, "my-pets", next(iter(PRESETS[kind])), {"image_size": size})
    assert asked.settings().image_size == size


def test_a_gan_that_goes_on_with_a_shipped_one_takes_a_size():
    assert Request("gan", "my-pets", "transfer").settings().image_size == 64
    assert Request("gan", "my-pets", "transfer", {"image_size": 96}).settings().image_size == 96
    assert Request("gan", "cifar10", "transfer").settings().image_size == 32


def test_a_named_set_keeps_its_size():
    assert code_of(Request, "gan", "avatars", "transfer", {"image_size": 32}) == "own_size"
    assert Request("gan", "avatars", "gan").settings().image_size == 64
    assert Request("gan", "mnist", "gan", {"image_size": 28}).settings().image_size == 28
    assert code_of(Request, "gan", "avatars", "gan", {"image_size": 32}) == "own_size"


@pytest.mark.parametrize(
    ("kind", "preset", "size", "code"),
    [
        ("gan", "classic-gan", 128, "too_large_for"),
        ("classifier", "classic-cnn", 160, "too_large_for"),
        ("classifier", "airnet", 100, "bad_choice"),
        ("gan", "gan", True, "bad_choice"),
        ("gan", "gan", "64", "bad_choice"),
        ("gan", "transfer", 100, "bad_choice"),
    ],
)
def test_a_size_that_an_architecture_can_not_do_is_refused(kind, preset, size, code):
    assert code_of(Request, kind, "my-pets", preset, {"image_size": size}) == code


def test_digits_are_not_mirrored_unless_asked():
    assert not Request("classifier", "mnist", "airnet").settings().flip
    assert Request("classifier", "mnist", "airnet", {"flip": True}).settings().flip
    assert Request("classifier", "fashion-mnist", "airnet").settings().flip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "vae"}, "bad_choice"),
        ({"device": "tpu"}, "bad_choice"),
        ({"preset": "stylegan"}, "unknown_preset"),
        ({"preset": "airnet"}, "unknown_preset"),
        ({"seed": -1}, "out_of_range"),
        ({"seed": "x"}, "not_a_number"),
        ({"minutes": 0}, "out_of_range"),
        ({"minutes": math.nan}, "not_a_number"),
        ({"minutes": 1, "overrides": {"epochs": 1}}, "both_lengths"),
        ({"threads": 0}, "out_of_range"),
        ({"overrides": {"depth": 3}}, "unknown_setting"),
        ({"overrides": {"architecture": "x"}}, "unknown_setting"),
        ({"overrides": {"learning_rate": math.nan}}, "not_a_number"),
        ({"overrides": {"batch": 2.5}}, "not_whole"),
        ({"overrides": {"loss": "wgan"}}, "bad_choice"),
        ({"overrides": {"flip": 1}}, "bad_choice"),
        ({"preset": "classic-gan", "overrides": {"width": 8}}, "unknown_setting"),
    ],
)
def test_refuses_bad_requests(values, code):
    assert code_of(asked, **values) == code


def test_default_names_follow_the_rules():
    assert default_name(Request("gan", "cifar10-mini", "gan")) == "cifar10-mini-gan"
    assert default_name(Request("gan", "/home/someone/My Cats.zip", "gan")) == "my-cats-gan"
