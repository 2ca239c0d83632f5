"""The camera, by Chromium's fake one: a moving picture."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import choose_own, open_at

LIVE, OWN = "#classify-camera", "#own-camera"
# Frames that were sent, and of these the most that waited for an answer at a time.
COUNT = """() => {
  const heard = genclass.heard["classify-camera"], fetch = window.fetch;
  window.frames_ = { sent: 0, open: 0, most: 0 };
  window.fetch = (...sent) => {
    if (String(sent[1]?.body).includes("data:image/jpeg")) {
      frames_.sent++;
      frames_.most = Math.max(frames_.most, ++frames_.open);
    }
    return fetch(...sent);
  };
  genclass.heard["classify-camera"] = (event, well) => {
    if (event === "input") frames_.open = Math.max(0, frames_.open - 1);
    heard(event, well);
  };
}"""


def button(page, part, name):
    return page.locator(part).get_by_role("button", name=name, exact=True)


def sees(page, part=LIVE):
    page.wait_for_function(f"document.querySelector('{part} video').videoWidth > 0")


def is_closed(page, part=LIVE):
    page.wait_for_function(f"document.querySelector('{part} video').srcObject === null")


def answered(page, more=4):
    page.wait_for_function("count => frames_.sent >= count", arg=page.evaluate("frames_.sent") + more)


def open_live(page):
    page.context.grant_permissions(["camera"])
    page.locator("#tab-classify-button").click()
    page.locator("#classify-live-button").click()
    button(page, LIVE, "Start the camera").click()


def test_what_the_camera_sees_is_answered_while_it_is_seen_and_explained_when_it_is_kept(page):
    open_live(page)
    sees(page)
    expect(page.locator("#classify-answer h2")).to_be_visible()
    page.evaluate(COUNT)
    answered(page)
    assert page.evaluate("frames_.most") == 1
    expect(page.locator("#classify-closer")).to_be_hidden()

    page.locator("#tab-learn-button").click()
    is_closed(page)
    sent = page.evaluate("frames_.sent")
    page.locator("#learn-gan-text h3").wait_for()
    assert page.evaluate("frames_.sent") == sent
    page.locator("#tab-classify-button").click()
    button(page, LIVE, "Start the camera").click()
    sees(page)
    answered(page)
    hide(page, True)
    is_closed(page)
    hide(page, False)
    sees(page)
    answered(page)
    expect(page.locator("#classify-closer")).to_be_hidden()

    button(page, LIVE, "Explain this picture").click()
    is_closed(page)
    expect(page.locator("#why-picture img")).to_have_count(2)
    expect(page.locator("#classify-seen")).to_contain_text("the middle of your 640×480")
    sent = page.evaluate("frames_.sent")
    page.wait_for_timeout(500)
    assert page.evaluate("frames_.sent") == sent


def hide(page, hidden):
    """As if another window lay over it, or no more."""
    page.evaluate(
        """hidden => {
      Object.defineProperty(document, "visibilityState", {value: hidden ? "hidden" : "visible", configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }""",
        hidden,
    )


def test_another_image_takes_the_cameras_place(page):
    open_live(page)
    sees(page)
    first = page.evaluate("document.querySelector('#classify-camera video').srcObject.getVideoTracks()[0].label")
    button(page, LIVE, "Other camera").click()
    page.wait_for_function(
        "first => document.querySelector('#classify-camera video').srcObject?.getVideoTracks()[0].label !== first && "
        "document.querySelector('#classify-camera video').videoWidth > 0",
        arg=first,
    )
    page.locator("#classify-examples button").last.click()
    is_closed(page)
    expect(page.locator("#why-picture img")).to_have_count(2)
    expect(page.locator("#classify-photo-button")).to_have_attribute("aria-selected", "true")
    page.locator("#classify-live-button").click()
    expect(button(page, LIVE, "Start the camera")).to_be_visible()


def test_pictures_are_recorded_as_long_as_a_button_is_held(page):
    page.context.grant_permissions(["camera"])
    choose_own(page)
    expect(page.locator("#own-preview")).to_contain_text("No images yet")
    page.locator("#own-camera-fold button").first.click()
    button(page, OWN, "Start the camera").click()
    sees(page, OWN)
    hold = button(page, OWN, "Hold to record")
    hold.click()
    expect(page.locator(f"{OWN} [role=status]")).to_have_text("Name the class first.")
    page.locator("#own-name input, #own-name textarea").fill("discs")
    hold.hover()
    page.mouse.down()
    expect(page.locator(f"{OWN} [role=status]")).to_have_text(re.compile(r"Recorded: ([4-9]|\d\d)"))
    expect(hold).to_have_attribute("aria-pressed", "true")
    page.mouse.up()
    expect(hold).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#own-preview .gc-class")).to_contain_text("discs")
    count = int(page.locator("#own-preview .gc-class i").inner_text())
    assert count >= 4
    hold.focus()
    page.keyboard.down(" ")
    page.locator("#own-name input, #own-name textarea").fill("other")  # whoever leaves the button lets it go
    expect(page.locator(f"{OWN} [role=status]")).to_contain_text("Pictures added to the class")
    expect(page.locator("#own-preview .gc-class")).to_have_count(1)
    assert int(page.locator("#own-preview .gc-class i").inner_text()) > count


DENIED = {
    "NotAllowedError": "allow it beside the page's address",
    "NotFoundError": "No camera was found",
    "NotReadableError": "another program may be using it",
    "OddError": "could not open the camera",
}


def test_what_keeps_the_camera_back_is_told(page):
    page.add_init_script(
        "if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {"
        "  throw new DOMException('', window.fault_); }"
    )
    open_at(page, page.url)
    page.locator("#tab-classify-button").click()
    page.locator("#classify-live-button").click()
    for fault, words in DENIED.items():
        page.evaluate("fault => { window.fault_ = fault; }", fault)
        button(page, LIVE, "Start the camera").click()
        expect(page.locator(f"{LIVE} [role=status]")).to_contain_text(words)


@pytest.mark.parametrize(
    "secure, words", [("false", "only to pages that come by https"), ("true", "no way for a page")]
)
def test_a_page_that_gets_no_camera_says_so_at_once(page, secure, words):
    page.add_init_script(
        f"Object.defineProperty(window, 'isSecureContext', {{value: {secure}}});"
        "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
    )
    open_at(page, page.url)
    page.locator("#tab-classify-button").click()
    page.locator("#classify-live-button").click()
    expect(page.locator(f"{LIVE} [role=status]")).to_contain_text(words)
