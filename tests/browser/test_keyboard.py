"""The page by keyboard alone: Tab, arrows, Enter and Space lead everywhere, and a ring shows where one is."""

from playwright.sync_api import expect

# Whether what holds the focus, or the field around it, has a ring that an eye can find.
RING = """() => {
  const seen = (element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  };
  const here = document.activeElement;
  return here !== document.body && (seen(here) || seen(here.closest(".wrap")));
}"""
HERE = "selector => document.activeElement.matches(selector)"
FAR = 60  # stops that any of these may be away


def tab_to(page, selector):
    """Go on by Tab until the focus is on what the selector names; the focus is seen at every stop."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        stop = "document.activeElement.outerHTML.slice(0, 200)"
        assert page.evaluate(RING), f"no ring around {page.evaluate(stop)}"
        if page.evaluate(HERE, selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_the_page_is_used_by_keyboard_alone(page):
    page.locator("#strip-d8 img").wait_for()
    tab_to(page, "#direction-d1 input[type=range]")
    before = page.locator("#generate-picture img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#generate-picture img")).not_to_have_attribute("src", before)
    page.locator("#tab-generate-button").focus()  # back to the start without sixty stops
    tab_to(page, "#tab-classify-button")
    page.keyboard.press("Enter")
    tab_to(page, "#classify-examples button")
    page.keyboard.press("Space")
    expect(page.locator("#classify-seen img")).to_have_count(2)
    expect(page.locator("#why-picture img")).to_have_count(2)
    tab_to(page, "#why-maps-fold button")
    page.keyboard.press("Enter")
    expect(page.locator("#why-maps")).to_be_visible()
