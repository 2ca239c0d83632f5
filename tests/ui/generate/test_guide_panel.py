"""The tool Guide."""

import json

import gradio as gr
import pytest

from genclass.ui.common import render, text
from genclass.ui.generate import browser_request, guide_panel, search_panel
from genclass.ui.generate import tab as generate_tab
from tests.ui.generate.helpers import asked


@pytest.mark.parametrize("method", ["climb", "best"])
def test_guidance_shows_before_and_after(lab, method):
    text = asked(model="plain-gan", count=2)
    first, *_, last = guide_panel.guide(text, "fashion-mnist-airnet", "class-3", method)
    bar, sides, found = (last[name] for name in ("bar", "compare", "found"))
    assert "Before" in sides and "After" in sides and "fashion-mnist-airnet, which leads" in sides
    assert "% sure" in bar and not first["row"]["visible"] and "row" not in last, "the way back comes with its end"
    shown = generate_tab.shown(render.parse(found))
    assert json.loads(shown["recipe"])["latent"] and shown["picture"] == last["picture"]
    assert render.prepare(render.parse(first["before"]))[1] == browser_request.prepare(text)[1]


def test_a_search_says_that_it_works_before_it_has_found_anything(lab):
    first = next(guide_panel.guide(asked(), "fashion-mnist-airnet", "class-3", "climb"))
    assert "progressbar" in first["bar"] and first["found"] == "" and "picture" not in first
    with pytest.raises(gr.Error) as caught:
        search_panel.recipe_so_far(first["found"])
    assert not caught.value.visible


@pytest.mark.parametrize(
    "values", [("nope", "a", "climb"), ("abc-airnet", "zebra", "climb"), ("abc-airnet", "a", "fly")]
)
def test_bad_guidance_is_refused(lab, values):
    with pytest.raises(gr.Error) as caught:
        next(guide_panel.guide(asked(), *values))
    assert text.say("server_error") not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "aim"),
    [({"class": "class-4"}, "class-4"), ({"seed": 13}, "class-3"), ({"class": "all"}, "class-0"),
     ({"mix": {"class-2": 0.5, "class-6": 0.5}}, "class-2")],
)  # fmt: skip
def test_it_aims_at_the_class_of_the_images(lab, values, aim):
    sampler, recipe = render.prepare(render.recipe_from({"model": "fashion-mnist-gan", **values}))
    assert guide_panel.shown(sampler, recipe)["class_name"]["value"] == aim


def test_another_judge_is_asked_for_the_same_class_if_it_knows_it(lab):
    assert guide_panel._classes("fashion-mnist-airnet", "class-5")["value"] == "class-5"
    assert guide_panel._classes("abc-airnet", "class-5")["value"] == "a"
