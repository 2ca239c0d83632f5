"""Ways around the page."""


def open_at(page, address):
    """Go there by way of an empty page: from one whose streams broke as it was left, Gradio would reload it after two
    seconds, and so end the way to an address that a busy server answers later.
    """
    page.goto("about:blank")
    page.goto(address)


def open_tab(page):
    page.locator("#tab-train-button").click()
    page.locator("#train-start").wait_for()
