"""The picture stays in view while it is changed, and a phone has everything within reach."""

import pytest
from playwright.sync_api import expect

# What share of the picture lies in the window.
SHARE = """() => {
  const box = document.querySelector("#generate-picture .gc-frame").getBoundingClientRect();
  const within = (from, to, most) => Math.max(0, Math.min(to, most) - Math.max(from, 0)) / (to - from);
  return within(box.left, box.right, innerWidth) * within(box.top, box.bottom, innerHeight);
}"""
# What is pressed and is less than a finger wide: whatever is in sight and takes a press.
SMALL = """() => [...document.querySelectorAll("#tabs button, #tabs input, #tabs summary, nav > *")]
  .map((part) => [part, (part.closest("label, .wrap:has(> .wrap-inner)") ?? part).getBoundingClientRect()])
  .filter(([part, box]) => part.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 0)
  .filter(([part, box]) => part.getAttribute("aria-hidden") === null && !part.closest("[aria-hidden=true]"))
  .filter(([part, box]) => box.height < 43.5).map(([part, box]) => part.outerHTML.slice(0, 160) + " " + box.height)"""
LAST = "#direction-d8 input[type=range]"
PHONE = (390, 844)
SIZES = [(1440, 900), (1280, 720), PHONE]


@pytest.fixture
def sized(request, page):
    """The page in a window of this size, with its strips."""
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    page.locator("#strip-d8 img").wait_for()
    page.locator("#generate-card .gc-card").wait_for()
    page.wait_for_function("() => !document.body.matches('.gc-stale, .gc-unfound')")
    page.wait_for_function("() => !document.getAnimations().some((one) => one.playState === 'running')")
    return page


THUMB = 16  # pixels across


def thumb(page):
    """Where the last slider is held, (x, y), once it is scrolled to as a hand would: a finger moves its thumb alone."""
    page.locator(LAST).scroll_into_view_if_needed()
    box = page.locator(LAST).bounding_box()
    share = page.locator(LAST).evaluate("slider => (slider.value - slider.min) / (slider.max - slider.min)")
    return box["x"] + THUMB / 2 + share * (box["width"] - THUMB), box["y"] + box["height"] / 2


def by_mouse(page):
    x, y = thumb(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    return page.mouse.up


def by_finger(page):
    x, y = thumb(page)
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    touch = lambda kind, *points: browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [*points]})
    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 5):
        touch("touchMove", {"x": x + 10 * step, "y": y})

    def let_go():
        touch("touchEnd")
        browser.send("Emulation.setTouchEmulationEnabled", {"enabled": False})

    return let_go


def by_keyboard(page):
    page.evaluate("scrollTo(0, 0)")
    page.locator(LAST).focus()  # the browser scrolls to what gets the focus
    page.keyboard.press("ArrowLeft")  # the others have moved it to the right, perhaps to its end
    return lambda: None


@pytest.mark.parametrize("sized", SIZES, indirect=True)
def test_the_picture_is_in_sight_while_the_last_direction_is_moved(sized):
    for move in (by_mouse, by_finger, by_keyboard):
        before = float(sized.locator(LAST).input_value())
        let_go = move(sized)
        sized.wait_for_function(
            "([slider, before]) => +document.querySelector(slider).value !== before", arg=[LAST, before]
        )
        assert sized.evaluate(SHARE) >= 0.9, move
        let_go()


@pytest.mark.parametrize("sized", [PHONE], indirect=True)
def test_what_gets_the_focus_is_not_under_the_picture(sized):
    sized.locator("#generate-download").scroll_into_view_if_needed()
    for field in ("#generate-seed input", "#reset-d1", LAST):
        sized.locator(field).focus()
        box = sized.locator(field).bounding_box()
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "field": field}
        assert sized.evaluate("({x, y, field}) => document.elementFromPoint(x, y)?.matches(field)", place), field


@pytest.mark.parametrize("sized", [PHONE], indirect=True)
def test_a_phone_has_all_tabs_in_a_low_head_and_generate_within_two_screens(sized):
    tabs = sized.locator("#tabs > .tab-wrapper [role=tab]")
    assert tabs.count() == 5 and all(tab.is_visible() for tab in tabs.all())
    head = tabs.first.bounding_box()
    assert head["y"] + head["height"] <= 100
    assert sized.evaluate("document.documentElement.scrollHeight") <= 1800
    assert sized.evaluate(SMALL) == []


@pytest.mark.parametrize("sized", [PHONE], indirect=True)
def test_no_tab_is_wider_than_a_phone(sized):
    for name in ("generate", "classify", "train", "models", "learn"):
        sized.locator(f"#tab-{name}-button").click()
        sized.locator(f"#tab-{name}").wait_for()
        sized.wait_for_timeout(500)
        wide = sized.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, name


@pytest.mark.parametrize("sized", [(1280, 720), PHONE], indirect=True)
def test_a_run_can_be_started_without_scrolling(sized):
    sized.locator("#tab-train-button").click()
    box = sized.locator("#train-start").bounding_box()
    assert box["y"] + box["height"] <= sized.viewport_size["height"]


@pytest.mark.parametrize("sized", [PHONE], indirect=True)
def test_a_run_that_was_started_fills_a_phones_window(sized):
    sized.locator("#tab-train-button").click()
    sized.locator("#train-minutes input").fill("0.05")
    sized.locator("#train-start").click()
    expect(sized.locator("#train-run")).to_be_visible()  # which tells what stood there instead
    sized.wait_for_function("Math.abs(document.getElementById('train-mine').getBoundingClientRect().top) < 60")


@pytest.mark.parametrize("sized", [PHONE], indirect=True)
def test_on_a_phone_a_pressed_image_is_told_of_in_sight(sized):
    for depth in (0, 700):  # the sheet stays at the top of the window
        sized.evaluate("depth => scrollTo(0, depth)", depth)
        sized.locator("#generate-picture .gc-frame").click(position={"x": 5, "y": 5})
        sized.wait_for_function("""() => {
          const box = document.querySelector("#generate-card .gc-card").getBoundingClientRect();
          const sheet = document.querySelector(".gc-board").getBoundingClientRect();
          return box.top >= sheet.bottom - 1 && box.top < sheet.bottom + 60 && box.bottom <= innerHeight;
        }""")


@pytest.mark.parametrize("sized", [(1280, 720), PHONE], indirect=True)
def test_with_own_images_a_run_can_be_started_without_scrolling_too(sized):
    sized.locator("#tab-train-button").click()
    sized.locator("#train-data input").click()
    sized.get_by_role("option", name="my own images").click()
    sized.locator("#own-preview").wait_for()
    sized.evaluate("scrollTo(0, 0)")
    inside = """() => {
      const box = document.getElementById("train-start").getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight && box.height > 0;
    }"""
    sized.wait_for_function(inside)
    sized.locator("#own-doomed").scroll_into_view_if_needed()
    sized.wait_for_function(inside)
