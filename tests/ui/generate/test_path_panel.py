"""The tool Path."""

import io
import json

import av
import gradio as gr
import numpy as np
import pytest
from PIL import Image

from genclass.cli.main import main
from genclass.files import images
from genclass.models.recipe import Recipe
from genclass.ui.common import render, text
from genclass.ui.generate import browser_request, path_panel
from tests.ui.generate.helpers import GAN, asked, unpacked


def test_a_path_is_walked_with_progress_and_moves(lab):
    *reports, last = path_panel.walk(asked(moved={"class": "class-1"}), 12, "class-3", 20)
    bar, shown, walked = (last[name] for name in ("bar", "strip", "walked"))
    assert len(reports) == 3 and "20 of 20" in bar and shown.count("<img") == 2
    assert "image/webp" in last["picture"] and last["back"]["visible"]
    path = json.loads(walked)
    assert (path["to_seed"], path["to_class"], path["steps"]) == (12, "class-3", 20)
    for form in ("gif", "webp"):
        assert Image.open(unpacked(path_panel.SAVERS[form](walked))).n_frames == 20
    with av.open(unpacked(path_panel.SAVERS["mp4"](walked))) as video:
        assert len(list(video.decode(video=0))) == 20
    strip = unpacked(path_panel.strip_file(walked)).read()
    assert Image.open(io.BytesIO(strip)).size == (20 * 28, 28) and json.loads(images.png_text(strip)) == path


def test_a_path_begins_at_the_chosen_image(lab):
    for values in ({}, {"class": "all"}, {"moved": {"directions": {"d1": 1.5}}}):
        text = asked(chosen=2, **values)
        *_, last = path_panel.walk(text, 12, "", 5)
        sampler, recipe, chosen = browser_request.prepare(text)
        first = render.draw(*render.prepare(render.parse(last["walked"])))[0].astype(int)
        assert np.abs(first - render.draw(sampler, recipe)[chosen]).max() <= 1


def test_a_path_has_the_sheet_that_the_command_line_draws(lab, tmp_path):
    strip = tmp_path / "strip.png"
    assert main(["sample", GAN, "--path", "7:12:24", "--out", str(strip)]) == 0
    recipe = Recipe.from_json(images.png_text(strip))
    png, columns = render.sheet_png(*render.prepare(recipe))
    assert columns == 24 and png == strip.read_bytes()


@pytest.mark.parametrize("path", [(None, "", 5), (-1, "", 5), (3, "zebra", 5), (3, "", 1), (3, "", "x"), (3, 5, 5)])
def test_a_bad_path_is_refused(lab, path):
    with pytest.raises(gr.Error) as caught:
        list(path_panel.walk(asked(), *path))
    assert text.say("server_error") not in str(caught.value)
