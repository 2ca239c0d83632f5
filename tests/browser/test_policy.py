"""Nothing from elsewhere gets into the page, whatever a link says; everything of its own does."""

import pytest
from playwright.sync_api import expect

from genclass.ui.generate.path_panel import SAVERS
from genclass.ui.words import TABS

ELSEWHERE = "http://localhost:9"  # another origin, and none that a test reaches
MARKUP = f"<img src={ELSEWHERE}/x.png><a href={ELSEWHERE}>press</a><h1>Hello</h1><form action={ELSEWHERE}>&'\"</form>"
NAME = "<img src=x.png><a href=x>press<b>me<b></a><h1>Hello<h1>"
# What markup in the page could try, each with the directive that stops it.
TRIED = """async ([tried, elsewhere]) => {
  const stopped = new Promise(done => document.addEventListener("securitypolicyviolation", done, {once: true}));
  const patience = new Promise(done => setTimeout(done, 10000));
  window.ran = false;
  if (tried === "connect-src") fetch(elsewhere).catch(() => {});
  else if (tried === "form-action") {
    document.body.insertAdjacentHTML("beforeend", `<form action="${elsewhere}" method="post"></form>`);
    document.body.lastElementChild.submit();
  } else if (tried === "script-src-elem") {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
  } else document.body.insertAdjacentHTML("beforeend", {
    "img-src": `<img src="${elsewhere}/x.png">`,
    "media-src": `<video src="${elsewhere}/x.mp4"></video>`,
    "frame-src": `<iframe src="${elsewhere}"></iframe>`,
    "object-src": `<object data="${elsewhere}"></object>`,
    "base-uri": `<base href="${elsewhere}">`,
    "style-src-elem": `<link rel="stylesheet" href="${elsewhere}/x.css">`,
    "script-src-attr": `<img src="data:image/png;base64,x" onerror="window.ran = true">`,
  }[tried]);
  return [(await Promise.race([stopped, patience]))?.effectiveDirective, window.ran];
}"""
DIRECTIVES = ("connect-src", "form-action", "script-src-elem", "img-src", "media-src", "frame-src", "object-src",
              "base-uri", "style-src-elem", "script-src-attr")  # fmt: skip


def opened(context, lab):
    """A page of which nothing is noted."""
    page = context.new_page()
    page.goto(lab)
    page.locator("#generate-picture img").wait_for(timeout=60_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def bare(context, lab):
    """One that tries what is refused; after a form that went nowhere Playwright waits for it for ever."""
    yield from opened(context, lab)


@pytest.fixture
def unnoted(context, lab):
    """One that is used as a visitor would."""
    yield from opened(context, lab)


@pytest.mark.parametrize("tried", DIRECTIVES)
def test_what_would_reach_elsewhere_is_stopped_by_the_browser(bare, tried):
    assert bare.evaluate(TRIED, [tried, ELSEWHERE]) == [tried, False]


def test_markup_in_a_link_is_told_as_text(page, lab):
    page.goto("about:blank")
    page.goto(f"{lab}?model=fashion-mnist-gan&class={MARKUP.replace('&', '%26')}")
    toast = page.locator("[data-testid=toast-text]")
    expect(toast).to_contain_text("<img src=")
    assert toast.locator("*").count() == 0
    page.locator("#generate-picture img").wait_for()


def name_a_file(page):
    page.locator("#tab-train-button").click()
    page.locator("#train-bring-fold > button").click()
    page.locator("#train-bring input[type=file]").set_input_files(
        {"name": f"{NAME}.txt", "mimeType": "text/plain", "buffer": b"x"}
    )


def fail_a_request(page):
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=400, json={"detail": NAME}))
    page.locator("#tab-models-button").click()


@pytest.mark.parametrize("way", [name_a_file, fail_a_request])
def test_markup_that_the_browser_tells_by_itself_is_text(unnoted, way):
    way(unnoted)
    toast = unnoted.locator("[data-testid=toast-text]").last
    expect(toast).to_contain_text("<img src=")
    assert unnoted.locator("[data-testid=toast-text] *").count() == 0
    unnoted.unroute_all()


def test_a_sentence_with_quotes_and_ampersands_looks_as_it_is_meant(page, lab):
    page.goto("about:blank")
    page.goto(f"{lab}?model=R%26D 'a' \"b\"")
    expect(page.locator("[data-testid=toast-text]")).to_contain_text("There is no model called R&D 'a' \"b\".")


def test_every_tab_is_shown_with_all_that_is_its_own(page):
    for name in TABS:
        page.locator(f"#tab-{name}-button").click()
        expect(page.locator(f"#tab-{name}")).to_be_visible()
    page.locator("#learn-gan-value .katex-display").first.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    faces = page.evaluate("[...document.fonts].filter(face => /KaTeX/.test(face.family)).map(face => face.status)")
    assert "loaded" in faces and "error" not in faces


@pytest.mark.parametrize("name", ["Use via API", "Settings"])
def test_what_gradio_shows_beside_the_page_is_its_own(context, lab, name):
    page, noted = context.new_page(), []  # that some of Gradio's routes are closed to it is an error it logs
    page.on("console", lambda message: "Security Policy" in message.text and noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.goto(lab)
    page.locator("footer").get_by_role("button", name=name).click()
    expect(page.locator(".api-docs")).to_be_visible()
    page.wait_for_load_state("networkidle", timeout=5000)
    page.close()
    assert noted == []


def test_a_path_moves_and_is_saved_in_every_form(page):
    page.locator("#tool-walk-button").click()
    page.locator("#walk-go").click()
    moving = page.locator("#walk-strip .gc-moving")
    moving.wait_for()
    assert page.wait_for_function("document.querySelector('#walk-strip .gc-moving').naturalWidth > 0")
    for form in SAVERS:
        with page.expect_download() as saved:
            page.locator(f"button#walk-{form}").click()
        assert saved.value.path().stat().st_size > 100
