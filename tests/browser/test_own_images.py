"""Two classes made in the page from real files, trained on, and asked."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from genclass.data import sources
from tests.browser.helpers import choose_own, open_at

LONG = 180_000


@pytest.fixture
def pictures(tmp_path):
    """Files of frogs and trucks, 12 of each, and one of each that is kept back."""
    bundled, found = sources.load("cifar10-mini"), {}
    for name in ("frog", "truck"):
        chosen = bundled.test_images[bundled.test_labels == bundled.classes.index(name)][:13]
        for index, image in enumerate(chosen):
            path = tmp_path / f"{name}-{index}.png"
            Image.fromarray(image.permute(1, 2, 0).numpy()).save(path)
            found.setdefault(name, []).append(str(path))
    return found


def add_class(page, name, files):
    page.locator("#own-name input, #own-name textarea").fill(name)
    page.locator("#own-files input[type=file]").set_input_files(files)
    expect(page.locator("#own-preview")).to_contain_text(name)


def test_two_classes_are_made_trained_on_taken_away_brought_back_and_asked(page, pictures, tmp_path):
    choose_own(page)
    expect(page.locator("#own-preview")).to_contain_text("No images yet")
    page.locator("#train-kind input[value=classifier]").check()
    expect(page.locator("#train-preset input[value=airnet]")).to_be_visible()
    add_class(page, "frogs", pictures["frog"][:12])
    expect(page.locator("#own-preview")).to_contain_text("One class only")
    add_class(page, "<i>trucks", pictures["truck"][:11])
    expect(page.locator("#own-preview")).to_contain_text("Images: 23, classes: 2")
    expect(page.locator("#train-preset input:checked")).to_have_value("transfer")
    assert page.locator("#own-preview .gc-class img").count() == 2

    open_at(page, page.url)
    page.locator("#train-start").wait_for()  # the address names the tab
    choose_own(page)
    expect(page.locator("#own-preview")).to_contain_text("<i>trucks")
    page.locator("#train-kind input[value=classifier]").check()
    expect(page.locator("#train-preset input[value=airnet]")).to_be_visible()
    expect(page.locator("#train-preset input:checked")).to_have_value("transfer")
    page.locator("#train-name input, #train-name textarea").fill("frog-or-truck")
    page.locator("#train-start").click()
    expect(page.locator("#train-command")).to_contain_text("--preset transfer")
    expect(page.locator("#train-status")).to_contain_text("frog-or-truck · finished", timeout=LONG)

    with page.expect_download() as taken:
        page.locator("#train-take-model").click()
    assert taken.value.suggested_filename == "frog-or-truck.zip"
    taken.value.save_as(tmp_path / "frog-or-truck.zip")
    page.locator("#train-bring-fold button").first.click()
    page.locator("#train-bring input[type=file]").set_input_files(str(tmp_path / "frog-or-truck.zip"))
    expect(page.locator("#train-status")).to_contain_text("frog-or-truck-2 · finished", timeout=LONG)

    page.locator("#train-open-classifier").click()
    expect(page.locator("#classify-model input")).to_have_value("frog-or-truck-2")
    page.locator("#classify-image input[type=file]").set_input_files(pictures["truck"][12])
    expect(page.locator("#classify-answer")).to_contain_text("<i>trucks")
    expect(page.locator("#classify-answer h2")).to_have_text("<i>trucks")


def test_the_size_of_the_images_is_chosen_and_what_it_takes_told_before_the_start(page, pictures):
    choose_own(page)
    page.locator("#train-kind input[value=classifier]").check()
    add_class(page, "frogs", pictures["frog"][:12])
    add_class(page, "trucks", pictures["truck"][:12])
    page.locator("#train-preset input[value=airnet]").check()
    expect(page.locator("#train-estimate")).to_contain_text("MB of memory")
    expect(page.locator("#train-image-size input")).to_have_value("32 × 32")
    expect(page.locator("#train-estimate")).not_to_contain_text("smaller")
    page.locator("#train-image-size input").click()
    page.get_by_role("option", name="96 × 96").click()
    expect(page.locator("#train-estimate")).to_contain_text("Of 24 images 24 are smaller than 96×96")


def test_a_class_without_a_name_is_told_in_a_sentence(page, pictures):
    choose_own(page)
    page.locator("#own-files input[type=file]").set_input_files(pictures["frog"][:2])
    expect(page.locator(".toast-body").first).to_contain_text("Name the class first")


def test_a_class_is_removed_again(page, pictures):
    choose_own(page)
    add_class(page, "mist", pictures["frog"][:2])
    page.locator("#own-remove").click()
    expect(page.locator("#own-preview")).to_contain_text("No images yet")
