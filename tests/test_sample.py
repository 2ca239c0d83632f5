import base64

import numpy as np
import pytest

import genclass
from genclass.errors import GenClassError
from genclass.sample import Sampler


@pytest.fixture
def sampler(save_tiny):
    return Sampler.load(save_tiny("gan"))


def recipe(**changes):
    return {"model": "tiny", "seed": 7, "count": 4, **{key.rstrip("_"): value for key, value in changes.items()}}


def test_shape_and_type(sampler):
    drawn = sampler.sample(recipe())
    assert drawn.shape == (4, 32, 32, 3) and drawn.dtype == np.uint8 and drawn.std() > 0


def test_the_same_recipe_gives_the_same_pixels(sampler, save_tiny):
    again = genclass.load(save_tiny("gan"))
    assert np.array_equal(sampler.sample(recipe()), again.sample(recipe()))


def test_image_k_comes_from_seed_plus_k(sampler):
    many, one = sampler.sample(recipe(count=70)), sampler.sample(recipe(seed=10, count=1))
    assert np.abs(np.int16(many[3]) - one[0]).max() <= 1
    far = sampler.sample(recipe(seed=7 + 66, count=1))
    assert np.abs(np.int16(many[66]) - far[0]).max() <= 1
    assert sampler.labels(recipe(count=70))[3] == sampler.labels(recipe(seed=10, count=1))[0]


def test_latents_are_those_of_one_seeded_generator_each(sampler):
    import torch

    expected = torch.randn(8, generator=torch.Generator().manual_seed(9))
    assert torch.equal(sampler.latents(recipe())[2], expected)


def test_the_last_seed_is_followed_by_the_first(sampler):
    last = recipe(seed=2**32 - 1, count=2)
    assert np.abs(np.int16(sampler.sample(last)[1]) - sampler.sample(recipe(seed=0, count=1))[0]).max() <= 1
    assert sampler.labels(last)[1] == 0


def test_labels_are_the_asked_class_or_in_turn(sampler):
    assert sampler.labels(recipe()).tolist() == [1, 2, 0, 1]
    assert sampler.labels(recipe(class_="c")).tolist() == [2, 2, 2, 2]
    assert sampler.labels(recipe()).dtype == np.int64


def test_all_is_a_row_of_every_class_on_one_latent(sampler):
    assert sampler.labels(recipe(class_="all")).tolist() == [0, 1, 2]
    z = sampler.latents(recipe(class_="all"))
    assert len(sampler.sample(recipe(class_="all"))) == 3 and (z == z[0]).all()


def test_a_mixture_of_one_is_the_class(sampler):
    pure = sampler.sample(recipe(class_="b"))
    assert np.array_equal(sampler.sample(recipe(mix={"b": 1})), pure)
    assert np.array_equal(sampler.sample(recipe(mix={"b": 0.5})), pure)  # shares are scaled
    assert sampler.labels(recipe(mix={"a": 0.5, "b": 0.5})).tolist() == [-1] * 4


def test_truncation_scales_and_directions_add(sampler):
    plain = sampler.latents(recipe())
    moved = sampler.latents(recipe(truncation=0.5, directions={"z3": 2.0}))
    assert np.allclose(moved[:, 3], plain[:, 3] / 2 + 2) and np.allclose(moved[:, 0], plain[:, 0] / 2)


def test_truncation_zero_draws_one_image(sampler):
    drawn = sampler.sample(recipe(truncation=0, class_="a"))
    assert (drawn == drawn[:1]).all()


def test_a_given_latent_replaces_the_drawn_one(sampler):
    z = sampler.latents(recipe(count=1)).numpy()
    text = base64.b64encode(z.astype("<f4").tobytes()).decode()
    same = sampler.sample(recipe(seed=99, count=1, latent=text, class_="b"))
    assert np.array_equal(same, sampler.sample(recipe(count=1, class_="b")))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"class_": "d"}, "unknown_class"),
        ({"mix": {"d": 1}}, "unknown_class"),
        ({"directions": {"z8": 1.0}}, "unknown_direction"),
        ({"directions": {"d1": 1.0}}, "unknown_direction"),
        ({"directions": {"z01": 1.0}}, "unknown_direction"),
        ({"sha256": "0" * 64}, "other_weights"),
        ({"latent": "AAAA"}, "bad_latent"),
        ({"count": 0}, "out_of_range"),
    ],
)
def test_refuses_what_the_model_cannot_do(sampler, change, code):
    with pytest.raises(GenClassError) as caught:
        sampler.sample(recipe(**change))
    assert caught.value.code == code and str(caught.value)


def test_without_classes(save_tiny):
    sampler = Sampler.load(save_tiny("gan", classes=()))
    assert sampler.labels(recipe()).tolist() == [-1] * 4
    assert sampler.sample(recipe()).shape == (4, 32, 32, 3)
    for class_name in ("a", "all"):
        with pytest.raises(GenClassError) as caught:
            sampler.sample(recipe(class_=class_name))
        assert caught.value.code == "no_classes"


def test_a_classifier_is_no_sampler(save_tiny):
    with pytest.raises(GenClassError) as caught:
        Sampler.load(save_tiny("classifier"))
    assert caught.value.code == "wrong_kind"
