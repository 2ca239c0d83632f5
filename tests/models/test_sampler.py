import base64
import json
import resource
import subprocess
import sys

import numpy as np
import pytest
import torch

import genclass
from genclass.errors import GenClassError
from genclass.models.recipe import Recipe, encode_latent
from genclass.models.sampler import Sampler


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
        ({"directions": {"d9": 1.0}}, "unknown_direction"),
        ({"to_class": "d", "steps": 3}, "unknown_class"),
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


def test_a_path_is_spherical_and_ends_at_the_other_seed(sampler):
    walk = recipe(to_seed=12, steps=5, class_="a")
    z = sampler.latents(walk)
    assert len(sampler.sample(walk)) == 5 and sampler.labels(walk).tolist() == [0] * 5
    assert torch.equal(z[0], sampler.latents(recipe())[0])
    assert torch.allclose(z[4], sampler.latents(recipe(seed=12))[0], atol=1e-6)
    unit = z / z.norm(dim=1, keepdim=True)
    steps = (unit[1:] * unit[:-1]).sum(1).acos()
    assert torch.allclose(steps, steps[:1].expand(4), atol=1e-3)  # equal angles
    assert z.norm(dim=1).min() >= min(z[0].norm(), z[4].norm()) * 0.99  # a straight line would cut the corner


def test_a_path_leads_from_class_to_class(sampler):
    walk = recipe(class_="a", to_class="c", steps=3)
    assert sampler.class_weights(walk).tolist() == [[1, 0, 0], [0.5, 0, 0.5], [0, 0, 1]]
    assert sampler.labels(walk).tolist() == [0, -1, 2]
    assert (sampler.latents(walk) == sampler.latents(recipe())[0]).all()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"class_": "b"},
        {"class_": "all"},
        {"mix": {"a": 0.25, "c": 0.75}},
        {"to_seed": 12, "to_class": "c", "steps": 3, "truncation": 0.7, "directions": {"d1": 1.5, "z2": -1}},
        {"latent": encode_latent(torch.arange(32.0).view(4, 8) / 32)},
    ],
)
def test_each_image_has_a_recipe_of_its_own(sampler, change):
    asked, singles = recipe(**change), sampler.singles(recipe(**change))
    drawn = sampler.sample(asked)
    assert len(singles) == len(drawn) and all(one.count == 1 for one in singles)
    alone = np.concatenate([sampler.sample(Recipe.from_link(one.to_link())) for one in singles])
    assert np.abs(np.int16(drawn) - alone).max() <= 1


def test_directions_move_the_latent(sampler):
    plain, moved = sampler.latents(recipe()), sampler.latents(recipe(directions={"d2": 1.5}))
    assert torch.allclose(moved, plain + 1.5 * sampler.directions["d2"])


def test_another_process_gives_the_same_pixels(sampler, save_tiny):
    asked = recipe(directions={"d1": 2, "z0": 0.5}, truncation=0.8)
    script = "import genclass, json, sys; folder, asked = sys.argv[1:]; "
    script += "sys.stdout.buffer.write(genclass.load(folder).sample(json.loads(asked)).tobytes())"
    words = [sys.executable, "-c", f"import torch; torch.set_num_threads(1); {script}", str(sampler.folder)]
    found = subprocess.run([*words, json.dumps(asked)], capture_output=True, check=True).stdout
    assert found == sampler.sample(asked).tobytes()


def test_sampling_works_where_nothing_can_be_written(save_tiny):
    """The largest file allowed stands for the space that is left, as for runs: none."""
    sampler, limits = Sampler.load(save_tiny()), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        drawn = sampler.sample({"model": "tiny", "count": 16, "directions": {"d1": 1.0}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert drawn.shape == (16, 32, 32, 3) and sorted(path.name for path in sampler.folder.iterdir()) == [
        "config.json", "discriminator.safetensors", "model.safetensors"
    ]  # fmt: skip


@pytest.mark.parametrize("mix", [{"all": 1}, {"all": 0.5, "a": 0.5}])
def test_all_is_no_part_of_a_mixture(sampler, mix):
    with pytest.raises(GenClassError) as caught:
        sampler.sample(recipe(mix=mix))
    assert caught.value.code == "unknown_class"


def test_the_smallest_share_alone_is_the_whole(sampler):
    assert torch.equal(sampler.class_weights(recipe(mix={"b": 1e-60})), torch.eye(3)[[1, 1, 1, 1]])
