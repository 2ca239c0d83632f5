import numpy as np
import pytest
import torch

from genclass.analysis.nearest import FeatureNeighbours, PixelNeighbours
from genclass.data import imageset, sources
from genclass.errors import GenClassError
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from tests.stand_ins import random_images, small_set


def as_arrays(images):
    return images.permute(0, 2, 3, 1).numpy()


def test_the_nearest_image_of_a_training_image_is_itself():
    images = random_images(30)
    found, distance = PixelNeighbours(images, 30).nearest(as_arrays(images[[4, 20]]))
    assert np.array_equal(found, as_arrays(images[[4, 20]])) and distance.max() < 1e-3


def test_nearest_is_that_of_all_distances():
    images, asked = random_images(50, seed=1), random_images(6, seed=2)
    found, distance = PixelNeighbours(images, 50).nearest(as_arrays(asked))
    every = torch.cdist(asked.float().flatten(1), images.float().flatten(1)) / 255 / (3 * 32 * 32) ** 0.5
    assert np.array_equal(found, as_arrays(images[every.argmin(1)]))
    assert np.allclose(distance, every.min(1).values, atol=1e-3)


def test_a_run_is_judged_by_its_own_images(save_tiny, tmp_path):
    folder = tmp_path / "run" / "model" / "5"
    folder.parent.mkdir(parents=True)
    save_tiny("gan").rename(folder)
    imageset.save_packed(small_set(count=60), tmp_path / "run" / "data.safetensors")
    found = PixelNeighbours.of(Sampler.load(folder))
    assert (len(found.images), found.total) == (30, 30)


def test_the_bundled_part_is_searched_where_the_full_set_is_missing(monkeypatch, tmp_path):
    import genclass

    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    found = PixelNeighbours.of(genclass.load("fashion-mnist-gan"))
    assert (len(found.images), found.total) == (5000, 60_000)


def test_without_training_images_there_are_no_neighbours(save_tiny):
    assert PixelNeighbours.of(Sampler.load(save_tiny("gan"))) is None


@pytest.fixture
def own_data(monkeypatch, tmp_path):
    """A data folder of the test's own that holds no full set; the bundled one is a small stand-in."""
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    monkeypatch.setattr(sources, "load", lambda name: small_set(count=80) if name == "cifar10-mini" else None)
    return tmp_path


def test_a_training_image_is_its_own_nearest_neighbour(classifier, own_data):
    classifier.config["dataset"] = "cifar10"
    known = FeatureNeighbours.of(classifier)
    indices, cosines = known.nearest(classifier, known.imageset.train_images[7:10])
    assert len(known) == 40 and indices.shape == (3, 5)
    assert indices[:, 0].tolist() == [7, 8, 9] and cosines[:, 0].min() > 0.999
    assert (cosines.diff(dim=1) <= 0).all()


def test_features_are_computed_once(classifier, own_data, monkeypatch):
    classifier.config["dataset"] = "cifar10"
    first = FeatureNeighbours.of(classifier)
    monkeypatch.setattr(Classifier, "features", lambda *given: pytest.fail("computed again"))
    assert torch.equal(FeatureNeighbours.of(classifier).found, first.found)
    assert [path.suffix for path in (own_data / "features").iterdir()] == [".safetensors"]


def test_a_run_on_own_images_has_its_neighbours_among_them(save_tiny, own_data, tmp_path):
    folder = tmp_path / "run" / "model" / "5"
    folder.parent.mkdir(parents=True)
    save_tiny("classifier").rename(folder)
    imageset.save_packed(small_set(count=60), tmp_path / "run" / "data.safetensors")
    classifier = Classifier.load(folder)
    known = FeatureNeighbours.of(classifier)
    assert len(known) == 30 and known.imageset.name == "small" and not (own_data / "features").exists()
    assert known.nearest(classifier, known.imageset.train_images[7:8])[0][0, 0] == 7


def test_a_model_of_images_that_are_gone_has_no_neighbours(classifier, own_data):
    with pytest.raises(GenClassError) as caught:
        FeatureNeighbours.of(classifier)
    assert caught.value.code == "no_neighbours"
