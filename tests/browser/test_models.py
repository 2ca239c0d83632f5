"""Choose, as a visitor uses it."""

import time

import pytest
from playwright.sync_api import expect

from genclass.data import sources
from genclass.jobs import runs
from genclass.train import closed_loop
from genclass.ui.models import model_card
from tests.browser.helpers import open_at
from tests.ui.helpers import fashion, start_tiny

LONG = 120  # seconds: a process starts and trains, on two busy cores


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A few images and steps, for the server that runs in this process."""
    for name in ("at_hand", "smallest_at_hand"):
        monkeypatch.setattr(sources, name, lambda name: fashion())
    for name, value in {"STEPS": 4, "TRAINING_IMAGES": 40, "TEST_IMAGES": 20, "PROBED": 40, "FEW_REAL": 20,
                        "ADDED": (20,), "AGREEMENT_IMAGES": 30, "CHUNK": 15}.items():  # fmt: skip
        monkeypatch.setattr(closed_loop, name, value)


def open_tab(page):
    page.locator("#tab-models-button").click()
    page.locator("#models-all tr[data-model]").first.wait_for()
    expect(page.locator("#models-all")).not_to_contain_text("…")  # the time for one image is measured


def names(page):
    return page.locator("#models-all tr[data-model]").evaluate_all("rows => rows.map(row => row.dataset.model)")


def test_the_table_sorts_both_ways(page):
    open_tab(page)
    heading = page.locator("#models-all th", has_text="Model")
    heading.click()
    upwards = names(page)
    assert upwards == sorted(upwards)
    heading.press("Enter")
    assert names(page) == upwards[::-1]
    page.locator("#models-all th", has_text="Parameters").click()
    sizes = page.locator("#models-all td:nth-child(6)").evaluate_all("cells => cells.map(cell => cell.dataset.sort)")
    assert sizes == sorted(sizes) and len(set(sizes)) > 1


def test_a_press_leaves_one_data_sets_models(page):
    open_tab(page)
    page.locator("button[data-family=fashion-mnist]").click()
    families = page.locator("#models-all tr[data-family]:visible").evaluate_all(
        "rows => rows.map(row => row.dataset.family)"
    )
    assert set(families) == {"fashion-mnist"}
    page.locator('button[data-family=""]').click()
    expect(page.locator("#models-all tr[data-family]:visible")).to_have_count(len(names(page)))


def test_a_card_is_opened_evaluated_and_used(page):
    open_tab(page)
    page.locator("button[data-model=fashion-mnist-gan]").click()
    expect(page.locator("#models-card h3")).to_have_text("fashion-mnist-gan")
    page.locator("#models-evaluate").click()
    expect(page.locator("#models-bar")).to_contain_text("300 of 300 images")
    expect(page.locator("#models-pictures .gc-plain-matrix")).to_be_visible()
    point = page.locator("g.gc-point[data-model=fashion-mnist-gan]")
    expect(point).to_be_visible()
    page.locator("button[data-model=abc-airnet]").click()
    expect(page.locator("#models-card h3")).to_have_text("abc-airnet")
    point.press("Enter")  # by keyboard, from the picture
    expect(page.locator("#models-card h3")).to_have_text("fashion-mnist-gan")
    expect(page.locator("#models-delete")).to_have_count(0)
    page.locator("#models-use-gan").click()
    expect(page.locator("#generate-model input")).to_have_value("fashion-mnist-gan")
    expect(page.locator("#generate-picture img")).to_be_visible()


def test_of_two_quick_picks_the_second_stands(page, monkeypatch):
    open_tab(page)
    card = model_card.card
    monkeypatch.setattr(model_card, "card", lambda *facts: time.sleep(1) or card(*facts))
    for name in ("plain-gan", "fashion-mnist-gan"):
        page.evaluate(f"document.querySelector('button[data-model={name}]').click()")
        page.wait_for_timeout(300)
    expect(page.locator("#models-card h3")).to_have_text("fashion-mnist-gan")


def test_a_link_opens_a_models_card(page):
    open_tab(page)
    page.locator("button[data-model=plain-gan]").click()
    expect(page.locator("#models-card h3")).to_have_text("plain-gan")
    page.wait_for_function("location.search.includes('model=plain-gan')")
    assert "tab=models" in page.url
    open_at(page, page.url)
    expect(page.locator("#models-card h3")).to_have_text("plain-gan")


def test_a_model_is_downloaded(page):
    open_tab(page)
    page.locator("button[data-model=abc-airnet]").click()
    expect(page.locator("#models-card h3")).to_have_text("abc-airnet")
    with page.expect_download() as download:
        page.locator("#models-download").click()
    assert download.value.suggested_filename == "abc-airnet.zip"
    assert download.value.path().read_bytes()[:2] == b"PK"
    pytest.importorskip("onnxscript")
    with page.expect_download() as download:
        page.locator("#models-page").click()
    assert download.value.suggested_filename == "abc-airnet.html"
    assert "genclassWhole = true" in download.value.path().read_text()
    expect(page.locator("#models-page")).to_have_text("Page (html)")


def test_the_closed_loop_runs(page):
    open_tab(page)
    page.locator("#models-loop-button").click()
    expect(page.locator("#loop-model input")).to_have_value("fashion-mnist-gan")
    page.locator("#loop-seeds input").fill("1")
    page.locator("#loop-go").click()
    expect(page.locator("#loop-bar")).to_contain_text("Done: fashion-mnist-gan")
    expect(page.locator("#loop-results .gc-summary")).to_have_count(5)
    expect(page.locator("#loop-agreement .gc-plain-matrix")).to_be_visible()
    expect(page.locator("#loop-features .gc-strong")).to_contain_text("discriminator")


def test_the_closed_loop_can_be_stopped(page, monkeypatch):
    monkeypatch.setattr(closed_loop, "STEPS", 1_000_000)
    open_tab(page)
    page.locator("#models-loop-button").click()
    expect(page.locator("#loop-model input")).to_have_value("fashion-mnist-gan")
    page.locator("#loop-go").click()
    expect(page.locator("#loop-bar")).to_contain_text("experiment 2 of 4")
    page.locator("#loop-stop").click()
    expect(page.locator("#loop-bar")).to_contain_text("Stopped.")
    page.locator("#models-compare-button").click()  # the rest of the page is as quick as ever
    page.locator("button[data-model=abc-airnet]").click()
    expect(page.locator("#models-card h3")).to_have_text("abc-airnet")


def test_a_run_of_ones_own_is_deleted_after_a_question(page):
    run_id = start_tiny(name="to-delete")
    limit = time.monotonic() + LONG
    while runs.status(run_id)["state"] != "finished" and time.monotonic() < limit:
        time.sleep(0.3)
    page.locator("#tab-train-button").click()
    page.locator("#train-mine input").fill(run_id)
    page.locator("#train-mine input").press("Enter")  # who holds a run's id owns it
    expect(page.locator("#train-status")).to_contain_text("to-delete · finished")
    open_tab(page)
    page.locator("button[data-model=to-delete]").click()
    page.locator("#models-delete").click()
    page.locator("#models-keep").click()
    expect(page.locator("#models-delete-now")).to_be_hidden()
    page.locator("#models-delete").click()
    page.locator("#models-delete-now").click()
    expect(page.locator("button[data-model=to-delete]")).to_have_count(0)
    expect(page.locator("#models-card h3")).not_to_have_text("to-delete")
