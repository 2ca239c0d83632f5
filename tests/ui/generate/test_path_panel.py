"""The tool Path."""

import io
import json

import av
import gradio as gr
import numpy as np
import pytest
from PIL import Image

from genclass.cli.main import main
from genclass.files import carried
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


def test_what_is_saved_of_a_path_is_large_or_as_stored_and_brings_it_back(lab):
    *_, last = path_panel.walk(asked(), 12, "", 5)
    for form, save in path_panel.SAVERS.items():
        large, small = (unpacked(save(last["walked"], stored)).read() for stored in (False, True))
        assert json.loads(carried.text(large)) == json.loads(carried.text(small)) == json.loads(last["walked"])
        if form != "mp4":
            (width, height), stored = (Image.open(io.BytesIO(file)).size for file in (large, small))
            assert stored == (28 * 5 if form == "strip" else 28, 28)
            assert min(width, height) >= 512 and width % stored[0] == height % 28 == 0


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
    recipe = Recipe.from_json(carried.text(strip))
    png, columns = render.sheet_png(*render.prepare(recipe))
    assert columns == 24 and png == strip.read_bytes()


@pytest.mark.parametrize("path", [(None, "", 5), (-1, "", 5), (3, "zebra", 5), (3, "", 1), (3, "", "x"), (3, 5, 5)])
def test_a_bad_path_is_refused(lab, path):
    with pytest.raises(gr.Error) as caught:
        list(path_panel.walk(asked(), *path))
    assert text.say("server_error") not in str(caught.value)
