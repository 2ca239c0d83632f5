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
    bar, sides, row, found = (last[name] for name in ("bar", "compare", "row", "found"))
    assert "Before" in sides and "After" in sides and "fashion-mnist-airnet, which leads" in sides
    assert row["visible"] and "% sure" in bar
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
