"""The set that is drawn: the same wherever it is drawn, its options beside it."""

import importlib.util

import numpy as np
import pytest
import torch

from genclass.data import avatars, sources
from genclass.data.imageset import ABSENT, Attributes, hold_out, load_packed, save_packed
from tests.helpers import code_of
from tests.stand_ins import small_set

needs_dicebear = pytest.mark.skipif(importlib.util.find_spec("dicebear") is None, reason="DiceBear is an extra")


@needs_dicebear
def test_an_image_depends_on_its_style_and_number_alone():
    images, options = avatars.draw("fun-emoji", 3, 2)
    alone, its_options = avatars.draw("fun-emoji", 4, 1)
    assert images.shape == (2, 3, 64, 64) and images.dtype == np.uint8
    assert (images[1] == alone[0]).all() and options[1] == its_options[0]
    assert set(options[0]) == {"background", "eyes", "mouth"} and options[0]["background"].startswith("#")


@needs_dicebear
def test_what_is_transparent_is_white():
    images, _ = avatars.draw("micah", 0, 1)
    assert (images[0, :, 0, 0] == 255).all()


@needs_dicebear
def test_the_bundled_part_is_the_beginning_of_each_style():
    small = sources.load("avatars-mini")
    for label in (0, 9):
        images, options = avatars.draw(avatars.STYLES[label].name, 0, 2)
        here = small.train_labels == label
        assert (small.train_images[here][:2].numpy() == images).all()
        assert small.attributes is not None
        codes = dict(zip(small.attributes.values, small.attributes.train[here][1].tolist()))
        told = {name: values[codes[name]] for name, values in small.attributes.values.items() if codes[name] != ABSENT}
        assert told == options[1]


@needs_dicebear
def test_the_whole_is_drawn_by_processes_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(avatars, "STYLES", avatars.STYLES[-2:])
    images, labels, held, held_labels, attributes = avatars.drawn(tmp_path, 3, 1)
    assert images.shape == (6, 3, 64, 64) and labels.tolist() == [0, 0, 0, 1, 1, 1] and held_labels.tolist() == [0, 1]
    alone, options = avatars.draw("sprouts", 3, 1)
    assert (held[1].numpy() == alone[0]).all() and not list(tmp_path.iterdir())
    named = dict(zip(attributes.values, attributes.test[1].tolist()))
    assert attributes.values["pot"][named["pot"]] == options[0]["pot"] and named["hair"] == ABSENT


def test_without_dicebear_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert code_of(avatars.fetch, tmp_path) == "no_avatars_library"


def test_options_are_told_under_one_name_in_every_style():
    told = avatars.attributes_of({"baseColor": ["#ac6651"], "hairVariant": "full", "shirtColor": [], "size": 128})
    assert told == {"skin-colour": "#ac6651", "hair": "full"}


def test_attributes_are_kept_with_a_set_and_follow_its_images(tmp_path):
    imageset = small_set()
    count = len(imageset.train_images), len(imageset.test_images)
    train, test = (torch.arange(n, dtype=torch.int16)[:, None] for n in count)
    imageset.attributes = Attributes({"hair": ["long", "short"]}, train, test)
    save_packed(imageset, tmp_path / "set.safetensors")
    loaded = load_packed(tmp_path / "set.safetensors")
    assert loaded.attributes is not None and loaded.attributes.values == {"hair": ["long", "short"]}
    assert torch.equal(loaded.attributes.train, train) and torch.equal(loaded.attributes.test, test)
    held = hold_out(loaded, 2)
    assert held.attributes is not None
    places = held.attributes.test[:, 0].long()
    assert torch.equal(imageset.train_images[places], held.test_images)
    save_packed(small_set(), tmp_path / "plain.safetensors")
    assert load_packed(tmp_path / "plain.safetensors").attributes is None
