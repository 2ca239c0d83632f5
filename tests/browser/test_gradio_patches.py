"""What ``static/gradio_patches.js`` needs of Gradio's insides is there."""

import asyncio

import pytest
from gradio import routes
from playwright.sync_api import expect

from genclass.train import closed_loop

HAS_LOCALE = "async () => 'changeLocale' in await import(genclassGradio.core())"


def changed(what):
    return f"Gradio changed {what}: see genclass/ui/static/gradio_patches.js"


@pytest.mark.parametrize("locale, path, lang", [("zh-TW", "/zh", "zh-CN"), ("fr", "/", "en"), ("en-GB", "/", "en")])
def test_a_browser_gets_the_page_of_its_language_in_gradios_words_too(chromium, lab, locale, path, lang):
    visitor = chromium.new_context(locale=locale)
    page = visitor.new_page()
    page.goto(lab)
    page.wait_for_url(lab.rstrip("/") + path)
    page.locator("#generate-picture img").wait_for(timeout=60_000)
    assert page.evaluate("Boolean(genclassGradio.core())"), changed("the name of its core module, /core-*.js")
    assert page.evaluate(HAS_LOCALE), changed("changeLocale of its core module, which sets the language of its words")
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.lang") == lang
    chinese = page.locator("footer").get_by_text("通过 API 使用").count()
    assert bool(chinese) == (path == "/zh"), changed("how the language of its words is set")
    visitor.close()


def test_what_the_page_presses_is_a_button(page):
    for name in ("generate-live", "generate-rest", "tab-models-button"):
        kind = page.evaluate("id => document.getElementById(id)?.tagName", name)
        assert kind == "BUTTON", changed(f"where an elem_id stands: #{name} is {kind}")


def test_files_are_given_to_gradios_own_fields(page):
    page.locator("#tab-classify-button").click()
    for name in ("generate-drop", "classify-image"):
        found = page.locator(f"#{name} input[type=file]").count()
        assert found == 1, changed(f"the field for files: #{name} has {found}")


def test_a_dropdown_tells_what_is_marked_and_chosen(page):
    box = page.locator("#generate-model input")
    box.click()
    box.press("ArrowDown")
    active, listed = (box.get_attribute(name) for name in ("aria-activedescendant", "aria-controls"))
    assert active and listed, changed("aria-activedescendant or aria-controls of a dropdown")
    options = page.locator(f"[id='{listed}'] [role=option]")
    assert options.count() > 1, changed("the options of a dropdown")
    assert options.locator(f"xpath=self::*[@id='{active}']").count() == 1, changed("the ids of a dropdown's options")
    for option in options.all():
        assert option.get_attribute("aria-label"), changed("aria-label of a dropdown's options")
    before = box.input_value()
    other = next(option for option in options.all() if option.get_attribute("aria-label") != before)
    chosen = other.get_attribute("aria-label")
    other.dispatch_event("mousedown")
    assert box.input_value() == chosen, changed("how an option is chosen: it was by mousedown")


def test_pictures_of_examples_have_names(page):
    page.locator("#tab-classify-button").click()
    page.locator("#classify-examples button").first.wait_for()
    pictures = page.locator("#classify-examples .gallery-item")
    assert pictures.count(), changed(".gallery-item, a picture of its examples")
    names = [picture.get_attribute("aria-label") for picture in pictures.all()]
    assert all(names) and len(set(names)) == len(names), changed(".block and .label around its examples")


def test_the_title_of_a_toast_is_the_pages(page):
    page.locator("#tab-train-button").click()
    page.locator("#train-more-button").click()
    page.locator("#train-name input, #train-name textarea").fill("No Name")
    page.locator("#train-start").click()
    page.locator(".toast-body").wait_for()
    assert page.locator(".toast-title.error").count(), changed(".toast-title of an error")
    shown = page.evaluate("getComputedStyle(document.querySelector('.toast-title'), '::before').content")
    assert shown not in ("none", "normal", '""'), changed("how the title of a toast is styled")


def test_an_answer_asked_for_while_gradio_ends_the_stream_comes(page, monkeypatch):
    page.locator("#tab-models-button").click()
    heading = page.locator("#models-card h3")
    heading.wait_for()
    page.wait_for_timeout(3000)
    ended = []

    class Slow(routes.StreamingResponse):
        """Its last message, which ends the stream, takes a second to the browser."""

        async def stream_response(self, send):
            async def sent(message):
                if b"close_stream" in message.get("body", b""):
                    ended.append(message)
                    await asyncio.sleep(1)
                await send(message)

            await super().stream_response(sent)

    monkeypatch.setattr(routes, "StreamingResponse", Slow)
    for name in ("plain-gan", "abc-airnet", "fashion-mnist-gan"):
        page.locator(f"button[data-model={name}]").click()
        expect(heading).to_have_text(name, timeout=10_000)
    assert ended, changed("how a stream of answers ends: it was by the message close_stream")


LATE_ANSWERS = """() => {
  const send = window.fetch;
  window.fetch = async (...request) => {
    const answer = await send(...request);
    if (answer.url.includes("/queue/join")) await new Promise((done) => setTimeout(done, 3000));
    return answer;
  };
}"""


def test_what_the_first_of_many_reports_tells_is_shown(page, monkeypatch):
    monkeypatch.setattr(closed_loop, "STEPS", 1_000_000)
    page.locator("#tab-models-button").click()
    page.locator("#models-card h3").wait_for()
    page.evaluate(LATE_ANSWERS)
    page.locator("#models-loop-button").click()  # its answers are asked for 3 s later, and more come with them
    page.wait_for_timeout(1500)
    page.locator("#loop-go").click()
    expect(page.locator("#loop-bar")).to_contain_text("of 4", timeout=30_000)
    expect(page.locator("#loop-stop")).to_be_enabled()
    page.locator("#loop-stop").click()
    expect(page.locator("#loop-bar")).to_contain_text("Stopped.")
