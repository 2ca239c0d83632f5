"""Classify, as a visitor uses it."""

import base64
import io
import re
import time

import pytest
from playwright.sync_api import expect

from genclass.ui.classify import explain_panel
from genclass.ui.common import decoded_upload
from tests.browser.helpers import faults, open_at
from tests.helpers import encode

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
    expect(page.locator("#classify-seen img")).to_have_count(2)


@pytest.mark.parametrize("kind, name", [("HEIF", "IMG_0001.HEIC"), ("PPM", "scan.pgm"), ("PNG", "without_ending")])
def test_a_photo_is_told_by_its_content_and_shown_whatever_the_browser_knows(page, photo, kind, name):
    open_tab(page)
    drop(page, name, "", encode(photo, kind))
    expect(page.locator("#classify-seen img")).to_have_count(2)
    shown = "() => document.querySelector('#classify-image img')?.naturalWidth === 60"
    page.wait_for_function(shown)


def test_heic_can_be_chosen(page, photo):
    open_tab(page)
    chosen = page.locator("#classify-image input[type=file]")
    expect(chosen).to_have_attribute("accept", re.compile(r"image/\*.*\.heic"))
    chosen.set_input_files({"name": "IMG_0001.HEIC", "mimeType": "", "buffer": encode(photo, "HEIF")})
    expect(page.locator("#classify-seen img")).to_have_count(2)


def test_an_example_is_classified(page):
    open_tab(page)
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#classify-seen img")).to_have_count(2)
    expect(page.locator("#classify-answer")).to_contain_text("class-")


def test_the_way_back_leads_through_the_tabs(page):
    for tab in ("classify", "learn"):
        page.locator(f"#tab-{tab}-button").click()
        page.wait_for_url(re.compile(f"tab={tab}"))
    for tab in ("classify", "generate"):
        page.go_back()
        expect(page.locator(f"#tab-{tab}")).to_be_visible()
    assert "tab=" not in page.url
    page.go_forward()
    expect(page.locator("#tab-classify")).to_be_visible()


def test_coming_back_to_the_tab_asks_nothing_again(page):
    ask_an_example(page)
    page.locator("#tab-learn-button").click()
    asked = []
    page.on("request", lambda request: request.url.endswith("/queue/join") and asked.append(request.post_data))
    open_tab(page)
    page.wait_for_timeout(1500)
    assert len(asked) <= 1, "the opening finds an image there, and all that would follow is left out"
    expect(page.locator(".toast-body")).to_have_count(0)


def png(photo):
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    return buffer.getvalue()


def ask_an_example(page):
    open_tab(page)
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#why-picture img")).to_have_count(2)


def test_a_click_on_a_class_asks_for_its_evidence(page):
    ask_an_example(page)
    rival = page.locator("#classify-answer .confidence-set").nth(3)
    name = rival.get_attribute("data-testid").removesuffix("-confidence-set")
    rival.click()
    expect(page.locator("#why-picture figcaption")).to_contain_text(f"“{name}”")


def test_neighbours_that_were_asked_for_stay_until_another_question_is(page, monkeypatch):
    real = explain_panel.draw_heat
    monkeypatch.setattr(explain_panel, "draw_heat", lambda *asked: (time.sleep(2), real(*asked))[1])
    open_tab(page)
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#classify-seen img")).to_have_count(2)  # the panels below are still on their way
    page.locator("#why-nearest-fold button").first.click()
    page.locator("#why-nearest-search").click()
    expect(page.locator("#why-nearest p, #why-nearest img").first).to_be_visible()
    expect(page.locator("#why-picture img")).to_have_count(2)
    page.wait_for_timeout(500)
    expect(page.locator("#why-nearest p, #why-nearest img").first).to_be_visible()
    page.locator("#classify-fit input[value=pad]").check()
    expect(page.locator("#why-nearest p, #why-nearest img")).to_have_count(0)


def test_the_sign_of_an_upload_asks_for_another_picture_and_keeps_this_one_until_it_is_there(page, photo, tmp_path):
    ask_an_example(page)
    photo.save(tmp_path / "other.png")
    shown = page.locator("#classify-image img").first
    before = shown.get_attribute("src")
    with page.expect_file_chooser() as chooser:
        page.locator("#classify-image [data-testid=source-select] button").first.click()
    assert shown.get_attribute("src") == before
    chooser.value.set_files(tmp_path / "other.png")
    expect(shown).not_to_have_attribute("src", before)
    expect(page.locator("#classify-seen img")).to_have_count(2)


def test_the_strength_of_the_overlay_follows_the_slider(page):
    ask_an_example(page)
    slider = page.locator("#why-strength input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(page.locator("#why-picture img").last).to_have_css("opacity", "0")


def test_a_step_changes_what_the_network_gets(page):
    ask_an_example(page)
    page.locator("#classify-fragile-button").click()
    slider = page.locator("#fragile-step input[type=range]")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(page.locator("#fragile-fooled")).to_contain_text("4/255")


def inert(page, so):
    """Wait until what is said is of another picture than the open way shows, or of this one."""
    page.wait_for_function("so => document.getElementById('classify-answer').inert === so", arg=so)


def test_what_is_said_of_a_photo_is_pale_where_none_is_shown(page):
    ask_an_example(page)
    for name, pale in (("draw", True), ("photo", False), ("live", True), ("photo", False)):
        page.locator(f"#classify-{name}-button").click()
        inert(page, pale)
    assert faults(page) == []


def test_a_drawn_digit_is_classified(page):
    ask_an_example(page)
    before = page.locator("#classify-seen img").first.get_attribute("src")
    page.locator("#classify-draw-button").click()
    inert(page, True)
    box = page.locator("#classify-pad canvas").bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 220, steps=8)
    page.mouse.up()
    inert(page, False)
    expect(page.locator("#classify-seen img")).to_have_count(2)
    expect(page.locator("#classify-seen")).to_contain_text("your image, ")
    drawn = page.locator("#classify-seen img").first.get_attribute("src")
    page.locator("#classify-examples button").first.click()
    expect(page.locator("#classify-photo")).to_be_visible()  # where the example is
    expect(page.locator("#classify-seen img").first).not_to_have_attribute("src", drawn)
    page.locator("#classify-draw-button").click()
    expect(page.locator("#classify-seen img").first).to_have_attribute("src", drawn)
    assert drawn != before


PASTE = """async data => {
  const blob = new Blob([Uint8Array.from(atob(data), letter => letter.charCodeAt(0))], {type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]);
}"""


@pytest.mark.parametrize("by", ["key", "button"])
def test_a_picture_is_pasted(page, photo, by):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_tab(page)
    page.evaluate(PASTE, base64.b64encode(png(photo)).decode())
    if by == "key":
        page.locator("#classify-known").click()
        page.keyboard.press("Control+v")
    else:
        page.locator("#classify-image button[aria-label='Paste from clipboard']").click()
    expect(page.locator("#classify-seen img")).to_have_count(2)
    expect(page.locator("#classify-seen")).to_contain_text("the middle of your 60×40")


def test_the_camera_takes_a_picture(page):
    page.context.grant_permissions(["camera"])
    open_tab(page)
    page.locator("#classify-image button[aria-label='Capture from camera']").click()
    page.get_by_text("Click to Access Webcam").click()
    page.wait_for_function("document.querySelector('#classify-image video')?.videoWidth > 0")  # or there is no picture
    page.locator("#classify-image button[aria-label='capture photo']").click()
    expect(page.locator("#classify-seen img")).to_have_count(2)


def test_an_insecure_page_says_what_it_lacks(page):
    open_tab(page)
    expect(page.locator("#classify-insecure")).to_be_hidden()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    open_at(page, page.url)
    open_tab(page)
    expect(page.locator("#classify-insecure")).to_contain_text("Camera and clipboard work only over https")
    expect(page.locator("#classify-insecure p")).to_be_visible()


DROP_MANY = """files => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(data), letter => letter.charCodeAt(0))], name));
  }
  document.querySelector("#many-drop .gc-drop").dispatchEvent(
    new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def open_many(page):
    page.locator("#tab-classify-button").click()
    page.locator("#classify-many-button").click()
    page.locator("#many-drop .gc-drop").wait_for()


def test_many_dropped_files_become_a_table(page, photo):
    open_many(page)
    evil = "<img src=x onerror=document.title='taken'>.png"
    data = base64.b64encode(png(photo)).decode()
    page.evaluate(DROP_MANY, [[evil, data], ["=1+1.png", data], ["bad.png", base64.b64encode(b"text").decode()]])
    rows = page.locator("#many-table tbody.gc-many tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(evil)
    expect(rows.last).to_contain_text("This is not an image")
    assert page.title() != "taken"
    page.locator("#many-table .gc-filter").fill("=1")
    expect(page.locator("#many-table tbody.gc-many tr:visible")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("#many-csv").click()
    assert "'=1+1.png" in download.value.path().read_text(encoding="utf-8-sig")


def test_a_second_drop_is_answered_after_the_first(page, photo, monkeypatch):
    quick = decoded_upload.answer
    monkeypatch.setattr(decoded_upload, "answer", lambda *asked: time.sleep(2) or quick(*asked))
    open_many(page)
    for name in ("first.png", "second.png"):
        page.evaluate(DROP_MANY, [[name, base64.b64encode(png(photo)).decode()]])
        page.wait_for_timeout(500)
    expect(page.locator("#many-table tbody.gc-many tr")).to_contain_text("second.png")


def drop_from_disk(page, selector, path):
    """A file or a folder is dropped as by hand, which no script on a page can do."""
    box = page.locator(selector).bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    given = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": given})


def test_a_dropped_folder_is_walked(page, photo, tmp_path):
    for name in ("a", "b", "b/inner"):
        (tmp_path / "set" / name).mkdir(parents=True)
        photo.save(tmp_path / "set" / name / "photo.png")
    (tmp_path / "set" / ".hidden.png").write_bytes(b"no picture")
    open_many(page)
    drop_from_disk(page, "#many-drop .gc-drop", tmp_path / "set")
    rows = page.locator("#many-table tbody.gc-many tr")
    expect(rows).to_have_count(3)
    for name in ("set/a/photo.png", "set/b/photo.png", "set/b/inner/photo.png"):
        expect(rows.filter(has_text=name)).to_have_count(1)


def test_a_folder_for_each_class_gives_a_matrix_whose_cells_open_their_images(page, photo, tmp_path):
    for name in ("a", "b"):  # classes of the first model
        (tmp_path / "set" / name).mkdir(parents=True)
        for turn in range(3):
            photo.rotate(90 * turn).save(tmp_path / "set" / name / f"{turn}.png")
    open_many(page)
    page.locator("#many-drop input[webkitdirectory]").set_input_files(tmp_path / "set")
    expect(page.locator("#many-table")).to_contain_text("of 6 images are what their folder says")
    cell = page.locator("#many-table .gc-matrix button").first
    count = int(cell.text_content())
    cell.click()
    expect(page.locator("#many-table tbody.gc-many tr:visible")).to_have_count(count)
    heading = page.locator("#many-table th[data-sorts]").nth(2)
    heading.click()
    expect(heading).to_have_attribute("aria-sort", "ascending")


def test_a_broken_picture_is_told_and_the_next_works(page, photo):
    open_tab(page)
    drop(page, "broken.png", "image/png", b"no picture at all")
    expect(page.locator(".toast-body").first).to_contain_text("This is not an image that can be read.")
    expect(page.locator("#classify-answer h2")).to_have_text("I can’t read this")
    page.locator(".toast-body").first.wait_for(state="detached")
    page.wait_for_timeout(1000)
    assert page.locator("body").inner_text().count("This is not an image that can be read.") == 1
    expect(page.locator("#classify-doubts .gc-error")).to_be_visible()
    expect(page.locator("#classify-image")).to_contain_text("Drop an image here")  # the next
    expect(page.locator("#classify-seen img")).to_have_count(0)
    expect(page.locator("#classify-closer")).to_be_hidden()
    expect(page.locator("#classify-image img")).to_be_hidden()  # the browser's torn picture
    page.locator("#classify-image input[type=file]").set_input_files(
        [{"name": "next.png", "mimeType": "image/png", "buffer": png(photo)}]
    )
    expect(page.locator("#classify-seen img")).to_have_count(2)
    expect(page.locator("#classify-image img")).to_be_visible()
    expect(page.locator("#classify-doubts .gc-error")).to_have_count(0)
