"""Classes that are one another's mirror images are noticed; ordinary ones are not taken for such."""

import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from genclass.data import mirroring, sources
from tests.stand_ins import arrows, random_images


def letters(words, count=30):
    """(images, labels) of words in Pillow's own font, of many sizes and colours."""
    generator = torch.Generator().manual_seed(0)
    images, labels = [], torch.arange(count * len(words)) % len(words)
    for label in labels.tolist():
        size, right, down, ground, ink = torch.randint(0, 60, (5,), generator=generator).tolist()
        picture = Image.new("RGB", (64, 64), (196 + ground, 255 - ground, 230))
        place = (26 + right // 5, 26 + down // 5)
        ImageDraw.Draw(picture).text(
            place, words[label], (ink, 60 - ink, 0), ImageFont.load_default(28 + size // 4), "mm"
        )
        images.append(
            torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).view(64, 64, 3).permute(2, 0, 1)
        )
    return torch.stack(images), labels


@pytest.mark.parametrize("count", [10, 60])
def test_arrows_to_the_left_and_to_the_right(count):
    assert mirroring.twins(*arrows(count), ["left", "right"]) == ("left", "right")


def test_two_among_many_classes():
    names = ["left", "up-left", "up", "up-right", "right", "down-right", "down", "down-left"]
    found = mirroring.twins(*arrows(12, turns=range(0, 360, 45)), names)
    assert set(found) in ({"left", "right"}, {"up-left", "up-right"}, {"down-left", "down-right"})


@pytest.mark.parametrize("pair", ["bd", "pq"])
def test_letters_that_are_each_others_mirror_images(pair):
    assert mirroring.twins(*letters(["x", *pair, "o"]), ["x", *pair, "o"]) == tuple(pair)


@pytest.mark.parametrize("words", ["AB", "oxTV"])
def test_letters_that_are_not(words):
    assert mirroring.twins(*letters(words), list(words)) is None


def test_grey_images_and_those_of_other_sizes():
    images, labels = arrows(20, size=48)
    assert mirroring.twins(images[:, :1], labels, ["left", "right"]) == ("left", "right")


@pytest.mark.parametrize("name", ["cifar10-mini", "fashion-mnist-mini"])
@pytest.mark.parametrize("count", [10, 30, 50])
def test_ordinary_photos_give_no_false_alarm(name, count):
    imageset = sources.load(name)
    for seed in range(3):
        order = torch.randperm(len(imageset.train_images), generator=torch.Generator().manual_seed(seed))
        labels = imageset.train_labels[order]
        some = torch.cat([order[labels == label][:count] for label in range(10)])
        assert mirroring.twins(imageset.train_images[some], imageset.train_labels[some], imageset.classes) is None
        for first in range(0, 10, 2):  # sandals and sneakers among them, all of which look to the left
            pair = (labels == first) | (labels == (first + 5) % 10)
            few = order[pair][: 2 * count]
            found = mirroring.twins(imageset.train_images[few], imageset.train_labels[few], imageset.classes)
            assert found is None


def test_whole_bundled_sets_give_no_false_alarm():
    for imageset in map(sources.load, ("cifar10-mini", "fashion-mnist-mini")):
        assert mirroring.twins(imageset.train_images, imageset.train_labels, imageset.classes) is None


@pytest.mark.parametrize("labels", [[0], [0, 1], [0] * 9 + [1], [2] * 10])
def test_too_few_images_tell_nothing(labels):
    assert mirroring.twins(random_images(len(labels)), torch.tensor(labels), ["a", "b", "c"]) is None


def test_a_set_without_classes_has_no_twins():
    assert mirroring.twins(random_images(20), torch.zeros(20), []) is None


def test_classes_that_hold_their_own_mirror_images_are_no_twins():
    """As in a set that was augmented before it came here."""
    images, labels = arrows(20)
    assert mirroring.twins(torch.cat([images, images.flip(3)]), torch.cat([labels, labels]), ["left", "right"]) is None
