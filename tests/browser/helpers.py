"""Ways around the page."""

import contextlib

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

# What fails in Gradio's own components, where nothing of ours can mend it: rule, and why. Nothing at this time.
GRADIOS_OWN = {}
GRAVE = ("moderate", "serious", "critical")


def faults(page):
    """(Rule, where, what it says of it) of everything that is in sight."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found
        if rule["impact"] in GRAVE and rule["id"] not in GRADIOS_OWN
        for node in rule["nodes"]
    ]


def open_at(page, address):
    """Go there by way of an empty page: from one whose streams broke as it was left, Gradio would reload it after two
    seconds, and so end the way to an address that a busy server answers later.
    """
    page.goto("about:blank")
    page.goto(address)


def open_tab(page):
    page.locator("#tab-train-button").click()
    page.locator("#train-start").wait_for()
    unfold_more(page)


def unfold_more(page):
    """Show what most runs leave as it is. A press before Gradio listens is lost, as it is for a visitor."""
    name = page.locator("#train-name")
    for _ in range(6):
        if name.is_visible():
            return
        page.locator("#train-more-button").click()
        with contextlib.suppress(TimeoutError):
            name.wait_for(timeout=10_000)
    name.wait_for()


def choose_own(page):
    """Train, on one's own images."""
    open_tab(page)
    page.locator("#train-data input").click()
    page.get_by_role("option", name="my own images").click()
    page.locator("#own-preview").wait_for()
