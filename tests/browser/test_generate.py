"""Generate, as a visitor uses it."""

import base64
import io
import json
import re
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import genclass
from genclass.analysis import guidance
from genclass.errors import GenClassError
from genclass.files import carried, decode
from genclass.ui.common import draw_pace
from genclass.ui.generate import guide_panel, sheet
from tests.browser.helpers import open_at

SLIDER = "#direction-d1 input[type=range]"


def picture(page):
    return page.locator("#generate-picture img").get_attribute("src")


def other_picture(page, before):
    """The picture's address once it is another one."""
    page.wait_for_function("before => document.querySelector('#generate-picture img')?.src !== before", arg=before)
    return picture(page)


@pytest.fixture(autouse=True)
def unfolded(page):
    unfold(page)


def unfold(page):
    """Open the recipe, which is folded."""
    fold = page.locator("#recipe-fold > button")
    if "open" not in fold.get_attribute("class").split():
        fold.click()
    page.locator("#generate-recipe .cm-content").wait_for()


def recipe(page):
    unfold(page)
    return json.loads(page.locator("#generate-recipe .cm-content").inner_text().replace("\n", ""))


def press(page, key, times):
    for _ in range(times):
        page.keyboard.press(key)


def rested(page):
    """Wait until the picture, its recipe, its link and its strips have come to rest."""
    page.locator("#strip-d8 img").wait_for()
    page.locator("#generate-card .gc-card").wait_for()
    seen, now = None, (picture(page), recipe(page), page.url)
    while now != seen:
        page.wait_for_timeout(2000)
        seen, now = now, (picture(page), recipe(page), page.url)


def painted(page):
    """Wait until all that has happened so far can be seen: no hand is quicker than that."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def told(page, words):
    """Wait until the recipe holds the words."""
    unfold(page)
    page.wait_for_function(
        "words => document.querySelector('#generate-recipe .cm-content').innerText.includes(words)", arg=words
    )


def test_the_page_opens_with_a_picture_and_a_second_opinion(page):
    assert picture(page).startswith("data:image/png;base64,")
    expect(page.locator("#generate-verdict .gc-verdicts span")).to_have_count(16)
    expect(page.locator("#generate-link input, #generate-link textarea").first).to_have_value(re.compile(r"\?model="))


def test_the_arrow_keys_move_a_direction_and_back(page):
    before = picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 8)
    moved = other_picture(page, before)
    page.wait_for_function("() => document.querySelector('#generate-recipe .cm-content').innerText.includes('0.4')")
    press(page, "ArrowLeft", 8)
    page.wait_for_function("() => !document.querySelector('#generate-recipe .cm-content').innerText.includes('d1')")
    assert moved != before and recipe(page)["directions"] == {}


def test_a_link_opens_the_same_picture_with_its_sliders(page):
    page.locator(SLIDER).focus()
    before = picture(page)
    press(page, "ArrowRight", 5)
    other_picture(page, before)
    told(page, '"d1": 0.25')
    rested(page)
    shown = picture(page)
    open_at(page, page.url)
    page.locator("#generate-picture img").wait_for()
    assert picture(page) == shown
    expect(page.locator(SLIDER)).to_have_value("0.25")


def test_the_dice_draws_other_images(page):
    before = picture(page)
    page.locator("#generate-dice").click()
    other_picture(page, before)
    page.wait_for_function("() => !document.querySelector('#generate-recipe').innerText.includes('\"seed\": 0,')")
    expect(page).to_have_url(re.compile(f"seed={recipe(page)['seed']}"))


def test_the_mouse_drags_a_slider_and_the_picture_follows_while_it_is_held(page):
    rested(page)  # what comes in after the first picture moves the sliders by some pixels
    page.locator("#strip-d8 img").wait_for()
    page.locator(SLIDER).hover()  # once it stands still
    before, box = picture(page), page.locator(SLIDER).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=5)
    held = other_picture(page, before)  # the button is still down
    page.mouse.move(box["x"] + box["width"] * 0.95, middle, steps=5)
    other_picture(page, held)
    page.mouse.up()
    told(page, f'"d1": {float(page.locator(SLIDER).input_value())}')
    rested(page)
    assert recipe(page)["directions"]["d1"] == float(page.locator(SLIDER).input_value()) > 2


@pytest.mark.parametrize("reset", ["#reset-d1", "#generate-reset"])
def test_the_sliders_rest_again_after_a_reset(page, reset):
    before = picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 3)
    moved = other_picture(page, before)
    page.locator(reset).click()
    other_picture(page, moved)
    expect(page.locator(SLIDER)).to_have_value("0")
    rested(page)
    assert recipe(page)["directions"] == {}


def turn(page, pages):
    page.locator("#raw-pages input").click()
    page.get_by_role("option", name=pages).click()


def test_every_raw_dimension_of_the_model_can_be_reached(page):
    page.get_by_text("Expert: every raw dimension of z").click()
    expect(page.locator("#latent-16")).to_have_count(0)
    slider, before = page.locator("#latent-3 input[type=range]"), picture(page)
    turn(page, "z16–z19")
    expect(page.locator("#latent-3")).to_contain_text("z19")
    expect(page.locator("#latent-4")).to_have_count(0)
    slider.focus()
    press(page, "ArrowLeft", 5)
    other_picture(page, before)
    told(page, '"z19": -0.25')
    for pages, value in (("z0–z15", "0"), ("z16–z19", "-0.25")):
        turn(page, pages)
        expect(slider).to_have_value(value)


def test_a_list_that_is_left_without_a_choice_changes_nothing(page):
    rested(page)
    asked, before = [], picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 5)
    other_picture(page, before)
    rested(page)
    page.on("request", lambda request: "queue/join" in request.url and asked.append(json.loads(request.post_data)))
    for box in ("#generate-model input", "#generate-class input"):
        page.locator(box).click()
        page.locator("#generate-seed input").click()
        page.locator(box).focus()
        page.keyboard.type("no such thing")
        page.keyboard.press("Tab")
    page.wait_for_timeout(2000)
    expect(page.locator(SLIDER)).to_have_value("0.25")
    assert page.locator("#generate-model input").input_value() == "fashion-mnist-gan"
    assert [event for event in asked if "fashion-mnist-gan" in json.dumps(event["data"])] == []


def test_a_choice_is_asked_for_once_by_mouse_and_by_keyboard(page):
    rested(page)
    asked = []
    page.on("request", lambda request: "queue/join" in request.url and asked.append(json.loads(request.post_data)))
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="class-3").click()
    told(page, "class-3")
    rested(page)
    page.locator("#generate-class input").focus()
    painted(page)
    press(page, "ArrowDown", 1)
    painted(page)  # Gradio moves its mark a moment after the key
    page.keyboard.press("Enter")
    told(page, "class-4")
    rested(page)
    page.locator("#generate-class input").fill("ss-7")
    page.keyboard.press("Enter")
    told(page, "class-7")
    rested(page)
    mixing = [event["data"] for event in asked if str(event["data"][0]).startswith("class-")]
    assert mixing == [["class-3", ""], ["class-4", ""], ["class-7", ""]]


def test_a_direction_keeps_the_visitors_name_for_it(page):
    rested(page)
    page.locator("#label-d2 input, #label-d2 textarea").first.fill("sleeves")
    page.wait_for_timeout(800)
    open_at(page, page.url)
    expect(page.locator("#label-d2 input, #label-d2 textarea").first).to_have_value("sleeves")
    expect(page.locator("#label-d1 input, #label-d1 textarea").first).not_to_have_value("sleeves")


def test_a_dropped_picture_restores_every_control(page, tmp_path):
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="class-3").click()
    page.locator("#generate-seed input").fill("41")
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 5)
    for words in ("class-3", '"seed": 41', '"d1": 0.25'):
        told(page, words)
    rested(page)
    shown, made = picture(page), recipe(page)
    with page.expect_download() as download:
        page.locator("#generate-download").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    open_at(page, page.url.split("?")[0])
    rested(page)
    other = picture(page)
    page.locator("#generate-drop input[type=file]").set_input_files(tmp_path / download.value.suggested_filename)
    other_picture(page, other)
    rested(page)
    assert picture(page) == shown and recipe(page) == made
    expect(page.locator(SLIDER)).to_have_value("0.25")
    expect(page.locator("#generate-seed input")).to_have_value("41")
    expect(page.locator("#generate-class input")).to_have_value("class-3")


# Whether the browser, which would open the file in the page's place, leaves it alone.
DROP = """source => {
  const bytes = Uint8Array.from(atob(source.split(",")[1]), letter => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "saved.png", {type: "image/png"}));
  const target = document.querySelector("#generate-picture");
  return ["dragover", "drop"].every((type) =>
    !target.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true})));
}"""


def test_a_picture_may_be_dropped_anywhere_on_the_page(page):
    page.locator("#generate-seed input").fill("43")
    page.wait_for_url(re.compile("seed=43"))
    rested(page)
    shown = picture(page)
    page.locator("#generate-dice").click()
    other = other_picture(page, shown)
    assert page.evaluate(DROP, shown)
    assert other_picture(page, other) == shown
    expect(page.locator("#generate-seed input")).to_have_value("43")


def test_a_dropped_picture_without_a_recipe_is_refused(page, photo, tmp_path):
    photo.save(tmp_path / "photo.png")
    before = picture(page)
    page.locator("#generate-drop input[type=file]").set_input_files(tmp_path / "photo.png")
    expect(page.locator(".toast-body").first).to_contain_text("carries no recipe")
    assert picture(page) == before


@pytest.mark.opens("?model=fashion-mnist-gan&count=36")
def test_where_time_is_short_the_chosen_image_follows_and_the_rest_comes_later(page, monkeypatch):
    monkeypatch.setattr(draw_pace, "BUDGET", 0)
    rested(page)
    page.locator("#generate-picture .gc-frame").click(position={"x": 5, "y": 5})
    before = picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 4)
    tile = "() => document.querySelector('#generate-picture').style.getPropertyValue('--tile').startsWith('url(data')"
    page.wait_for_function(tile)
    other_picture(page, before)


def test_a_chosen_image_is_sent_to_classify(page):
    page.locator("#tab-classify-button").click()
    page.locator("#classify-many-button").click()  # where an image alone would not be seen
    page.locator("#tab-generate-button").click()
    rested(page)
    page.locator("#generate-send").click()
    expect(page.locator("#tab-classify")).to_be_visible()
    expect(page.locator("#classify-image img").first).to_be_visible()


def test_the_zip_holds_single_images(page):
    with page.expect_download() as download:
        page.locator("#generate-zip").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 16


def test_the_arrays_are_downloaded(page):
    with page.expect_download() as download:
        page.locator("#generate-npz").click()
    with np.load(download.value.path()) as arrays:
        assert arrays["images"].shape == (16, 28, 28, 1)


PRESS_STOP = """() => {
  const stop = document.querySelector("#guide-stop");
  const ready = !stop.disabled && !document.querySelector("#guide-bar").innerText.includes("40 of 40");
  if (ready) stop.click();
  return ready;
}"""

# All controls show a recipe that was found, and none is on its way.
ADOPTED = "() => genclass.late === null && genclass.recipe.includes('latent')"


def slow_climb(*args, **options):
    """A search that goes on until it is stopped, however busy the browser is."""
    for report in guidance.climb(*args, **options):
        time.sleep(0.5)
        yield report


def test_guidance_shows_its_result_on_the_sheet_with_a_way_back_and_can_be_stopped(page, monkeypatch):
    rested(page)
    began = picture(page)
    page.locator("#tool-guide-button").click()
    expect(page.locator("#guide-stop")).to_be_disabled()
    page.locator("#guide-go").click()
    expect(page.locator("#guide-bar")).to_contain_text("40 of 40")
    expect(page.locator("#guide-stop")).to_be_disabled()
    expect(page.locator("#generate-held")).to_contain_text("given latents")
    led = picture(page)
    page.locator("#guide-back").click()
    assert led != began == other_picture(page, led)
    page.locator("#guide-take").click()
    assert other_picture(page, began) == led
    page.wait_for_function(ADOPTED)  # or it would end the search that is about to begin
    monkeypatch.setitem(guide_panel.SEARCH, "climb", slow_climb)
    page.locator("#guide-go").click()
    expect(page.locator("body")).to_have_class(re.compile("gc-stale"))  # what is said is of the sheet before
    page.wait_for_function(PRESS_STOP, polling=20)
    expect(page.locator("#guide-bar")).to_contain_text("Stopped.")
    expect(page.locator("body")).not_to_have_class(re.compile("gc-stale"))
    expect(page.locator("#generate-held")).to_contain_text("given latents")
    page.locator("#generate-free").click()
    page.wait_for_function("() => !document.querySelector('#generate-recipe .cm-content').innerText.includes('latent')")


def test_while_a_search_runs_what_it_would_overwrite_cannot_be_used(page, monkeypatch):
    rested(page)
    monkeypatch.setitem(guide_panel.SEARCH, "climb", slow_climb)
    held = lambda: page.locator(SLIDER).evaluate("slider => Boolean(slider.closest('[inert]'))")
    page.locator("#tool-guide-button").click()
    page.locator("#guide-go").click()
    page.locator("#guide-bar .gc-run").wait_for()
    for part in ("#generate-seed", "#generate-count", "#generate-download", "#generate-keep"):
        assert page.locator(part).evaluate("part => Boolean(part.closest('[inert]'))"), part
    assert held() and page.locator("#guide-back").count() == 0
    page.locator("#tool-walk-button").click()
    page.locator("#walk-go").click()
    page.locator("#tool-axes-button").click()
    expect(page.locator("#guide-bar")).to_be_visible()  # what the sliders wait for
    expect(page.locator("#walk-bar")).to_have_text("")
    page.locator("#tool-guide-button").click()
    expect(page.locator("#guide-bar")).to_contain_text("of 40")
    page.wait_for_function(PRESS_STOP, polling=20)
    page.locator("#guide-back").wait_for()
    page.wait_for_function("() => !document.querySelector('[inert]')")
    assert not held()


SHOWS = "([src, same]) => (document.querySelector('#generate-picture img').src === src) === same"


@pytest.mark.parametrize(("way", "seed"), [("a picture is dropped", 0), ("an experiment is opened", 7)])
def test_another_recipe_that_is_opened_stops_a_search_and_stays(page, monkeypatch, way, seed):
    rested(page)
    began = picture(page)
    monkeypatch.setitem(guide_panel.SEARCH, "climb", slow_climb)
    page.locator("#tool-guide-button").click()
    page.locator("#guide-go").click()
    page.locator("#guide-bar .gc-run").wait_for()
    other_picture(page, began)  # what the search has found
    if way == "a picture is dropped":
        assert page.evaluate(DROP, began)
    else:
        page.locator("#tab-learn-button").click()
        page.locator("#try-sheet").click()
    expect(page.locator("#guide-stop")).to_be_disabled()
    expect(page.locator("#guide-bar")).to_have_text("")  # of what was found nothing is left
    page.locator("#tool-axes-button").click()
    page.wait_for_function("seed => JSON.parse(genclass.recipe).seed === seed", arg=seed)  # it may come after that
    rested(page)
    page.wait_for_function(SHOWS, arg=[began, seed == 0])
    assert "latent" not in recipe(page) and recipe(page)["seed"] == seed
    page.wait_for_function("() => !document.querySelector('[inert]')")


def test_guidance_aims_at_the_class_that_was_chosen(page):
    rested(page)
    page.locator("#tool-guide-button").click()
    expect(page.locator("#guide-class input")).to_have_value("class-0")
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="class-3").click()
    expect(page.locator("#guide-class input")).to_have_value("class-3")


FIRST_SEED_THEN_COUNT = """() => {
  for (const [name, value] of [["seed", 5], ["count", 4]]) {
    const field = document.querySelector(`#generate-${name} input[type=number]`);
    field.value = value;
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }
}"""
SHOWS_FOUR = "() => document.querySelector('#generate-picture figure').dataset.count === '4'"


def expect_four_of_seed_five(page):
    page.wait_for_function(SHOWS_FOUR)
    page.wait_for_url(re.compile("seed=5.*count=4"))
    rested(page)
    expected = genclass.load("fashion-mnist-gan").sample(recipe(page))
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture(page).split(",")[1]))).convert("L"))
    assert len(expected) == 4 and (drawn[:28, :28] == expected[0, :, :, 0]).all()


def test_two_inputs_in_one_moment_are_both_drawn(page):
    rested(page)
    page.evaluate(FIRST_SEED_THEN_COUNT)
    expect_four_of_seed_five(page)


def test_what_was_asked_for_while_a_drawing_failed_is_drawn(page, monkeypatch):
    rested(page)
    real, failed = sheet.figure, []

    def fail_once(*args):
        if failed:
            return real(*args)
        failed.append(True)
        time.sleep(1)
        raise GenClassError("unknown_model", name="x", choices="")

    monkeypatch.setattr(sheet, "figure", fail_once)
    page.locator("#generate-count input[type=number]").fill("9")
    page.wait_for_timeout(300)
    page.evaluate(FIRST_SEED_THEN_COUNT)
    expect_four_of_seed_five(page)


def test_what_is_typed_while_another_model_is_on_its_way_holds_for_that(page):
    rested(page)
    page.route("**/queue/join*", lambda route: (time.sleep(0.5), route.continue_()))
    page.locator("#generate-model input").click()
    page.get_by_role("option", name="plain-gan").click()
    page.wait_for_function("() => genclass.late")
    page.evaluate(FIRST_SEED_THEN_COUNT)
    page.wait_for_url(re.compile("model=plain-gan.*seed=5&count=4"))
    page.wait_for_function(SHOWS_FOUR)
    expect(page.locator("#generate-count input[type=number]")).to_have_value("4")


def test_the_chosen_image_is_saved_alone(page):
    rested(page)
    page.locator("#generate-picture .gc-frame").click(position={"x": 5, "y": 5})
    with page.expect_download() as download:
        page.locator("#generate-keep").click()
    kept = json.loads(carried.text(download.value.path()))
    assert (kept["seed"], kept["count"]) == (0, 1) and download.value.suggested_filename == "fashion-mnist-gan-0.png"


def test_a_model_without_classes_has_no_class_control(page):
    page.locator("#generate-model input").click()
    before = picture(page)
    page.get_by_role("option", name="plain-gan").click()
    other_picture(page, before)
    expect(page.locator("#generate-class")).to_have_count(0)


def test_the_download_carries_the_recipe(page):
    with page.expect_download() as download:
        page.locator("#generate-download").click()
    assert download.value.suggested_filename.endswith(".png")
    assert json.loads(carried.text(download.value.path())) == recipe(page)


def test_what_can_be_no_seed_is_told_by_the_field_and_the_picture_stays(page):
    before = picture(page)
    field = page.locator("#generate-seed input")
    for wrong in ("-5", "99999999999999", "1.5"):
        field.fill(wrong)
        page.wait_for_timeout(600)
        assert field.evaluate("field => field.validationMessage") != ""
    field.blur()
    expect(field).to_have_value("0")
    assert picture(page) == before and page.locator(".toast-body").count() == 0
    field.fill("5")
    other_picture(page, before)


def test_the_copied_link_names_the_picture_that_is_asked_for(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#generate-card .gc-card").wait_for()
    expect(page.locator("body")).not_to_have_class(re.compile("gc-stale"))
    page.route("**/queue/join*", lambda route: (time.sleep(0.5), route.continue_()))  # the server takes its time
    page.locator("#generate-seed input").fill("42")
    page.locator("[data-copied]").click()
    expect(page.locator("body")).to_have_class(re.compile("gc-stale"))  # what is said below is of the picture before
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('seed=42'))")
    expect(page.locator("body")).not_to_have_class(re.compile("gc-stale"))
    expect(page.locator("#generate-card")).to_contain_text("seed 42")


def test_a_class_is_chosen(page):
    before = picture(page)
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="class-3").click()
    other_picture(page, before)
    told(page, '"class": "class-3"')


def test_one_of_each_class_says_their_names_and_how_many_is_no_choice(page):
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="all (one of each)").click()
    expect(page.locator("#generate-picture .gc-tiles span")).to_have_count(10)
    pictures = page.locator("#generate-picture .gc-tiles span").evaluate_all(
        "tiles => tiles.map((tile) => getComputedStyle(tile, '::before').backgroundImage)"
    )
    assert all("url(" in picture for picture in pictures)
    expect(page.locator("#generate-count input[type=range]")).to_be_disabled()
    rested(page)
    page.locator("#generate-picture .gc-frame").click(position={"x": 5, "y": 5})
    expect(page.locator("#generate-card")).to_contain_text("Image 1 of 10")


def test_one_of_each_class_is_saved_as_it_is_shown_and_comes_back(page):
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="all (one of each)").click()
    page.locator("#generate-picture .gc-tiles span").last.wait_for()
    rested(page)
    with page.expect_download() as download:
        page.locator("#generate-download").click()
    assert json.loads(carried.text(download.value.path())) == recipe(page)
    saved, side, line, columns = decode.decode(download.value.path()), 532, 89, 5  # 28 pixels nineteen times
    assert saved.size == (columns * side, 2 * (side + line))
    pixels, drawn = np.asarray(saved.convert("L")), genclass.load("fashion-mnist-gan").sample(recipe(page))
    for place in range(10):
        top, left = place // columns * (side + line), place % columns * side
        assert (pixels[top : top + side : 19, left : left + side : 19] == drawn[place, :, :, 0]).all()
        words = pixels[top + side : top + side + line, left : left + side]
        assert words.min() < 100 and words.max() == 255


def test_a_path_moves_on_the_sheet_and_leads_back(page):
    rested(page)
    before = picture(page)
    page.locator("#tool-walk-button").click()
    page.locator("#walk-go").click()
    page.wait_for_function("document.querySelector('#generate-picture img').src.startsWith('data:image/webp')")
    page.locator("#walk-back").click()
    page.wait_for_function("before => document.querySelector('#generate-picture img').src === before", arg=before)
    expect(page.locator("#walk-back")).to_have_count(0)
