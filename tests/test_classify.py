import numpy as np
import pytest
import torch
from PIL import Image

from genclass.classify import Classifier
from genclass.errors import GenClassError


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier"))


def test_predicts_probabilities(classifier, photo):
    found = classifier.predict([photo, photo.rotate(90, expand=True)])
    assert found.shape == (2, 3) and found.dtype == np.float32
    assert np.allclose(found.sum(1), 1, atol=1e-5) and (found >= 0).all()


def test_takes_arrays_and_pictures_alike(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    pictures = [Image.fromarray(image) for image in pixels]
    assert np.array_equal(classifier.predict(pixels), classifier.predict(pictures))


def test_small_images_of_the_right_size_reach_the_network_unchanged(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    assert np.array_equal(classifier.prepare(pixels).permute(0, 2, 3, 1).numpy(), pixels)


def test_grey_arrays_become_colour(classifier):
    grey = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    seen = classifier.prepare(grey)
    assert seen.shape == (2, 3, 32, 32) and (seen[:, 0] == seen[:, 2]).all()


def test_nothing_gives_nothing(classifier):
    assert classifier.predict([]).shape == (0, 3)


def test_refuses_other_types(classifier):
    with pytest.raises(TypeError):
        classifier.predict(np.zeros((1, 32, 32, 3), np.float32))


def test_batches_do_not_change_the_answer(classifier):
    pixels = np.random.default_rng(1).integers(0, 256, (300, 32, 32, 3), np.uint8)
    together, alone = classifier.predict(pixels), classifier.predict(pixels[270:271])
    assert np.allclose(together[270], alone[0], atol=1e-5)


def test_test_time_flip_makes_mirror_images_equal(classifier):
    pixels = np.random.default_rng(2).integers(0, 256, (4, 32, 32, 3), np.uint8)
    mirrored = pixels[:, :, ::-1].copy()
    assert not np.allclose(classifier.predict(pixels), classifier.predict(mirrored), atol=1e-6)
    classifier.config["test_time_flip"] = True
    assert np.allclose(classifier.predict(pixels), classifier.predict(mirrored), atol=1e-6)


def test_normalises_as_its_config_says(classifier):
    white = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    assert classifier.normalise(white).unique().item() == pytest.approx((1 - 0.5) / 0.25)


def test_top_is_sorted_and_cut(classifier):
    found = classifier.top(np.array([0.2, 0.7, 0.1], np.float32), 2)
    assert [entry["class"] for entry in found] == ["b", "a"]
    assert found[0]["probability"] == pytest.approx(0.7)


def test_a_gan_is_no_classifier(save_tiny):
    with pytest.raises(GenClassError) as caught:
        Classifier.load(save_tiny("gan", name="other"))
    assert caught.value.code == "wrong_kind"
