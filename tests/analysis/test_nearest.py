import numpy as np
import torch

from genclass.analysis.nearest import PixelNeighbours
from genclass.analysis.realness import Critic
from genclass.data import imageset
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


def test_realness_is_a_probability_that_depends_on_image_and_class(save_tiny):
    critic = Critic.load(save_tiny("gan"))
    images, class_weights = as_arrays(random_images(3)), torch.eye(3)
    found = critic.realness(images, class_weights)
    assert found.shape == (3,) and ((0 < found) & (found < 1)).all()
    assert not np.array_equal(found, critic.realness(images, class_weights.flip(0)))


def test_no_discriminator_no_critic(save_tiny):
    assert Critic.load(save_tiny("classifier")) is None
