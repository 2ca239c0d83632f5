"""Generate's handlers: what they show, what they remember, what they say."""

import base64
import io
import json
import re
import zipfile
from types import SimpleNamespace

import av
import gradio as gr
import numpy as np
import pytest
from PIL import Image
from starlette.datastructures import QueryParams

import genclass
from genclass.cli.main import main
from genclass.files import images
from genclass.models.recipe import Recipe, encode_latent
from genclass.ui.common import render, text
from genclass.ui.common.events import answers, by_component, safely
from genclass.ui.generate import (
    browser_request,
    direction_sliders,
    guide_panel,
    invert_panel,
    path_panel,
    save_panel,
    sheet,
)
from genclass.ui.generate import tab as generate_tab
from genclass.ui.server import uploads

GAN = "fashion-mnist-gan"


def asked(recipe=None, chosen=0, moved=None, **values):
    """What the browser sends: a recipe and what was moved since."""
    recipe = recipe or json.dumps({"model": GAN, "seed": 7, "count": 4, **values})
    return json.dumps({"recipe": recipe, "moved": moved or {}, "chosen": chosen})


def redrawn(moved=None, **values):
    """(picture, recipe as a dict, query string)."""
    text = asked(moved=moved, **values)
    live, rest = sheet.live(text), sheet.rest(text)
    assert live["tile"] == "" and "picture" not in rest
    return live["picture"], json.loads(rest["recipe"]), rest["query"]


def decoded(picture):
    """(pixels, carried text) of the first picture in a piece of HTML."""
    found = base64.b64decode(re.search('base64,([^"]+)', picture)[1])
    return np.asarray(Image.open(io.BytesIO(found))), found


def test_the_sheet_holds_the_pixels_of_its_recipe(lab):
    picture, recipe, _ = redrawn({"directions": {"z3": 1.5, "d1": -2}})
    pixels, png = decoded(picture)
    assert np.array_equal(pixels, images.sheet(genclass.load(GAN).sample(recipe), 2)[:, :, 0])
    assert json.loads(images.png_text(png)) == recipe and recipe["directions"] == {"d1": -2.0, "z3": 1.5}


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


@pytest.mark.parametrize(
    "moved",
    [{"class": "class-1", "mix_with": "class-2", "share": share} for share in (float("nan"), "half", True, None, 7)]
    + [{"directions": 5}, {"directions": {"d1": float("nan")}}, {"directions": {"d2": "x"}}, {"seed": -5}, {"class": 5},
       {"directions": {"d1": float("inf")}}, {"directions": {"z0": 99}}, {"mix_with": "zebra", "class": "class-1"},
       {"count": 65}, {"seed": None}, {"colour": 1}, [1]],
)  # fmt: skip
def test_bad_values_are_refused_in_a_sentence(lab, moved):
    with pytest.raises(gr.Error) as caught:
        sheet.live(asked(moved=moved))
    assert text.say("server_error") not in str(caught.value)


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


def test_a_large_sheet_follows_by_its_chosen_image(lab):
    text = asked(count=25, chosen=20, moved={"directions": {"d1": 1}})
    live, rest = sheet.live(text), sheet.rest(text)
    assert "picture" not in live
    pixels, _ = decoded(f'"{live["tile"]}"')
    drawn = genclass.load(GAN).sample(json.loads(rest["recipe"]))
    assert np.abs(pixels.astype(int) - drawn[20, :, :, 0]).max() <= 1
    assert np.array_equal(decoded(rest["picture"])[0], images.sheet(drawn, 5)[:, :, 0])


@pytest.mark.parametrize("chosen", [-1, 99, None, "x", True, float("nan"), 1.5])
def test_any_chosen_image_is_survived(lab, chosen):
    assert 0 <= browser_request.prepare(asked(chosen=chosen))[2] < 4


def test_a_strip_shows_what_its_direction_does_to_the_chosen_image(lab):
    rest = sheet.rest(asked(chosen=2, moved={"directions": {"d2": 1}}))
    pixels, _ = decoded(rest["strips"][1])
    assert len(rest["strips"]) == direction_sliders.COUNT and pixels.shape == (28, 7 * 28)
    assert not rest["held"]["visible"] and not rest["free"]["visible"]
    sampler = genclass.load(GAN)
    for place, sigma in ((0, -3), (4, 1), (6, 3)):
        moved = sampler.sample({**json.loads(rest["recipe"]), "directions": {"d2": sigma}})[2, :, :, 0]
        assert np.abs(pixels[:, place * 28 : place * 28 + 28].astype(int) - moved).max() <= 1


def test_images_are_judged_by_classifier_discriminator_and_neighbour(lab):
    words, card = sheet.judge(asked(chosen=1)).values()
    assert re.search(r"fashion-mnist-airnet sees the asked class in \d of 4 images", words)
    assert words.count("<span") == 4 and "real " in words
    assert "Image 2 of 4, seed 8" in card and "probability that it is real: " in card
    assert re.search(r"Searched (60,000|5,000) of the \d+,000 training images", card)


def test_without_judges_the_page_says_so(lab):
    words, card = sheet.judge(asked(model="plain-gan")).values()
    assert "There is no classifier of plain" in words and "not on this machine" in card


@pytest.mark.parametrize("recipe", [None, 5, "", "[]", '{"model": "nope"}', '{"model": "plain-gan", "colour": 1}'])
def test_what_is_no_recipe_is_refused_by_every_handler(lab, recipe):
    for call in (
        sheet.live, sheet.judge, sheet.rest, generate_tab.send, save_panel.zip_file,
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
    own = Recipe.from_json(images.png_text(sent["image"]))
    assert sent["tabs"]["selected"] == "classify" and (own.seed, own.count, own.class_name) == (10, 1, "class-5")


def unpacked(file):
    return io.BytesIO(base64.b64decode(file["url"].partition("base64,")[2]))


def test_downloads_hold_single_images_and_arrays(lab):
    _, recipe, _ = redrawn()
    drawn = genclass.load(GAN).sample(recipe)
    with zipfile.ZipFile(unpacked(save_panel.zip_file(asked(json.dumps(recipe))))) as archive:
        pixels = [np.asarray(Image.open(archive.open(name))) for name in archive.namelist()]
    assert np.array_equal(np.stack(pixels), drawn[..., 0])
    with np.load(unpacked(save_panel.npz_file(asked(json.dumps(recipe))))) as arrays:
        assert np.array_equal(arrays["images"], drawn) and arrays["labels"].tolist() == [7, 8, 9, 0]


def test_a_path_is_walked_with_progress_and_moves(lab):
    *reports, last = path_panel.walk(asked(moved={"class": "class-1"}), 12, "class-3", 20)
    bar, shown, walked = (last[name] for name in ("bar", "strip", "walked"))
    assert len(reports) == 3 and "20 of 20" in bar and shown.count("<img") == 2
    path = json.loads(walked)
    assert (path["to_seed"], path["to_class"], path["steps"]) == (12, "class-3", 20)
    for form in ("gif", "webp"):
        assert Image.open(unpacked(path_panel.SAVERS[form](walked))).n_frames == 20
    with av.open(unpacked(path_panel.SAVERS["mp4"](walked))) as video:
        assert len(list(video.decode(video=0))) == 20
    strip = unpacked(path_panel.strip_file(walked)).read()
    assert Image.open(io.BytesIO(strip)).size == (20 * 28, 28) and json.loads(images.png_text(strip)) == path


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


def upload(name, content):
    path = uploads.folder() / name
    path.write_bytes(content)
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_an_image_is_inverted_and_no_image_is_refused(lab, photo, monkeypatch):
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    *_, last = invert_panel.invert(upload("photo.png", buffer.getvalue()), GAN)
    assert "200 of 200" in last["bar"] and "Wanted" in last["compare"] and json.loads(last["found"])["count"] == 1
    for file in (upload("no.png", b"no image"), None, {"path": "/etc/passwd"}):
        with pytest.raises(gr.Error) as caught:
            next(invert_panel.invert(file, GAN))
        assert text.say("server_error") not in str(caught.value)
