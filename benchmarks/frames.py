"""How many pictures a second follow a slider that is dragged:

    python -m benchmarks.frames [--models NAME...] [--visitors N]

For each generator that browsers are sent, in sheets of 1 and of 16: pictures a second in a headless Chromium, whose
slider moves with every frame, as the server draws them and as the browser does, in turn; events that reached the server
meanwhile, among them the page's own tick, one a second; milliseconds of the server's quickest answer and of a picture,
as the browser measured both before it chose; seconds from the first move until it draws, with nothing kept from before;
and bytes that crossed the network for it.

With ``--visitors``: processor seconds that N of them cost the server, of one image of each generator. So many browsers
can't drag at full pace on one machine, so they are simulated: the events that ONE real page sends in ``RECORDED`` are
recorded, while it is only looked at, while its slider is dragged and the server draws, and while the browser does
(whichever of the two is quicker here). Each of N clients, a session of its own, then sends those events in their order,
at the earliest when the page did and never before the one before is answered; a server that is not quick enough takes
longer, but no less is asked of it. What a page asks once the slider rests is left out: it is the same both ways. The
last line is JSON.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import secrets
import shutil
import statistics
import time
from collections import Counter
from urllib.parse import urlsplit

from benchmarks import load
from benchmarks.latency import own_runs
from benchmarks.page import fresh_page, started
from genclass import paths
from genclass.models.web import stored_model
from genclass.ui.generate import in_browser

SHEETS = (1, 16)
SECONDS = 4
RECORDED = 5  # seconds, of what is replayed
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


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])


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


def server_draws(page):
    page.evaluate("() => { genclassTold.browser.models = {}; }")


def browser_draws(page):
    """Until both ways are measured."""
    page.locator("#direction-d1 input[type=range]").press("ArrowRight")
    page.wait_for_function(f"() => {MODEL}?.drawer !== undefined && {MODEL}.answered < Infinity")


def by_server(browser, url, model, count):
    with fresh_page(browser) as page:
        opened(page, url, model, count)
        server_draws(page)
        return dragged(page)[0]


def by_browser(browser, url, model, count):
    """Figures of one visit."""
    with fresh_page(browser) as page:
        opened(page, url, model, count)
        sent = []
        page.on("response", lambda answer: in_browser.PLACE in answer.url and sent.append(answer.headers))
        begun = time.perf_counter()
        browser_draws(page)
        seconds = time.perf_counter() - begun
        page.wait_for_timeout(3000)
        pace, events = dragged(page)
        measured = page.evaluate(f"() => [{MODEL}.drawer?.milliseconds, {MODEL}.answered, {MODEL}.quicker]")
        size = sum(int(headers["content-length"]) for headers in sent)
        keys = ("picture_ms", "answer_ms", "chosen")
        return {"pace": pace, "events": events, "seconds": seconds, "bytes": size, **dict(zip(keys, measured))}


def paces(models):
    found = {}
    with started() as url, chromium() as browser:
        for model, count in itertools.product(models, SHEETS):
            found[f"{model} {count}"] = measured(browser, url, model, count)
            print(f"{model} {count}: {found[f'{model} {count}']}", flush=True)
    return found


def measured(browser, url, model, count):
    """Both ways in turn."""
    rounds = [(by_server(browser, url, model, count), by_browser(browser, url, model, count)) for _ in range(ROUNDS)]
    served, drawn = zip(*rounds)
    paces = [one["pace"] for one in drawn]
    spread = {"served": [round(pace, 1) for pace in served], "drawn": [round(pace, 1) for pace in paces]}
    return {**drawn[-1], "served": statistics.median(served), "pace": statistics.median(paces), "rounds": spread}


def browser_draws_in_any_case(page):
    browser_draws(page)
    page.evaluate(f"() => {{ {MODEL}.quicker = true; }}")
    page.wait_for_timeout(3000)


# What is done before a page is recorded.
WAYS = {"look": None, "drag, server draws": server_draws, "drag, browser draws": browser_draws_in_any_case}


def recorded(browser, url, model, way):
    """What one page asks in ``RECORDED``: ([(seconds, body of an event)], how often for what else, by its path)."""
    asked, prepare = [], WAYS[way]
    with fresh_page(browser) as page:
        opened(page, url, model, 1)
        if prepare:
            prepare(page)
        begun = time.perf_counter()
        page.on("request", lambda asks: asked.append((time.perf_counter() - begun, asks.url, asks.post_data)))
        page.evaluate(DRAG, RECORDED) if prepare else page.wait_for_timeout(1000 * RECORDED)
        found = list(asked)
    events = [(at, json.loads(body)) for at, url, body in found if "queue/join" in url]
    return events, Counter(urlsplit(url).path for _, url, _ in found if "queue/join" not in url)


async def replay(url, events, visitors):
    async def one():
        visitor = load.Visitor("lab", url, {}, b"", [])
        visitor.session, begun = secrets.token_hex(6), time.perf_counter()
        for at, body in events:
            await asyncio.sleep(begun + at - time.perf_counter())
            await visitor.event(body["fn_index"], body["data"])
        await asyncio.sleep(begun + RECORDED - time.perf_counter())
        await visitor.client.aclose()

    await asyncio.gather(*[one() for _ in range(visitors)])


def spent(process, act, *arguments):
    """(processor seconds of a process, seconds) while something is done."""
    before, begun = sum(process.cpu_times()[:2]), time.perf_counter()
    act(*arguments)
    return round(sum(process.cpu_times()[:2]) - before, 2), round(time.perf_counter() - begun, 1)


def costs(models, visitors):
    """``{"model, way": {"events" and "beside" of one page, "cpu" and "seconds" of all visitors}}``, and of nobody."""
    found = {}
    with own_runs(), load.started("lab") as (address, process):
        url = address.rstrip("/")
        with chromium() as browser:
            pages = {(model, way): recorded(browser, url, model, way) for model, way in itertools.product(models, WAYS)}
        found["nobody"] = dict(zip(("cpu", "seconds"), spent(process, time.sleep, RECORDED)))
        for (model, way), (events, beside) in pages.items():
            cpu, seconds = spent(process, asyncio.run, replay(url, events, visitors))
            found[f"{model}, {way}"] = {"events": len(events), "beside": beside, "cpu": cpu, "seconds": seconds}
            print(f"{model}, {visitors} who {way}: {found[f'{model}, {way}']}", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sent = sorted(path.parent.name for path in paths.SHIPPED.glob(f"*/{stored_model.FILE}"))
    parser.add_argument("--models", nargs="+", default=sent)
    parser.add_argument("--visitors", type=int, help="measure what so many cost the server instead")
    args = parser.parse_args()
    print(json.dumps(costs(args.models, args.visitors) if args.visitors else paces(args.models)))


if __name__ == "__main__":
    main()
