"""What is said of pictures, and whether it is to be believed."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from genclass.files import records
from genclass.models import store
from genclass.models.answerer import Answerer
from genclass.models.classifier import Classifier
from tests.stand_ins import SHIPPED

PUG, DAISY = "pug", "daisy"


@pytest.fixture
def small(save_tiny, monkeypatch):
    classifier = Classifier.load(save_tiny("classifier"))
    monkeypatch.setitem(classifier.config, "dataset", "cifar10")
    monkeypatch.setitem(classifier.config, "kinds", {"share": 0.5})
    return classifier


@pytest.fixture(scope="module")
def large():
    return Classifier.load(SHIPPED / store.KNOWS_MOST)


def asking(small, large, seen):
    """An answerer whose large network says that all photos show ``seen``."""

    def ask(asked, images):
        if asked is small:
            return small.answer(images)
        certain = torch.zeros(len(images), len(large.classes))
        certain[:, large.classes.index(seen)] = 1
        return certain, torch.zeros(len(images), dtype=torch.bool)

    return Answerer(small, large, ask)


def doubts(answerer, *photos):
    return [answer.doubt for answer in answerer.answers([answerer.see(photo) for photo in photos])]


def test_a_photo_of_no_known_kind_is_unfamiliar(small, large):
    photo = Image.new("RGB", (300, 200), "green")
    assert doubts(asking(small, large, PUG), photo, photo) == [None, None]
    assert doubts(asking(small, large, DAISY), photo, photo) == ["unfamiliar", "unfamiliar"]


@pytest.mark.parametrize(("seen", "doubt"), [(PUG, None), (DAISY, "unfamiliar")])
def test_of_kinds_of_ones_own_weights_tell(small, large, monkeypatch, seen, doubt):
    weights = np.zeros(1001)
    weights[large.classes.index(PUG)] = 1
    monkeypatch.setitem(small.config, "dataset", "mine")
    monkeypatch.setitem(small.config, "kinds", {"share": 0.5, "weights": records.packed(weights)})
    answerer, photo = asking(small, large, seen), Image.new("RGB", (300, 200), "green")
    assert answerer.see(photo).large.shape == (3, 224, 224) and answerer.see(photo.resize((90, 90))).large is None
    assert doubts(answerer, photo) == [doubt]


def test_of_a_small_picture_nobody_is_asked(small, large):
    photos = Image.new("RGB", (300, 90)), Image.new("RGB", (300, 200)), Image.new("RGB", (32, 32))
    assert doubts(asking(small, large, DAISY), *photos) == [None, "unfamiliar", None]


def test_without_pictures_there_are_no_answers(small, large):
    assert doubts(asking(small, large, DAISY)) == []


@pytest.mark.parametrize(("limit", "doubt"), [(1.1, "unsure"), (0.0, None)])
def test_python_says_what_is_unsure(small, monkeypatch, limit, doubt):
    monkeypatch.delitem(small.config, "kinds")
    monkeypatch.setitem(small.config, "unsure", {"probability": limit})
    assert small.doubts([Image.new("RGB", (64, 64))] * 2) == [doubt, doubt]


def test_where_the_large_network_is_missing_its_own_limits_hold(small):
    def gone(name):
        return Classifier.load(store.find_named("not-here"))

    assert Answerer.of(small, load=gone).large is None
    assert Answerer.of(SimpleNamespace(config={"dataset": "cifar10"})).large is None


@pytest.mark.parametrize(("size", "told"), [((20, 31), True), ((32, 31), True), ((32, 32), False), ((500, 31), True)])
def test_of_a_photo_below_32_pixels_it_is_told_that_it_shows_too_little(size, told, large):
    notes = Answerer(large).see(Image.new("RGB", size)).notes
    assert [note.code for note in notes] == ["tiny_picture"] * told
    assert not told or f"{size[0]}×{size[1]} pixels" in str(notes[0])


def test_a_digit_is_large_enough_for_a_network_of_digits(small):
    assert not Answerer(small).see(Image.new("RGB", (28, 28))).notes
