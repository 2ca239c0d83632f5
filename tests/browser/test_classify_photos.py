"""Classify with a model of photos at 224×224: every panel is filled, and follows a change of the model."""

import re
import shutil
import threading

import pytest
from playwright.sync_api import expect

from genclass import paths
from genclass.ui.classify import tab as classify_tab
from tests.browser.helpers import open_at
from tests.stand_ins import config_of, save_network

NAME, CLASSES = "of-photos", [f"kind-{index}" for index in range(40)]
SIZES = "parts => parts.map(part => part.naturalWidth)"


@pytest.fixture(scope="module")
def of_photos(lab):
    """The name of an untrained network at 224×224, sure of nothing, whose training images are nowhere."""
    config = config_of("classifier", {"name": "timm", "model": "mobilenetv3_small_100"}, CLASSES, size=224, name=NAME)
    save_network(paths.SHIPPED, NAME, config | {"unsure": {"probability": 0.5}})
    yield NAME
    shutil.rmtree(paths.SHIPPED / NAME)


@pytest.fixture
def dropped(of_photos, page, lab, photo, tmp_path):
    """A page that its link opens, on which an image is dropped at once."""
    open_at(page, f"{lab}?tab=classify&model={of_photos}")
    photo.resize((300, 220)).save(tmp_path / "photo.png")
    page.locator("#classify-image input[type=file]").set_input_files(tmp_path / "photo.png")
    return page


@pytest.fixture
def asked(dropped):
    """A page on which it has answered."""
    expect(dropped.locator("#classify-answer")).to_contain_text("I am not sure")
    expect(dropped.locator("#why-picture img")).to_have_count(2)
    return dropped


@pytest.fixture
def late(monkeypatch):
    """Which model the link names is told once this is set."""
    told, linked = threading.Event(), classify_tab._linked
    monkeypatch.setattr(classify_tab, "_linked", lambda request: told.wait(60) and linked(request))
    yield told
    told.set()


def choose(page, box, name):
    page.locator(f"#{box} input").click()
    page.locator(f"#{box} [role=option][aria-label='{name}']").dispatch_event("mousedown")


def test_every_panel_shows_large_pictures(asked):
    assert min(asked.locator("#why-picture img, #classify-seen img").evaluate_all(SIZES)) >= 220
    asked.locator("#why-method input").nth(1).check()
    expect(asked.locator("#why-picture figcaption")).to_contain_text("Occlusion")
    asked.locator("#why-maps-fold > button").click()
    expect(asked.locator("#why-maps img").last).to_be_visible()
    assert min(asked.locator("#why-maps img").evaluate_all(SIZES)) > 200
    asked.locator("#classify-fragile-button").click()
    asked.locator("#fragile-step input[type=range]").press("ArrowRight")
    expect(asked.locator("#fragile-fooled")).to_contain_text("1/255")
    asked.locator("#fragile-rotation input[type=range]").press("ArrowRight")
    expect(asked.locator("#fragile-damaged figure")).to_have_count(2)
    asked.locator("#classify-compare-button").click()
    expect(asked.locator("#compare-answers .gc-card").first).to_contain_text("sees 224×224")


def test_an_image_that_comes_before_the_model_of_the_link_is_answered_by_it_too(late, dropped):
    expect(dropped.locator("#why-picture img")).to_have_count(2)
    expect(dropped.locator("#classify-answer")).not_to_contain_text("I am not sure")
    late.set()
    expect(dropped.locator("#classify-answer")).to_contain_text("I am not sure")
    expect(dropped.locator("#why-picture img")).to_have_count(2)


def test_who_is_not_sure_still_tells_the_likeliest_classes(asked):
    expect(asked.locator("#classify-answer")).to_contain_text("I am not sure")
    expect(asked.locator("#classify-doubts .gc-bars > div")).to_have_count(5)
    expect(asked.locator("#classify-doubts .gc-bars")).to_be_visible()


def test_what_needs_training_images_says_in_a_line_that_they_are_not_here(asked):
    asked.locator("#why-nearest-fold > button").click()
    asked.locator("#why-nearest-search").click()
    expect(asked.locator("#why-nearest")).to_contain_text("trained on are not kept on this machine")
    expect(asked.locator(".toast-body")).to_have_count(0)


def test_an_image_that_is_taken_away_takes_all_that_was_said_of_it_along(asked):
    asked.locator("#classify-compare-button").click()
    expect(asked.locator("#compare-answers .gc-card")).not_to_have_count(0)
    asked.locator("#classify-image button[aria-label*=emove]").first.click()
    expect(asked.locator("#classify-seen img")).to_have_count(0)
    expect(asked.locator("#classify-closer")).to_be_hidden()
    expect(asked.locator("#classify-answer")).not_to_contain_text("kind-")


def test_the_panels_offer_the_classes_of_the_model_that_answered(asked):
    for model, classes in (("abc-airnet", ["a", "b", "c"]), (NAME, CLASSES)):
        choose(asked, "classify-model", model)
        expect(asked.locator("#why-class input")).to_have_value(re.compile(f"^({'|'.join(classes)})$"))
        for box in ("why-class", "fragile-target"):
            asked.locator(f"#{'classify-why' if box == 'why-class' else 'classify-fragile'}-button").click()
            asked.locator(f"#{box} input").click()
            expect(asked.locator(f"#{box} [role=option]")).to_have_count(len(classes))
            asked.keyboard.press("Escape")
            assert asked.locator(f"#{box} input").input_value() in classes
