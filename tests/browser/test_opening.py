"""The picture that comes with the page stands where the live one will, and is gone once that is there."""

import pytest
from playwright.sync_api import expect

from genclass.errors import GenClassError
from genclass.ui.generate import opening
from genclass.ui.generate import tab as generate_tab
from tests.browser.helpers import open_at

BOX = "part => { const box = part.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Whatever else the machine does."""
    monkeypatch.setattr(opening, "PATIENCE", 60)


@pytest.fixture
def held(chromium, lab):
    """Opens an address in a window of a size, with all scripts held back or not."""
    contexts = []

    def opened(address="", size=(1280, 720), scripts=False, **options):
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(lab + address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [(390, 844), (1280, 720), (1440, 900), (1000, 700)])
def test_it_stands_in_the_box_of_the_live_one(held, size):
    early = held(size=size).locator("#opening img")
    page = held(size=size, scripts=True)
    page.locator("#generate-picture .gc-frame img").wait_for(timeout=60_000)
    live = page.locator("#generate-picture .gc-frame img")
    page.wait_for_function("() => !document.getElementById('opening')")
    assert early.get_attribute("src") == live.get_attribute("src")
    assert early.evaluate(BOX) == pytest.approx(live.evaluate(BOX), abs=1)


def test_nothing_jumps_when_the_live_one_takes_over(context, lab):
    page = context.new_page()
    page.add_init_script("""new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) for (const { node } of entry.sources) {
        if (node?.parentElement?.closest("#generate-picture, #opening")) window.jumped = true;
      }
    }).observe({ type: "layout-shift", buffered: true });""")
    open_at(page, lab)
    page.wait_for_function("() => window.genclass?.recipe && !document.getElementById('opening')")
    assert page.evaluate("window.jumped") is None
    page.close()


@pytest.mark.parametrize("address", ["?model=fashion-mnist-gan&seed=3", "?tab=train", "?x=1"])
def test_an_address_that_names_something_shows_no_other_picture(held, address):
    assert held(address).locator("#opening").count() == 0


def test_each_language_says_what_it_is(held):
    english, chinese = (held(address).locator("#opening img").get_attribute("alt") for address in ("", "zh"))
    assert english != chinese and chinese


def test_a_picture_that_cannot_be_drawn_is_not_hidden_by_the_one_that_came_first(context, lab, monkeypatch):
    def shown(recipe):
        raise GenClassError("unknown_model", name="gone", choices="")

    monkeypatch.setattr(generate_tab, "shown", shown)
    page = context.new_page()
    open_at(page, lab)
    expect(page.locator("#generate-picture .gc-error")).to_be_visible()
    expect(page.locator("#opening")).to_have_count(0)
    expect(page.locator("#generate-verdict")).to_be_hidden()
    page.close()
