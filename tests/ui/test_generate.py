"""Generate's handlers: what they show, what they remember, what they say."""

import base64
import io
import json
import re
import zipfile
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from starlette.datastructures import QueryParams

import genclass
from genclass import images
from genclass.recipe import Recipe, encode_latent
from genclass.ui import axes, generate, guiding, inverting, latents, saving, sheet, text, uploads, walking

GAN = "fashion-mnist-gan"


def values(model=GAN, class_name="", mix_with="", share=0.5, seed=7, count=4, truncation=1, kept=None, moved=None):
    """What the controls send; ``moved`` by direction id."""
    moved = moved or {}
    sliders = [moved.get(f"d{index + 1}", 0) for index in range(axes.COUNT)]
    sliders += [moved.get(f"z{index}", 0) for index in range(latents.SLIDERS)]
    return [model, class_name, mix_with, share, seed, count, truncation, kept or {}, *sliders]


def redrawn(**changes):
    """(picture, recipe as a dict, query string)."""
    picture, recipe, query, _ = sheet.redraw(*values(**changes))
    return picture, json.loads(recipe), query


def decoded(picture):
    """(pixels, carried text) of the first picture in a piece of HTML."""
    found = base64.b64decode(re.search('base64,([^"]+)', picture)[1])
    return np.asarray(Image.open(io.BytesIO(found))), found


def test_the_sheet_holds_the_pixels_of_its_recipe(lab):
    picture, recipe, _ = redrawn(moved={"z3": 1.5, "d1": -2})
    pixels, png = decoded(picture)
    assert np.array_equal(pixels, images.sheet(genclass.load(GAN).sample(recipe), 2)[:, :, 0])
    assert json.loads(images.png_text(png)) == recipe and recipe["directions"] == {"d1": -2.0, "z3": 1.5}


def test_a_link_restores_the_recipe(lab):
    _, recipe, query = redrawn(class_name="class-2", truncation=0.5, moved={"z0": -1.25, "z19": 2, "d3": 0.05})
    assert Recipe.from_link(query).to_dict() == recipe


def opened(query):
    """The recipe with which the page opens by a link."""
    updates = generate.open_page(SimpleNamespace(query_params=QueryParams(query)))
    return json.loads(updates[-3])


def test_the_page_opens_with_the_recipe_of_its_address(lab):
    recipe = opened("model=plain-gan&seed=5&count=3&direction=z2:1.5&direction=d1:-1&__theme=dark&utm_source=x")
    assert (recipe["model"], recipe["seed"], recipe["count"]) == ("plain-gan", 5, 3)
    assert recipe["directions"] == {"z2": 1.5, "d1": -1.0}


@pytest.mark.parametrize("query", ["", "model=nope", "model=plain-gan&seed=abc", "model=plain-gan&count=65", "seed=3",
                                   "model=plain-gan&direction=z0", "model=plain-gan&sha256=" + "0" * 64,
                                   "model=plain-gan&steps=5", "model=plain-gan&direction=d99:1"])  # fmt: skip
def test_an_address_that_names_nothing_opens_the_first_model(lab, query):
    assert opened(query)["model"] == GAN


def test_what_no_control_shows_is_kept(lab):
    assert redrawn(kept={"directions": {"z1": 7.5}}, moved={"z0": 1})[1]["directions"] == {"z1": 7.5, "z0": 1.0}


def test_two_classes_are_mixed_by_a_slider(lab):
    recipe = redrawn(class_name="class-1", mix_with="class-4", share=0.25)[1]
    assert recipe["mix"] == {"class-1": 0.75, "class-4": 0.25} and recipe["class"] is None
    shown = generate.show(Recipe.from_dict(recipe))
    assert (shown[1]["value"], shown[2]["value"], shown[3]["value"]) == ("class-1", "class-4", 0.25)
    assert "mix" not in shown[7]


@pytest.mark.parametrize(
    "change",
    [{"share": share} for share in (float("nan"), "half", True, None, 7)]
    + [{"kept": {"directions": 5}}, {"kept": {"latent": 5}}, {"moved": {"d1": float("nan")}}, {"moved": {"d2": "x"}},
       {"moved": {"d1": float("inf")}}, {"moved": {"z0": 99}}, {"mix_with": "zebra"}, {"class_name": 5}],
)  # fmt: skip
def test_bad_values_are_refused_in_a_sentence(lab, change):
    with pytest.raises(gr.Error) as caught:
        sheet.redraw(*values(**{"class_name": "class-1", "mix_with": "class-2", **change}))
    assert text.say("server_error") not in str(caught.value)


def test_a_half_typed_seed_changes_nothing(lab):
    assert sheet.follow(0, *values(seed=None)) == [gr.skip()] * 4
    assert all(update == gr.skip() for update in generate.fresh_seed(*values(seed=None)))


def test_another_model_keeps_the_seed_and_lets_go_of_the_class(lab):
    updates = generate.change_model(*values("plain-gan", "class-2", seed=99, moved={"z0": 1}))
    recipe = json.loads(updates[-3])
    assert (recipe["seed"], recipe["class"], recipe["directions"]) == (99, None, {})
    assert updates[1]["visible"] is False and updates[2]["visible"] is False


def test_another_seed_lets_go_of_a_given_latent(lab):
    latent = encode_latent(np.zeros(20, np.float32))
    assert redrawn(kept={"latent": latent})[1]["latent"] == latent
    assert "latent" not in json.loads(generate.fresh_seed(*values(kept={"latent": latent}))[-3])


def test_a_large_sheet_follows_by_its_chosen_image(lab):
    picture, recipe, _, tile = sheet.follow(20, *values(count=25, moved={"d1": 1}))
    assert picture == gr.skip()
    pixels, _ = decoded(f'"{tile}"')
    drawn = genclass.load(GAN).sample(json.loads(recipe))[20, :, :, 0]
    assert np.abs(pixels.astype(int) - drawn).max() <= 1
    whole, gone, *_ = sheet.rest(recipe, 20, tile)
    assert np.array_equal(decoded(whole)[0], images.sheet(genclass.load(GAN).sample(json.loads(recipe)), 5)[:, :, 0])
    assert gone == ""


@pytest.mark.parametrize("chosen", [-1, 99, None, "x", True, float("nan"), 1.5])
def test_any_chosen_image_is_survived(lab, chosen):
    assert 0 <= sheet.chosen_of(chosen, 4) < 4


def test_a_strip_shows_what_its_direction_does_to_the_chosen_image(lab):
    _, recipe, _ = redrawn(moved={"d2": 1})
    _, _, *strips = sheet.rest(json.dumps(recipe), 2, "")
    pixels, _ = decoded(strips[1])
    assert len(strips) == axes.COUNT and pixels.shape == (28, 7 * 28)
    sampler = genclass.load(GAN)
    for place, sigma in ((0, -3), (4, 1), (6, 3)):
        moved = sampler.sample({**recipe, "directions": {"d2": sigma}})[2, :, :, 0]
        assert np.abs(pixels[:, place * 28 : place * 28 + 28].astype(int) - moved).max() <= 1


def test_images_are_judged_by_classifier_discriminator_and_neighbour(lab):
    _, recipe, _ = redrawn()
    words, card = sheet.judge(json.dumps(recipe), 1)
    assert re.search(r"fashion-mnist-airnet sees the asked class in \d of 4 images", words)
    assert words.count("<span") == 4 and "real " in words
    assert "Image 2 of 4, seed 8" in card and "holds it for real by" in card
    assert re.search(r"Searched (60,000|5,000) of the \d+,000 training images", card)


def test_without_judges_the_page_says_so(lab):
    _, recipe, _ = redrawn(model="plain-gan")
    words, card = sheet.judge(json.dumps(recipe), 0)
    assert "There is no classifier of plain" in words and "not on this machine" in card


@pytest.mark.parametrize("recipe", [None, 5, "", "[]", '{"model": "nope"}', '{"model": "plain-gan", "colour": 1}'])
def test_what_is_no_recipe_is_refused_by_every_handler(lab, recipe):
    for call in (
        lambda: sheet.judge(recipe, 0), lambda: sheet.rest(recipe, 0, ""), lambda: generate.send(recipe, 0),
        lambda: saving.zip_file(recipe), lambda: next(walking.walk(recipe, 1, "", 5)),
        lambda: next(guiding.guide(recipe, "abc-airnet", "a", "climb")),
    ):  # fmt: skip
        with pytest.raises(gr.Error) as caught:
            call()
        assert text.say("server_error") not in str(caught.value)


def test_an_image_is_sent_to_classify(lab):
    _, recipe, _ = redrawn(class_name="class-5")
    tabs, path = generate.send(json.dumps(recipe), 3)
    own = Recipe.from_json(images.png_text(path))
    assert tabs.selected == "classify" and (own.seed, own.count, own.class_name) == (10, 1, "class-5")


def unpacked(file):
    return io.BytesIO(base64.b64decode(file["url"].partition("base64,")[2]))


def test_downloads_hold_single_images_and_arrays(lab):
    _, recipe, _ = redrawn()
    drawn = genclass.load(GAN).sample(recipe)
    with zipfile.ZipFile(unpacked(saving.zip_file(json.dumps(recipe)))) as archive:
        pixels = [np.asarray(Image.open(archive.open(name))) for name in archive.namelist()]
    assert np.array_equal(np.stack(pixels), drawn[..., 0])
    with np.load(unpacked(saving.npz_file(json.dumps(recipe)))) as arrays:
        assert np.array_equal(arrays["images"], drawn) and arrays["labels"].tolist() == [7, 8, 9, 0]


def test_a_path_is_walked_with_progress_and_moves(lab):
    _, recipe, _ = redrawn(class_name="class-1")
    *reports, (bar, shown, walked) = walking.walk(json.dumps(recipe), 12, "class-3", 20)
    assert len(reports) == 3 and "20 of 20" in bar and shown.count("<img") == 2
    path = json.loads(walked)
    assert (path["to_seed"], path["to_class"], path["steps"]) == (12, "class-3", 20)
    for form in ("gif", "webp"):
        assert Image.open(unpacked(walking.SAVERS[form](walked))).n_frames == 20
    strip = unpacked(walking.strip_file(walked)).read()
    assert Image.open(io.BytesIO(strip)).size == (20 * 28, 28) and json.loads(images.png_text(strip)) == path


@pytest.mark.parametrize("asked", [(None, "", 5), (-1, "", 5), (3, "zebra", 5), (3, "", 1), (3, "", "x"), (3, 5, 5)])
def test_a_bad_path_is_refused(lab, asked):
    _, recipe, _ = redrawn()
    with pytest.raises(gr.Error) as caught:
        list(walking.walk(json.dumps(recipe), *asked))
    assert text.say("server_error") not in str(caught.value)


@pytest.mark.parametrize("method", ["climb", "best"])
def test_guidance_shows_before_and_after(lab, method):
    _, recipe, _ = redrawn(model="plain-gan", count=2)
    *_, (bar, sides, button, found) = guiding.guide(json.dumps(recipe), "fashion-mnist-airnet", "class-3", method)
    assert "Before" in sides and "After" in sides and sides.count("fashion-mnist-airnet, which leads") == 2
    assert button["visible"] and "% sure" in bar
    shown = generate.show(Recipe.from_json(found))
    assert json.loads(shown[-3])["latent"] and shown[7]["latent"]


@pytest.mark.parametrize(
    "asked", [("nope", "a", "climb"), ("abc-airnet", "zebra", "climb"), ("abc-airnet", "a", "fly")]
)
def test_bad_guidance_is_refused(lab, asked):
    _, recipe, _ = redrawn()
    with pytest.raises(gr.Error) as caught:
        next(guiding.guide(json.dumps(recipe), *asked))
    assert text.say("server_error") not in str(caught.value)


def upload(name, content):
    path = uploads.folder() / name
    path.write_bytes(content)
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_an_image_is_inverted_and_no_image_is_refused(lab, photo, monkeypatch):
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    *_, (bar, sides, _, found) = inverting.invert(upload("photo.png", buffer.getvalue()), GAN)
    assert "200 of 200" in bar and "Wanted" in sides and json.loads(found)["count"] == 1
    for file in (upload("no.png", b"no image"), None, {"path": "/etc/passwd"}):
        with pytest.raises(gr.Error) as caught:
            next(inverting.invert(file, GAN))
        assert text.say("server_error") not in str(caught.value)
