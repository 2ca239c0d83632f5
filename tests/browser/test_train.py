"""Train, as a visitor uses it."""

import re
import shutil

from playwright.sync_api import expect

from tests.browser.helpers import choose_own, open_at, open_tab
from tests.helpers import encode, picture, zip_of

LONG = 240_000  # a process starts, measures the machine and trains, on two cores


def test_a_run_is_started_watched_reloaded_stopped_and_used(page):
    open_tab(page)
    page.locator("#train-minutes input").fill("5")
    page.locator("#train-name input, #train-name textarea").fill("from-browser")
    page.locator("#train-start").click()
    expect(page.locator("#train-status")).to_contain_text("from-browser · running", timeout=LONG)
    expect(page.locator("#train-picture img")).to_be_visible(timeout=LONG)
    expect(page.locator("#train-losses")).to_be_visible(timeout=LONG)
    expect(page.locator("#train-command")).to_contain_text("genclass train gan")
    expect(page.locator("#train-mine")).to_be_in_viewport()

    expect(page).to_have_url(re.compile("tab=train&run=[0-9a-f]{32}$"))
    page.evaluate("localStorage.clear()")  # as if someone else had got the link
    open_at(page, page.url)
    page.locator("#train-start").wait_for()
    expect(page.locator("#train-status")).to_contain_text("from-browser")

    page.locator("#train-stop").click()
    expect(page.locator("#train-status")).to_contain_text("from-browser · paused", timeout=LONG)
    page.locator("#train-open-gan").click()
    expect(page.locator("#generate-model input")).to_have_value("from-browser")
    expect(page.locator("#generate-picture img")).to_be_visible()


def test_the_bundled_set_is_trained_to_the_end_made_longer_compared_and_deleted(page):
    open_tab(page)
    page.locator("#train-advanced button").first.click()
    page.locator("#train-width input").fill("4")
    page.locator("#train-epochs input").fill("0.2")
    expect(page.locator("#train-estimate")).to_contain_text("not measured on this machine yet")
    page.locator("#train-name input, #train-name textarea").fill("to-the-end")
    page.locator("#train-start").click()
    expect(page.locator("#train-status")).to_contain_text("to-the-end · running", timeout=LONG)
    open_at(page, page.url)
    page.locator("#train-start").wait_for()  # the address names the tab
    expect(page.locator("#train-command")).to_contain_text("--epochs 0.2 --set width=4")
    expect(page.locator("#train-status")).to_contain_text("to-the-end · finished", timeout=LONG)
    page.locator("#train-longer-minutes input").fill("0.05")
    page.locator("#train-longer").click()
    expect(page.locator("#train-status")).not_to_contain_text("finished")
    expect(page.locator("#train-status")).to_contain_text("to-the-end · finished", timeout=LONG)
    page.locator("#train-open-gan").click()
    expect(page.locator("#generate-model input")).to_have_value("to-the-end")
    page.locator("#recipe-fold > button").click()
    expect(page.locator("#generate-recipe")).to_contain_text("to-the-end")
    open_tab(page)
    page.locator("#train-delete").click()
    page.locator("#train-delete-yes").click()
    expect(page.locator("#train-status")).to_contain_text("Press Start training")


def test_other_data_leave_the_preset_and_a_list_passed_by_leaves_the_fields(page):
    open_tab(page)
    page.locator("#train-kind input[value=classifier]").check()
    page.locator("#train-preset input[value=classic-cnn]").check()
    page.locator("#train-advanced button").first.click()
    batch = page.locator("#train-batch input")
    expect(batch).to_have_value("32")
    page.locator("#train-data input").click()
    page.get_by_role("option", name="CIFAR-10, small").click()
    page.wait_for_timeout(2000)
    batch.fill("48")
    page.locator("#train-data input").focus()
    page.keyboard.press("Tab")
    page.wait_for_timeout(2000)
    expect(page.locator("#train-preset input:checked")).to_have_value("classic-cnn")
    expect(batch).to_have_value("48")


def test_start_pressed_at_once_takes_the_fields_of_the_preset_just_chosen(page):
    open_tab(page)
    page.locator("#train-kind input[value=classifier]").check()
    page.locator("#train-minutes input").fill("0.05")
    page.locator("#train-preset input[value=sprint]").check()
    page.locator("#train-start").click()
    expect(page.locator("#train-command")).to_contain_text("--preset sprint", timeout=LONG)
    expect(page.locator("#train-command")).not_to_contain_text("--set")


def test_own_images_are_trained_on(page, image_folder):
    open_tab(page)
    folder = image_folder(count=10)
    archive = shutil.make_archive(str(folder), "zip", folder)
    page.locator("#train-data input").click()
    page.get_by_role("option", name="my own images").click()
    page.locator("#train-zip input[type=file]").set_input_files(archive)
    expect(page.locator("#own-preview")).to_contain_text("Images: 20, classes: 2")
    page.locator("#train-minutes input").fill("0.05")
    page.locator("#train-start").click()
    expect(page.locator("#train-status")).to_contain_text("pets-transfer", timeout=LONG)


def test_another_reading_of_the_classes_is_chosen_before_anything_starts(page, tmp_path):
    paths = [
        f"{name}/{day}/{index}.png" for name in ("frog", "car") for day in ("monday", "tuesday") for index in range(3)
    ]
    archive = zip_of(tmp_path / "days.zip", {path: encode(picture(seed)) for seed, path in enumerate(paths)})
    choose_own(page)
    expect(page.locator("#own-preview")).to_contain_text("No images yet")
    page.locator("#train-zip input[type=file]").set_input_files(archive)
    expect(page.locator("#own-preview")).to_contain_text("2 classes by the names of their folders: car 6, frog 6.")
    expect(page.locator("#own-read-as input:checked")).to_have_value("folder-1")
    page.locator("#own-read-as input[value=folder-2]").check()
    expect(page.locator("#own-preview")).to_contain_text("monday 6, tuesday 6.")
    open_at(page, page.url)
    page.locator("#train-start").wait_for()
    page.locator("#train-data input").click()
    page.get_by_role("option", name="my own images").click()
    expect(page.locator("#own-read-as input:checked")).to_have_value("folder-2")


def test_a_wrong_name_is_told_in_a_sentence(page):
    open_tab(page)
    page.locator("#train-name input, #train-name textarea").fill("No Spaces!")
    page.locator("#train-start").click()
    expect(page.locator(".toast-body").first).to_contain_text("The name No Spaces! does not work")
