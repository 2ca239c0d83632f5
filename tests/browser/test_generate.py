"""Generate, as a visitor uses it."""

import json
import re

from playwright.sync_api import expect

from genclass import images

SLIDER = "#latent-0 input[type=range]"


def picture(page):
    return page.locator("#generate-picture img").get_attribute("src")


def other_picture(page, before):
    """The picture's address once it is another one."""
    page.wait_for_function("before => document.querySelector('#generate-picture img')?.src !== before", arg=before)
    return picture(page)


def recipe(page):
    return json.loads(page.locator("#generate-recipe .cm-content").inner_text().replace("\n", ""))


def press(page, key, times):
    for _ in range(times):
        page.keyboard.press(key)


def test_the_page_opens_with_a_picture_and_a_second_opinion(page):
    assert picture(page).startswith("data:image/png;base64,")
    expect(page.locator("#generate-verdict .gc-verdicts span")).to_have_count(16)
    expect(page.locator("#generate-link input, #generate-link textarea").first).to_have_value(re.compile(r"\?model="))


def test_the_arrow_keys_move_a_latent_and_back(page):
    before = picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 8)
    moved = other_picture(page, before)
    page.wait_for_function("() => document.querySelector('#generate-recipe .cm-content').innerText.includes('0.4')")
    press(page, "ArrowLeft", 8)
    page.wait_for_function("() => !document.querySelector('#generate-recipe .cm-content').innerText.includes('z0')")
    assert moved != before and recipe(page)["directions"] == {}


def test_a_link_opens_the_same_picture_with_its_sliders(page):
    page.locator(SLIDER).focus()
    before = picture(page)
    press(page, "ArrowRight", 5)
    other_picture(page, before)
    page.wait_for_url(re.compile(r"direction=z0"))
    page.wait_for_timeout(1000)
    shown = picture(page)
    page.reload()
    page.locator("#generate-picture img").wait_for()
    assert picture(page) == shown
    expect(page.locator(SLIDER)).to_have_value("0.25")


def test_the_dice_draws_other_images(page):
    before = picture(page)
    page.locator("#generate-dice").click()
    other_picture(page, before)
    assert recipe(page)["seed"] != 0


def test_the_sliders_rest_again_after_a_reset(page):
    before = picture(page)
    page.locator(SLIDER).focus()
    press(page, "ArrowRight", 3)
    moved = other_picture(page, before)
    page.locator("#latent-reset").click()
    other_picture(page, moved)
    expect(page.locator(SLIDER)).to_have_value("0")


def test_every_dimension_of_the_model_can_be_reached(page):
    expect(page.locator("#latent-16")).to_have_count(0)
    page.locator("#latent-pages input").click()
    page.get_by_role("option", name="z16–z19").click()
    expect(page.locator("#latent-19 input[type=range]")).to_be_visible()
    expect(page.locator("#latent-20")).to_have_count(0)


def test_the_download_carries_the_recipe(page):
    with page.expect_download() as download:
        page.locator("#generate-download").click()
    assert download.value.suggested_filename.endswith(".png")
    assert json.loads(images.png_text(download.value.path())) == recipe(page)


def test_a_wrong_seed_is_told_and_the_picture_stays(page):
    before = picture(page)
    field = page.locator("#generate-seed input")
    field.fill("-5")
    expect(page.locator(".toast-body").first).to_contain_text("seed must be between 0 and 4294967295.")
    assert picture(page) == before
    field.fill("5")
    other_picture(page, before)


def test_a_class_is_chosen(page):
    before = picture(page)
    page.locator("#generate-class input").click()
    page.get_by_role("option", name="class-3").click()
    other_picture(page, before)
    assert recipe(page)["class"] == "class-3"


def test_the_page_is_not_wider_than_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
