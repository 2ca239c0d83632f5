"""Classify, as a visitor uses it."""

import base64
import io

from playwright.sync_api import expect

DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type}));
  const target = document.querySelector("#classify-image button, #classify-image [role=button]");
  target.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def drop(page, name, kind, content):
    """Drop a file on the image, as from a file manager."""
    page.evaluate(DROP, [name, kind, base64.b64encode(content).decode()])


def open_tab(page):
    page.locator("#tab-classify-button").click()
    page.locator("#classify-image").wait_for()


def test_a_dropped_photo_is_classified(page, photo):
    open_tab(page)
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    drop(page, "photo.png", "image/png", buffer.getvalue())
    expect(page.locator("#classify-answer .confidence-set, #classify-answer .confidence")).not_to_have_count(0)
    expect(page.locator("#classify-seen img")).to_be_visible()


def test_an_example_is_classified(page):
    open_tab(page)
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#classify-seen img")).to_be_visible()
    expect(page.locator("#classify-answer")).to_contain_text("class-")


def test_a_broken_picture_is_told_and_the_next_works(page, photo):
    open_tab(page)
    drop(page, "broken.png", "image/png", b"no picture at all")
    expect(page.locator(".toast-body").first).to_contain_text("This is not an image that can be read.")
    page.locator("#classify-examples button").first.click()
    expect(page.locator("#classify-seen img")).to_be_visible()
