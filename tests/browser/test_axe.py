"""What axe-core finds wrong for people who see, hear or steer the page in other ways than most."""

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import faults
from tests.ui.helpers import start_tiny


def generate(page):
    page.locator("#generate-card .gc-card").wait_for()
    page.locator("#strip-d8 img").wait_for()


def classify(page):
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#why-picture img")).to_have_count(2)


def train(page):
    """A run that has come to its end: its bar, its curves, its mistakes."""
    page.locator("#train-mine input").click()
    page.get_by_role("option", name="heard").first.click()
    expect(page.locator("#train-status")).to_contain_text("heard · finished")
    page.locator("#train-mistakes h3").first.wait_for()


def models(page):
    page.locator("#models-card h3").wait_for()


def learn(page):
    page.locator("#learn-gan-text h3").wait_for()  # texts come a little later, and the headings below follow theirs
    page.locator("#toy-picture canvas").first.wait_for()


FILLED = {"generate": generate, "classify": classify, "models": models, "learn": learn, "train": train}


@pytest.fixture(scope="module")
def run(lab):  # noqa: F811
    """A run that ends while other tabs are looked at."""
    return start_tiny(name="heard")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(FILLED, marks=pytest.mark.opens("?__theme=light"), id="light"),
        pytest.param(("classify", "train"), marks=pytest.mark.opens("?__theme=dark"), id="dark"),
    ],
)
def test_axe_finds_nothing_grave(page, run, names):
    for name in names:
        page.locator(f"#tab-{name}-button").click()
        FILLED[name](page)
        assert faults(page) == [], name
