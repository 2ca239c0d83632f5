"""Which direction stands in which place for a slider, and what it is called there."""

import json
from types import SimpleNamespace

from genclass.models.directions import Said
from genclass.ui.common import text
from genclass.ui.generate import direction_sliders
from genclass.ui.generate.direction_sliders import COUNT

NAMES = {
    "glasses": {"en": "glasses", "zh": "眼镜"},
    "d2": {"en": "larger"},
    "d3": {"en": "more like cat", "zh": "更像cat"},
}


def sampler(*ids):
    said = Said({"names": json.dumps(NAMES), "like": json.dumps({"d3": "cat"})})
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
    shown = direction_sliders.shown(sampler("glasses", "d1"), {"glasses": 1.5, "d9": 2})
    assert [slider["value"] for slider in shown["sliders"]] == [1.5] + [0] * (COUNT - 1)
    assert [group["visible"] for group in shown["groups"]] == [True, True] + [False] * (COUNT - 2)
