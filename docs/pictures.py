"""The README's pictures:  python -m docs.pictures

Opens a lab of its own in headless Chromium, fills each tab with a working example, Train with most of a training of two
minutes, and writes docs/<tab>.png, 1200×820 in 256 colours.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from genclass.jobs import runs
from genclass.ui.layout import build_app, launch_settings

HERE = Path(__file__).parent
SIZE = {"width": 1200, "height": 820}
COLOURS = 256
PATIENCE = 600_000  # milliseconds: the training included
RUN = "fashion"


def generate(page):
    page.locator("#generate-card .gc-card").wait_for()
    page.locator("#strip-d8 img").wait_for()


def classify(page):
    page.locator("#classify-examples button").nth(1).click()
    page.locator("#why-picture img").nth(1).wait_for()


def models(page):
    page.locator("#models-all .gc-point").first.wait_for()  # once every model's time is measured
    page.locator("#models-all").scroll_into_view_if_needed()


def learn(page):
    page.locator("#learn-cnn-button").click()
    page.locator("#inside-picture .gc-map").first.wait_for()
    page.locator("#inside-picture").scroll_into_view_if_needed()


def train(page):
    """The article's classifier near the end of its two minutes."""
    page.locator("#train-kind input").nth(1).check()
    page.locator("#train-more-button").click()
    page.locator("#train-preset input[value=classic-cnn]").check()
    page.locator("#train-name input, #train-name textarea").fill(RUN)
    page.locator("#train-start").click()
    page.locator("#train-picture img").wait_for()
    page.wait_for_function("parseInt(document.querySelector('#train-status [role=progressbar]').ariaValueNow) >= 90")
    page.locator("#train-mine").evaluate("watched => watched.scrollIntoView()")


TABS = {"generate": generate, "classify": classify, "choose": models, "learn": learn, "train": train}
IDS = {"choose": "models"}  # where a tab's id is not its name


def take(page, name):
    """Fill a tab and write its picture."""
    page.locator(f"#tab-{IDS.get(name, name)}-button").click()
    TABS[name](page)
    page.wait_for_timeout(3000)  # until what moves has come to rest
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB", flush=True)


def end_runs():
    """Stop what trains and wait until it has written its last state: its folder is deleted next."""
    for status in runs.list_runs():
        runs.stop(status["id"])
        while runs.status(status["id"])["state"] not in ("stopped", "finished"):
            time.sleep(1)


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["GENCLASS_RUNS"] = folder
        demo = build_app()
        _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, locale="en")
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        for name in TABS:
            take(page, name)
        browser.close()
        end_runs()
        demo.close()


if __name__ == "__main__":
    main()
