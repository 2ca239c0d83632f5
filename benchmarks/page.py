"""How quickly the page comes, and how its picture follows a slider:  python -m benchmarks.page [--presses N]

First load: seconds from starting ``python app.py`` to the first picture in a headless Chromium that keeps nothing from
before, and the bytes and requests until then, as they crossed the network. Opened: with the server warm, milliseconds
from opening the address to the first picture, and until a slider answers, beside a plain Gradio page of one slider and
one picture, in turn. Live: milliseconds from an arrow key's press to the new picture, for sheets of 1, 16 and 64 images
of every shipped GAN, beside an event that only returns a constant picture, in a page of its own and in the lab's page,
all in one run: paced, and as fast as pictures come. Of a sheet as many images follow as can be drawn in time
(``genclass/ui/common/draw_pace.py``). The server draws them: ``benchmarks/frames.py`` has the browser do it.
"""

import argparse
import contextlib
import itertools
import json
import multiprocessing
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

import gradio as gr
import numpy as np
import torch

from benchmarks.latency import ROOT, free_port, own_runs
from genclass.files.images import png_bytes
from genclass.ui.common import html, model_cache
from genclass.ui.common.events import LIVE
from genclass.ui.layout import build_app, launch_settings

SHEETS = (1, 16, 64)
STARTS = 3
OPENED = 8  # times each page
PLAIN = ("#slider input[type=range]", "#picture")  # a slider, and what it moves
LAB = ("#direction-d1 input[type=range]", "#generate-picture")
PAUSES = {"paced": 200, "fast": 0}  # milliseconds between presses: the slider does not come to rest
WATCH = """([slider, picture]) => {
  window.times = [];
  const watched = document.querySelector(picture);
  const shown = () => watched.querySelector("img")?.src + watched.style.getPropertyValue("--tile");
  let before = shown();
  new MutationObserver(() => {
    if (shown() === before || !watched.querySelector("img")) return;
    before = shown();
    if (window.pressed) window.times.push(performance.now() - window.pressed);
    window.pressed = null;
  }).observe(watched, {subtree: true, childList: true, attributes: true, attributeFilter: ["src", "style"]});
  document.querySelector(slider).addEventListener("keydown", () => { window.pressed = performance.now(); });
  document.querySelector(slider).focus();
}"""


FIRST = """() => {
  const look = () => {
    const image = document.querySelector("#opening img, #generate-picture img, #picture img");
    if (image?.complete && image.naturalWidth) window.first = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""


def add_constant(demo):
    """Add a slider that returns one of two pictures that were made before."""
    pictures = [html.picture(png_bytes(np.full((28, 28, 1), shade, np.uint8)), 1, "constant") for shade in (80, 160)]
    demo.current_page = ""  # of the lab's pages, one for each language, the first
    with demo:
        slider, shown = gr.Slider(-3, 3, 0, step=0.05, elem_id="slider"), gr.HTML(pictures[0], elem_id="picture")
        slider.input(lambda value: pictures[round(value * 20) % 2], slider, shown, **LIVE)
    return demo


def serve(pipe, add, threads):
    """Run both pages, in a process that does nothing else; their addresses go through the pipe."""
    quiet = {"prevent_thread_lock": True, "quiet": True}
    torch.set_num_threads(threads)
    _, plain, _ = add(gr.Blocks(analytics_enabled=False)).launch(**quiet)
    _, lab, _ = add(build_app()).launch(**quiet, **launch_settings())
    pipe.send((plain, lab))
    threading.Event().wait()


@contextlib.contextmanager
def served(add, threads):
    """The addresses of a plain page and of the lab's; ``add`` gives each an event that returns a constant."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, add, threads), daemon=True)
    process.start()
    there.close()  # so that a server that dies is noticed
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def measure(page, url, slider, picture, presses, pause):
    """Milliseconds of each press, the first few left out: they warm up."""
    page.goto(url)
    page.locator(f"{picture} img").first.wait_for()
    page.locator(slider).wait_for()
    page.evaluate("() => { if (window.genclassTold) genclassTold.browser.models = {}; }")
    page.wait_for_timeout(6000)  # until what follows the first picture has come to rest
    page.evaluate(WATCH, [slider, picture])
    for index in range(presses + 5):
        page.keyboard.press("ArrowRight" if index % 40 < 20 else "ArrowLeft")
        page.wait_for_function("count => times.length > count", arg=index, polling=20)
        page.wait_for_timeout(pause)
    return page.evaluate("times")[5:]


@contextlib.contextmanager
def listening(port, words, **how):
    """The address of a process at a port, from when it listens; ``how`` is what ``subprocess.Popen`` takes."""
    process = subprocess.Popen(words, **how)
    try:
        wait_until_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def started():
    """The address of ``python app.py``, from when it listens."""
    port = free_port()
    words = [sys.executable, "app.py", "--port", str(port)]
    with own_runs(), listening(port, words, cwd=ROOT, stdout=subprocess.DEVNULL) as url:
        yield url


@contextlib.contextmanager
def fresh_page(browser):
    """A page in a browser that keeps nothing from before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def first_load(browser):
    """From a process that starts to the first picture: ``{"seconds", "bytes", "requests"}``."""
    start, finished = time.perf_counter(), []
    with started() as url, fresh_page(browser) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda told: finished.append(told["encodedDataLength"]))
        page.goto(url)
        page.locator("#generate-picture img").wait_for(timeout=120_000)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "bytes": sum(finished), "requests": len(finished)}


def first_loads(browser):
    loads = [first_load(browser) for _ in range(STARTS)]
    seconds = [one["seconds"] for one in loads]
    return {**loads[-1], "seconds": statistics.median(seconds), "deviation": statistics.stdev(seconds), "n": STARTS}


def opened(browser, url, slider, picture):
    """From opening the address: ``{"picture", "answers"}`` in milliseconds."""
    with fresh_page(browser) as page:
        page.add_init_script(f"({FIRST})()")
        page.goto(url, wait_until="commit")
        page.locator(slider).wait_for()
        page.locator(f"{picture} img").first.wait_for()
        page.evaluate(WATCH, [slider, picture])
        while not page.evaluate("times.length"):  # its first presses may come before anything listens
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(20)
        return {"picture": page.evaluate("first"), "answers": page.evaluate("performance.now()")}


def opened_in_turn(browser, pages):
    """``{"page moment": {"median_ms", "deviation", "n"}}`` for each of the pages' arguments to ``opened``."""
    rounds = [{name: opened(browser, *where) for name, where in pages.items()} for _ in range(OPENED)]
    return {
        f"{name} {moment}": summary([one[name][moment] for one in rounds])
        for name, moment in itertools.product(pages, ("picture", "answers"))
    }


def follows(browser, plain, lab, args):
    """``{"page pace": {"median_ms", "deviation", "n"}}`` for the constants and each model's sheets."""
    pages, found = {"constant": (plain, *PLAIN), "beside": (lab, *PLAIN)}, {}
    for model, count in itertools.product(args.models, SHEETS):
        pages[f"{model} {count}"] = (f"{lab}?model={model}&count={count}", *LAB)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    for (name, where), pace in itertools.product(pages.items(), PAUSES):
        found[f"{name} {pace}"] = summary(measure(page, *where, args.presses, PAUSES[pace]))
        share = found[f"{name} {pace}"]["median_ms"] / found[f"constant {pace}"]["median_ms"]
        print(f"{name} {pace}: {found[f'{name} {pace}']}, {share:.2f} × constant", flush=True)
    return found


def summary(times):
    return {"median_ms": statistics.median(times), "deviation": statistics.stdev(times), "n": len(times)}


def wait_until_open(port, patience=120, host="127.0.0.1"):
    """Until something listens at the port."""
    limit = time.perf_counter() + patience
    while time.perf_counter() < limit:
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError("the page did not start")


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--models", nargs="+", default=model_cache.names("gan"))
    args = parser.parse_args()
    with sync_playwright() as playwright, served(add_constant, 1) as (plain, lab):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        found = {"first_load": first_loads(browser)}
        print(f"first load: {found['first_load']}", flush=True)
        with started() as url:
            found["opened"] = opened_in_turn(browser, {"plain": (plain, *PLAIN), "lab": (url, *LAB)})
        print(f"opened: {found['opened']}", flush=True)
        found |= follows(browser, plain, lab, args)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
