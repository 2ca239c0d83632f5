"""How many pictures a second follow a slider that is dragged:  python -m benchmarks.frames [--models NAME...]

For each generator that browsers are sent, in sheets of 1 and of 16: pictures a second in a headless Chromium, whose
slider moves with every frame, as the server draws them and as the browser does, in turn; events that reached the server
meanwhile, among them the page's own tick, one a second; milliseconds of the server's quickest answer and of a picture,
as the browser measured both before it chose; seconds from the first move until it draws, with nothing kept from before;
and bytes that crossed the network for it. The last line is JSON.
"""

import argparse
import json
import shutil
import statistics
import time

from benchmarks.page import fresh_page, started
from genclass import paths
from genclass.models.web import stored_model
from genclass.ui.generate import in_browser

SHEETS = (1, 16)
SECONDS = 4
ROUNDS = 3
MODEL = "Object.values(genclassBrowser.models)[0]"
DRAG = """async seconds => {
  const slider = document.querySelector("#direction-d1 input[type=range]");
  const picture = document.getElementById("generate-picture");
  const shown = () => picture.querySelector("img")?.src + picture.style.getPropertyValue("--tile");
  let pictures = 0, before = shown();
  const watcher = new MutationObserver(() => {
    if (shown() === before) return;
    before = shown();
    pictures++;
  });
  watcher.observe(picture, { subtree: true, childList: true, attributes: true, attributeFilter: ["src", "style"] });
  const end = performance.now() + 1000 * seconds;
  for (let frame = 0; performance.now() < end; frame++) {
    slider.value = Math.abs((frame % 80) - 40) * 0.05;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
  watcher.disconnect();
  return pictures / seconds;
}"""


def opened(page, url, model, count):
    """The page with a sheet of a model, at rest."""
    page.goto(f"{url}/?model={model}&count={count}")
    page.locator("#generate-card .gc-card").wait_for()
    page.wait_for_timeout(3000)  # until what follows the first picture has come to rest


def dragged(page):
    """(pictures a second, events that reached the server) while the slider is dragged."""
    events = []
    note = lambda request: "queue/join" in request.url and events.append(request.url)
    page.on("request", note)
    pace = page.evaluate(DRAG, SECONDS)
    page.remove_listener("request", note)
    page.wait_for_timeout(3000)  # it rests
    return pace, len(events)


def by_server(browser, url, model, count):
    with fresh_page(browser) as page:
        opened(page, url, model, count)
        page.evaluate("() => { genclassTold.browser.models = {}; }")
        return dragged(page)[0]


def by_browser(browser, url, model, count):
    """Figures of one visit."""
    with fresh_page(browser) as page:
        opened(page, url, model, count)
        sent = []
        page.on("response", lambda answer: in_browser.PLACE in answer.url and sent.append(answer.headers))
        begun = time.perf_counter()
        page.locator("#direction-d1 input[type=range]").press("ArrowRight")
        page.wait_for_function(f"() => {MODEL}?.drawer !== undefined && {MODEL}.answered < Infinity")
        seconds = time.perf_counter() - begun
        page.wait_for_timeout(3000)
        pace, events = dragged(page)
        measured = page.evaluate(f"() => [{MODEL}.drawer?.milliseconds, {MODEL}.answered, {MODEL}.quicker]")
        size = sum(int(headers["content-length"]) for headers in sent)
        keys = ("picture_ms", "answer_ms", "chosen")
        return {"pace": pace, "events": events, "seconds": seconds, "bytes": size, **dict(zip(keys, measured))}


def measured(browser, url, model, count):
    """Both ways in turn."""
    rounds = [(by_server(browser, url, model, count), by_browser(browser, url, model, count)) for _ in range(ROUNDS)]
    served, drawn = zip(*rounds)
    paces = [one["pace"] for one in drawn]
    spread = {"served": [round(pace, 1) for pace in served], "drawn": [round(pace, 1) for pace in paces]}
    return {**drawn[-1], "served": statistics.median(served), "pace": statistics.median(paces), "rounds": spread}


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sent = sorted(path.parent.name for path in paths.SHIPPED.glob(f"*/{stored_model.FILE}"))
    parser.add_argument("--models", nargs="+", default=sent)
    args, found = parser.parse_args(), {}
    with sync_playwright() as playwright, started() as url:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for model in args.models:
            for count in SHEETS:
                found[f"{model} {count}"] = measured(browser, url, model, count)
                print(f"{model} {count}: {found[f'{model} {count}']}", flush=True)
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
