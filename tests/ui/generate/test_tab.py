"""The tab Generate: recipes come in, every control follows."""

import json
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from starlette.datastructures import QueryParams

from genclass.files import carried
from genclass.models.recipe import Recipe, encode_latent
from genclass.ui.common import render, text
from genclass.ui.common.events import answers, by_component, safely
from genclass.ui.generate import guide_panel, path_panel, save_panel, sheet
from genclass.ui.generate import tab as generate_tab
from tests.ui.generate.helpers import GAN, asked, redrawn


def test_a_link_restores_the_recipe(lab):
    moved = {"class": "class-2", "truncation": 0.5, "directions": {"z0": -1.25, "z19": 2, "d3": 0.05}}
    _, recipe, query = redrawn(moved)
    assert Recipe.from_link(query).to_dict() == recipe


def opened(query):
    """The recipe with which the page opens by a link."""
    found = generate_tab.recipe_of_page(SimpleNamespace(query_params=QueryParams(query)))
    return json.loads(generate_tab.shown(found)["recipe"])


def test_the_page_opens_with_the_recipe_of_its_address(lab):
    recipe = opened("model=plain-gan&seed=5&count=3&direction=z2:1.5&direction=d1:-1&__theme=dark&utm_source=x")
    assert (recipe["model"], recipe["seed"], recipe["count"]) == ("plain-gan", 5, 3)
    assert recipe["directions"] == {"z2": 1.5, "d1": -1.0}


@pytest.mark.parametrize("query", ["", "model=nope", "model=plain-gan&seed=abc", "model=plain-gan&count=65", "seed=3",
                                   "model=plain-gan&direction=z0", "model=plain-gan&sha256=" + "0" * 64,
                                   "model=plain-gan&steps=5", "model=plain-gan&direction=d99:1"])  # fmt: skip
def test_an_address_that_names_nothing_opens_the_first_model(lab, query):
    assert opened(query)["model"] == GAN


def test_two_classes_are_mixed_by_a_slider(lab):
    recipe = redrawn({"class": "class-1", "mix_with": "class-4", "share": 0.25})[1]
    assert recipe["mix"] == {"class-1": 0.75, "class-4": 0.25} and recipe["class"] is None
    controls = generate_tab.shown(Recipe.from_dict(recipe))["controls"]
    assert [controls[name]["value"] for name in ("class_name", "mix_with", "share")] == ["class-1", "class-4", 0.25]


def test_another_model_keeps_the_seed_and_lets_go_of_the_class(lab):
    text = asked(moved={"class": "class-2", "seed": 99, "directions": {"z1": 1}})
    recipe = generate_tab.recipe_of_model(text, "plain-gan")
    assert (recipe.seed, recipe.class_name, recipe.directions) == (99, None, {})
    controls = generate_tab.shown(recipe)["controls"]
    assert not controls["class_name"]["visible"] and not controls["mix_with"]["visible"]


def test_the_first_model_there_is_can_be_chosen(lab):
    assert generate_tab.recipe_of_model("", "plain-gan").model == "plain-gan"


def test_a_recipe_sets_every_control_that_it_is_said_to_set(lab):
    with gr.Blocks():
        tab = generate_tab.build()
    parts = generate_tab.shown_parts(tab)
    filled = by_component(parts, generate_tab.shown(Recipe(GAN)))
    assert [*filled] == answers(dict, parts)["outputs"]
    assert {tab.model, tab.picture, tab.guide.class_name, tab.path.to_class, *tab.controls.latents.sliders} <= {*filled}


def test_another_seed_lets_go_of_a_given_latent(lab):
    latent = encode_latent(np.zeros(20, np.float32))
    assert redrawn(latent=latent)[1]["latent"] == latent
    assert redrawn({"truncation": 0.5}, latent=latent)[1]["latent"] == latent
    for moved in ({"seed": 7}, {"free": True}):
        assert "latent" not in redrawn(moved, latent=latent)[1]


@pytest.mark.parametrize("recipe", [None, 5, "", "[]", '{"model": "nope"}', '{"model": "plain-gan", "colour": 1}'])
def test_what_is_no_recipe_is_refused_by_every_handler(lab, recipe):
    for call in (
        sheet.live, sheet.judge, sheet.rest, generate_tab.send, save_panel.png_file, save_panel.zip_file,
        lambda sent: next(path_panel.walk(sent, 1, "", 5)), path_panel.strip_file,
        safely(lambda sent: generate_tab.shown(render.parse(sent))),
        lambda sent: next(guide_panel.guide(sent, "abc-airnet", "a", "climb")),
    ):  # fmt: skip
        for sent in (recipe, json.dumps({"recipe": recipe, "moved": {}})):
            with pytest.raises(gr.Error) as caught:
                call(sent)
            assert text.say("server_error") not in str(caught.value)


def test_an_image_is_sent_to_classify(lab):
    sent = generate_tab.send(asked(chosen=3, moved={"class": "class-5"}))
    own = Recipe.from_json(carried.text(sent["image"]))
    assert sent["tabs"]["selected"] == "classify" and (own.seed, own.count, own.class_name) == (10, 1, "class-5")
