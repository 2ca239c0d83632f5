"""Which direction stands in which place for a slider, and what it is called there."""

import json
from types import SimpleNamespace

import pytest

from genclass.models.directions import Said
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import text
from genclass.ui.generate import direction_sliders
from genclass.ui.generate.direction_sliders import COUNT

NAMES = {
    "glasses": {"en": "glasses", "zh": "眼镜"},
    "d2": {"en": "larger"},
    "d3": {"en": "more like cat", "zh": "更像cat"},
}


def sampler(*ids, **lacking):
    told = {"names": NAMES, "like": {"d3": "cat"}, "lacking": lacking}
    said = Said({key: json.dumps(by_id) for key, by_id in told.items()})
    return SimpleNamespace(directions=dict.fromkeys(ids), said=said)


def test_a_direction_has_its_name_in_the_visitors_language_else_its_number():
    model = sampler("glasses", "d1", "d2")
    with text.speaking("en"):
        assert direction_sliders.axes(model)[:3] == [
            ("glasses", "glasses"), ("d1", "Direction 2"), ("d2", "larger")]  # fmt: skip
    with text.speaking("zh"):
        assert direction_sliders.axes(model)[:3] == [("glasses", "眼镜"), ("d1", "方向 2"), ("d2", "方向 3")]


def test_a_class_in_a_name_is_called_as_people_call_it():
    for language, name in (("en", "more like cat"), ("zh", "更像猫")):
        with text.speaking(language):
            assert direction_sliders.axes(sampler("d3"))[0] == ("d3", name)


def test_there_is_a_name_for_every_place_without_a_model_too():
    with text.speaking("en"):
        assert direction_sliders.axes(None) == [(f"d{index}", f"Direction {index}") for index in range(1, COUNT + 1)]
    assert len(direction_sliders.axes(sampler(*(f"d{index}" for index in range(1, 13))))) == COUNT


def test_a_slider_stands_where_the_recipe_has_its_direction():
    shown = direction_sliders.shown(sampler("glasses", "d1"), Recipe("tiny", directions={"glasses": 1.5, "d9": 2}))
    assert [slider["value"] for slider in shown["sliders"]] == [1.5] + [0] * (COUNT - 1)
    assert [group["visible"] for group in shown["groups"]] == [True, True] + [False] * (COUNT - 2)


@pytest.mark.parametrize(
    ("recipe", "without"),
    [
        ({"class_name": "cat"}, True),
        ({"class_name": "dog"}, False),
        ({"class_name": None}, False),
        ({"class_name": "all"}, False),
        ({"mix": {"cat": 0.5, "bird": 0.5}}, True),
        ({"mix": {"cat": 0.5, "dog": 0.5}}, False),
        ({"class_name": "cat", "to_class": "dog", "steps": 3}, False),
    ],
)
def test_a_slider_is_greyed_where_the_class_has_none_of_what_it_changes(recipe, without):
    model = sampler("glasses", "d1", glasses=["cat", "bird"])
    shown = direction_sliders.shown(model, Recipe("tiny", **recipe))
    rested = direction_sliders.offered(model, Recipe("tiny", **recipe))
    for sliders in (shown["sliders"], rested["sliders"]):
        assert [slider["interactive"] for slider in sliders] == [not without] + [True] * (COUNT - 1)


def test_sliders_of_a_model_that_lacks_nothing_are_left_alone_while_they_move():
    assert direction_sliders.offered(sampler("glasses"), Recipe("tiny", class_name="cat")) == {}


def test_a_word_stands_where_the_strip_of_a_greyed_slider_would_be(save_tiny):
    model = Sampler.load(save_tiny("gan"))
    lacking = {"lacking": json.dumps({"d2": ["a"]})}
    model.__dict__["_directions"] = model.directions, Said({**model.said.metadata, **lacking})
    for class_name, words in (("a", 1), ("b", 0)):
        recipe = model.complete({"model": "tiny", "count": 1, "class": class_name})
        with text.speaking("en"):
            found = direction_sliders.strips(model, recipe, 0)
        assert [("none of it" in part) for part in found] == [False, bool(words)] + [False] * (COUNT - 2)


def test_a_strip_is_of_an_image_whose_class_has_something_of_it(save_tiny):
    model = Sampler.load(save_tiny("gan"))
    lacking = {"lacking": json.dumps({"d2": ["a"]})}
    model.__dict__["_directions"] = model.directions, Said({**model.said.metadata, **lacking})
    recipe = model.complete({"model": "tiny", "count": 4})
    first, second = (direction_sliders.strips(model, recipe, chosen) for chosen in (0, 1))
    assert first[1] == second[1] and first[0] != second[0]


@pytest.mark.parametrize("told", ["[", "[]", "7", '{"d1": 5}', '{"d1": [5]}', "null"])
def test_what_a_stranger_wrote_of_classes_is_left_out_where_it_is_none(told):
    assert Said({"lacking": told}).lacking in ({}, {"d1": []})
