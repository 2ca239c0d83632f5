"""The page's handlers: what they show, what they remember, what they say."""

import base64
import io
import json
import re
from types import SimpleNamespace

import gradio as gr
import httpx
import numpy as np
import pytest
from PIL import Image
from starlette.datastructures import QueryParams

import genclass
from genclass import images
from genclass.errors import MESSAGES, GenClassError
from genclass.recipe import Recipe
from genclass.ui import generate, latents, text, train, uploads, watching
from tests.ui.conftest import start_tiny, wait_for

STILL = [0] * latents.SLIDERS


def controls(model="fashion-mnist-gan", class_name="", seed=7, count=4, truncation=1, kept=None, moved=None):
    sliders = [(moved or {}).get(index, 0) for index in range(latents.SLIDERS)]
    return [model, class_name, seed, count, truncation, kept or {}, *sliders]


def shown_pixels(picture):
    """uint8 [H, W] of a grey picture in a piece of HTML."""
    found = base64.b64decode(re.search('base64,([^"]+)', picture)[1])
    return np.asarray(Image.open(io.BytesIO(found))), images.png_text(found)


def test_the_sheet_holds_the_pixels_of_its_recipe(lab):
    picture, recipe, _ = generate.redraw(*controls(moved={3: 1.5}))
    pixels, carried = shown_pixels(picture)
    drawn = genclass.load("fashion-mnist-gan").sample(json.loads(recipe))
    assert np.array_equal(pixels, images.sheet(drawn, 2)[:, :, 0])
    assert carried == recipe and json.loads(recipe)["directions"] == {"z3": 1.5}


def test_a_link_restores_the_recipe(lab):
    _, recipe, query = generate.redraw(*controls(class_name="class-2", truncation=0.5, moved={0: -1.25, 19: 2}))
    assert Recipe.from_link(query) == Recipe.from_json(recipe)


def opened(query):
    """The recipe with which the page opens by a link."""
    updates = generate.open_page(SimpleNamespace(query_params=QueryParams(query)))
    return json.loads(updates[-2])


def test_the_page_opens_with_the_recipe_of_its_address(lab):
    recipe = opened("model=plain-gan&seed=5&count=3&direction=z2:1.5&__theme=dark&utm_source=x")
    assert (recipe["model"], recipe["seed"], recipe["count"], recipe["directions"]) == ("plain-gan", 5, 3, {"z2": 1.5})


@pytest.mark.parametrize("query", ["", "model=nope", "model=plain-gan&seed=abc", "model=plain-gan&count=65", "seed=3",
                                   "model=plain-gan&direction=z0", "model=plain-gan&sha256=" + "0" * 64])  # fmt: skip
def test_an_address_that_names_nothing_opens_the_first_model(lab, query):
    assert opened(query)["model"] == "fashion-mnist-gan"


def test_what_no_control_shows_is_kept(lab):
    kept = {"directions": {"z1": 7.5}}
    _, recipe, _ = generate.redraw(*controls(kept=kept, moved={0: 1}))
    assert json.loads(recipe)["directions"] == {"z1": 7.5, "z0": 1}


def test_a_half_typed_seed_changes_nothing(lab):
    assert generate.follow(*controls(seed=None)) == [gr.skip()] * 3


def test_an_emptied_seed_is_refused_in_the_end(lab):
    with pytest.raises(gr.Error, match="seed must be a number"):
        generate.redraw(*controls(seed=None))


def test_another_model_keeps_the_seed_and_lets_go_of_the_class(lab):
    updates = generate.change_model(*controls("plain-gan", "class-2", 99, moved={0: 1}))
    recipe = json.loads(updates[-2])
    assert (recipe["seed"], recipe["class"], recipe["directions"]) == (99, None, {})
    assert updates[1]["visible"] is False


def test_only_a_models_own_dimensions_are_shown(lab):
    _, *rest = latents.updates(20, {"z1": 0.5})
    sliders = rest[len(range(0, latents.SLIDERS, latents.PAGE)) :]
    assert [slider["visible"] for slider in sliders].count(True) == 20
    assert sliders[1]["value"] == 0.5


def test_the_classifier_of_the_data_set_is_asked(lab):
    _, recipe, _ = generate.redraw(*controls(count=4))
    words = generate.second_opinion(recipe)
    assert re.search(r"fashion-mnist-airnet sees the asked class in \d of 4 images", words)
    assert words.count("<span") == 4


def test_without_a_judge_the_page_says_so(lab):
    _, recipe, _ = generate.redraw(*controls("plain-gan"))
    assert "There is no classifier of plain" in generate.second_opinion(recipe)


def test_curves_are_thinned_and_keep_their_ends():
    reports = [{"step": step, "loss": 1.0} for step in range(5000)]
    points = watching.curve(reports, ("loss",))
    assert len(points) == watching.POINTS
    assert points["step"].iloc[0] == 0 and points["step"].iloc[-1] == 4999


def test_the_browser_is_sent_only_what_changed(lab):
    marks, first = watching.changes({}, None, [])
    again, second = watching.changes(json.loads(json.dumps(marks)), None, [])
    assert again == marks
    assert all(update == gr.skip() for update in second) and not all(update == gr.skip() for update in first)


def test_a_finished_run_is_shown_with_curves_picture_and_model(lab, client):
    run_id = start_tiny()
    wait_for(client, run_id, "finished")
    _, updates = watching.changes({}, run_id, [run_id])
    parts = dict(zip(watching.PARTS, updates))
    assert "finished" in parts["status"] and len(parts["losses"]) > 0
    assert "data:image/png" in parts["picture"]
    assert "Ready: " in parts["status"] and parts["open_classifier"]["visible"] and not parts["open_gan"]["visible"]
    assert "--data fashion-mnist-mini" in parts["command"]
    assert run_id not in parts["table"] and run_id not in parts["command"]


def test_a_failed_run_tells_why_in_a_sentence():
    error = GenClassError("diverged", step=5).as_dict()
    status = {"name": "x", "state": "failed", "step": 5, "total": 9, "seconds": 3, "error": error, "metrics": None}
    assert "infinite or not a number at step 5" in watching._glance(status, ready=False)


@pytest.mark.parametrize("mine", [None, 5, [], {"ids": "x"}, {"ids": [None, {}]}, {"watched": 3}])
def test_anything_kept_in_a_browser_is_survived(lab, mine):
    assert len(train.tick(None, mine, mine)) == len(watching.PARTS) + 1


def test_every_error_has_a_sentence_on_the_page():
    assert text.sentence({"code": "unknown_run", "values": {}, "message": ""}) == MESSAGES["unknown_run"]
    assert text.sentence({"code": "from a later version", "values": {}, "message": "As told."}) == "As told."


def test_a_file_nested_deep_is_not_let_through():
    deep = b"[" * 600 + b'{"path": "http://x", "meta": {}}' + b"]" * 600
    assert b"http" not in uploads._checked(deep)


def test_every_control_has_an_id(lab):
    components = httpx.get(f"{lab}config").json()["components"]
    layout = {"row", "column", "tabs", "form", "group", "state", "timer", "browserstate", "api", "tabitem"}
    assert [c["type"] for c in components if c["type"] not in layout and not c["props"].get("elem_id")] == []
