"""What was moved since a recipe was shown becomes the next recipe."""

import pytest

from genclass.errors import GenClassError
from genclass.models.recipe import Recipe
from genclass.ui.generate.browser_request import moved, shown_mixture

THREE = {"a": 0.5, "b": 0.25, "c": 0.25}
PATH = {"to_seed": 12, "steps": 5}


def after(changes, **values):
    return moved(Recipe("tiny", **values), changes)


def test_nothing_moved_is_the_same_recipe_of_whatever_weights():
    recipe = Recipe("tiny", "0" * 64, 7, 4, "a", 0.5, {"d1": 1.0})
    assert moved(recipe, {}).to_dict() == {**recipe.to_dict(), "sha256": None}


def test_moved_sliders_come_on_top_of_those_no_slider_shows():
    assert after({"directions": {"z0": 1}}, directions={"z1": 7.5}).directions == {"z1": 7.5, "z0": 1.0}


def test_a_slider_at_rest_is_no_direction():
    assert after({"directions": {"d1": 0}}, directions={"d1": 1.0, "d2": 2.0}).directions == {"d2": 2.0}


def test_cleared_directions_are_gone_until_a_slider_moves():
    assert after({"cleared": True, "directions": {}}, directions={"z200": 2.0}).directions == {}
    assert after({"cleared": True, "directions": {"d1": 1}}, directions={"z200": 2.0}).directions == {"d1": 1.0}


@pytest.mark.parametrize("changes", [{"seed": 3}, {"free": True}])
def test_the_seed_takes_over_from_a_path(changes):
    assert after({"truncation": 0.5}, **PATH).steps == 5
    assert after(changes, **PATH).steps is None


@pytest.mark.parametrize(
    "changes, class_name, mix",
    [
        ({"class": "a"}, "a", None),
        ({"class": ""}, None, None),
        ({"class": "all", "mix_with": "b"}, "all", None),
        ({"class": "a", "mix_with": "a"}, "a", None),
        ({"class": "a", "mix_with": "b"}, None, {"a": 0.5, "b": 0.5}),
        ({"class": "9", "mix_with": "1", "share": 0.25}, None, {"9": 0.75, "1": 0.25}),
    ],
)
def test_classes_are_chosen_and_mixed(changes, class_name, mix):
    recipe = after(changes, class_name="c")
    assert (recipe.class_name, recipe.mix) == (class_name, mix)


def test_a_share_moves_between_the_two_that_are_mixed():
    assert after({"share": 0.9}, mix={"b": 0.5, "a": 0.5}).mix == {"b": 0.1, "a": 0.9}


def test_a_mixture_of_three_is_kept_until_a_class_is_chosen():
    assert after({"seed": 3}, mix=THREE).mix == THREE and shown_mixture(Recipe("tiny", mix=THREE)) == ("", "", 0.5)
    assert after({"class": "b"}, mix=THREE).mix is None


@pytest.mark.parametrize("changes", [None, [], {"directions": []}, {"model": "b"}, {"seed": -1}, {"count": 65}])
def test_anything_else_is_refused(changes):
    with pytest.raises(GenClassError):
        after(changes)
