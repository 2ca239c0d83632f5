"""The tool Guide."""

import json

import gradio as gr
import pytest

from genclass.ui.common import render, text
from genclass.ui.generate import guide_panel
from genclass.ui.generate import tab as generate_tab
from tests.ui.generate.helpers import asked


@pytest.mark.parametrize("method", ["climb", "best"])
def test_guidance_shows_before_and_after(lab, method):
    *_, last = guide_panel.guide(asked(model="plain-gan", count=2), "fashion-mnist-airnet", "class-3", method)
    bar, sides, button, found = (last[name] for name in ("bar", "compare", "take", "found"))
    assert "Before" in sides and "After" in sides and sides.count("fashion-mnist-airnet, which leads") == 2
    assert button["visible"] and "% sure" in bar
    assert json.loads(generate_tab.shown(render.parse(found))["recipe"])["latent"]


@pytest.mark.parametrize(
    "values", [("nope", "a", "climb"), ("abc-airnet", "zebra", "climb"), ("abc-airnet", "a", "fly")]
)
def test_bad_guidance_is_refused(lab, values):
    with pytest.raises(gr.Error) as caught:
        next(guide_panel.guide(asked(), *values))
    assert text.say("server_error") not in str(caught.value)
