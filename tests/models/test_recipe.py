import base64
import json
import math

import numpy as np
import pytest

from genclass.errors import GenClassError
from genclass.models.recipe import Recipe

FULL = {"model": "cifar10-gan", "sha256": "ab", "seed": 7, "count": 3, "class": "cat", "truncation": 0.5,
        "directions": {"z0": 1.25, "z12": -3.0}}  # fmt: skip


def test_all_but_the_model_has_a_default():
    recipe = Recipe.from_dict({"model": "m"})
    assert (recipe.seed, recipe.class_name, recipe.truncation, recipe.directions) == (0, None, 1.0, {})


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"class": "all"},
        {"mix": {"cat": 0.25, "dog": 0.75}},
        {"latent": "AAAA"},
        {"to_seed": 9, "to_class": "dog", "steps": 8},
        {"directions": {"d1": 1 / 3}},
    ],
)
def test_json_and_link_give_the_recipe_back(extra):
    recipe = Recipe.from_dict(FULL | extra)
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_link("?" + recipe.to_link()) == recipe
    assert Recipe.from_dict(recipe.to_dict()) == recipe


def test_json_has_exactly_the_contract_keys():
    assert list(json.loads(Recipe.from_dict(FULL).to_json())) == list(FULL)


def test_a_link_has_a_key_for_each_scalar_and_repeats_directions():
    link = Recipe.from_dict(FULL).to_link()
    assert link.count("direction=") == 2 and "seed=7" in link and "direction=z0%3A1.25" in link
    assert Recipe("m").to_link() == "model=m"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seed": -1}, "out_of_range"),
        ({"seed": 2**32}, "out_of_range"),
        ({"seed": 1.5}, "not_whole"),
        ({"seed": "7"}, "not_a_number"),
        ({"seed": math.nan}, "not_a_number"),
        ({"seed": math.inf}, "out_of_range"),
        ({"seed": True}, "not_a_number"),
        ({"seed": None}, "not_a_number"),
        ({"count": 0}, "out_of_range"),
        ({"count": 100_001}, "out_of_range"),
        ({"truncation": math.nan}, "not_a_number"),
        ({"truncation": 1.01}, "out_of_range"),
        ({"directions": {"z0": math.nan}}, "not_a_number"),
        ({"directions": {"z0": "1"}}, "not_a_number"),
        ({"directions": [1]}, "bad_directions"),
        ({"model": 3}, "not_text"),
        ({"class": 3}, "not_text"),
        ({"mix": {"cat": 0}}, "out_of_range"),
        ({"colour": 1}, "bad_recipe"),
        ({"steps": 5}, "bad_path"),
        ({"to_seed": 5}, "bad_path"),
        ({"to_seed": 5, "steps": 1}, "out_of_range"),
        ({"to_seed": -1, "steps": 5}, "out_of_range"),
        ({"to_class": 5, "steps": 5}, "not_text"),
        ({"to_seed": 5, "steps": 5, "class": "all"}, "bad_path"),
    ],
)
def test_refuses_bad_values(change, code):
    with pytest.raises(GenClassError) as caught:
        Recipe.from_dict(FULL | change)
    assert caught.value.code == code and str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"seed": 1}', "[" * 100_000])
def test_refuses_what_is_no_recipe(text):
    with pytest.raises(GenClassError) as caught:
        Recipe.from_json(text)
    assert caught.value.code == "bad_recipe"


def test_refuses_links_with_words_for_numbers():
    with pytest.raises(GenClassError):
        Recipe.from_link("model=m&seed=many")
    with pytest.raises(GenClassError):
        Recipe.from_link("model=m&direction=z0:nan")


def test_latent_is_base64_of_float32():
    z = np.arange(8, dtype="<f4")
    text = base64.b64encode(z.tobytes()).decode()
    assert np.array_equal(Recipe("m", latent=text).drawn_latent(2, 4), z.reshape(2, 4))
    assert np.array_equal(Recipe("m", latent=text).drawn_latent(3, 8), np.stack([z] * 3))
    assert Recipe("m").drawn_latent(1, 4) is None


@pytest.mark.parametrize("values", [[1.0], [math.nan] * 4, [math.inf] * 4])
def test_refuses_latents_of_wrong_size_or_not_finite(values):
    text = base64.b64encode(np.array(values, "<f4").tobytes()).decode()
    with pytest.raises(GenClassError) as caught:
        Recipe("m", latent=text).drawn_latent(1, 4)
    assert caught.value.code == "bad_latent"
    with pytest.raises(GenClassError):
        Recipe("m", latent="not base64!").drawn_latent(1, 4)
