"""Ways around the page."""

import contextlib

from playwright.sync_api import TimeoutError


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
