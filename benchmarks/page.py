"""How quickly the page comes, and how its picture follows a slider:  python -m benchmarks.page [--presses N]

First load: seconds from starting ``python app.py`` to the first picture in a headless Chromium that keeps nothing from
before, and the bytes and requests until then, as they crossed the network. Live: milliseconds from an arrow key's press
to the new picture, for sheets of 1, 16 and 64 images of every shipped GAN, beside an event that only returns a constant
picture, in a page of its own and in the lab's page, all in one run: paced, and as fast as pictures come. Of a sheet as
many images follow as can be drawn in time (``genclass/ui/common/draw_pace.py``).
"""

import argparse
import contextlib
import itertools
import json
import shutil
import socket
import statistics
import subprocess
import sys
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


def add_constant(demo):
    """Add a slider that returns one of two pictures that were made before."""
    pictures = [html.picture(png_bytes(np.full((28, 28, 1), shade, np.uint8)), 1, "constant") for shade in (80, 160)]
    demo.current_page = ""  # of the lab's pages, one for each language, the first
    with demo:
        slider, shown = gr.Slider(-3, 3, 0, step=0.05, elem_id="slider"), gr.HTML(pictures[0], elem_id="picture")
        slider.input(lambda value: pictures[round(value * 20) % 2], slider, shown, **LIVE)
    return demo


def measure(page, url, slider, picture, presses, pause):
    """Milliseconds of each press, the first few left out: they warm up."""
    page.goto(url)
    page.locator(f"{picture} img").first.wait_for()
    page.locator(slider).wait_for()
    page.wait_for_timeout(6000)  # until what follows the first picture has come to rest
    page.evaluate(WATCH, [slider, picture])
    for index in range(presses + 5):
        page.keyboard.press("ArrowRight" if index % 40 < 20 else "ArrowLeft")
        page.wait_for_function("count => times.length > count", arg=index, polling=20)
        page.wait_for_timeout(pause)
    return page.evaluate("times")[5:]


@own_runs()
def first_load(browser):
    """From a process that starts to the first picture: ``{"seconds", "bytes", "requests"}``."""
    port, start, finished = free_port(), time.perf_counter(), []
    words = [sys.executable, "app.py", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda told: finished.append(told["encodedDataLength"]))
        wait_until_open(port)
        page.goto(f"http://127.0.0.1:{port}")
        page.locator("#generate-picture img").wait_for(timeout=120_000)
        seconds = time.perf_counter() - start
    finally:
        context.close()
        process.terminate()
        process.wait()
    return {"seconds": seconds, "bytes": sum(finished), "requests": len(finished)}


def wait_until_open(port, patience=120):
    """Until something listens at the port."""
    limit = time.perf_counter() + patience
    while time.perf_counter() < limit:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError("the page did not start")


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--models", nargs="+", default=model_cache.names("gan"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    quiet = {"prevent_thread_lock": True, "quiet": True}
    _, plain, _ = add_constant(gr.Blocks(analytics_enabled=False)).launch(**quiet)
    _, lab, _ = add_constant(build_app()).launch(**quiet, **launch_settings())
    pages = {
        name: (url, "#slider input[type=range]", "#picture") for name, url in (("constant", plain), ("beside", lab))
    }
    for model, count in itertools.product(args.models, SHEETS):
        url = f"{lab}?model={model}&count={count}"
        pages[f"{model} {count}"] = (url, "#direction-d1 input[type=range]", "#generate-picture")
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        loads = [first_load(browser) for _ in range(STARTS)]
        seconds = [one["seconds"] for one in loads]
        found["first_load"] = {**loads[-1], "seconds": statistics.median(seconds), "n": STARTS,
                               "deviation": statistics.stdev(seconds)}  # fmt: skip
        print(f"first load: {found['first_load']}", flush=True)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        for (name, where), pace in itertools.product(pages.items(), PAUSES):
            times, key = measure(page, *where, args.presses, PAUSES[pace]), f"{name} {pace}"
            found[key] = {"median_ms": statistics.median(times), "deviation": statistics.stdev(times), "n": len(times)}
            share = found[key]["median_ms"] / found[f"constant {pace}"]["median_ms"]
            print(f"{key:>36}: {found[key]}, {share:.2f} × constant", flush=True)
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
