"""What a photo costs, end to end:  python -m benchmarks.photo PHOTOS [--model NAME] [--count N]

PHOTOS is a folder of pictures. In headless Chromium each is put into Classify as a visitor puts one there; milliseconds
from the choice of the file until its answer stands on the page, then until its heat lies over it. Beside it the same
files, in turn with the others, put into an image component whose event only returns a constant label: in a page of its
own, and in the lab's page.
"""

import argparse
import json
import shutil
from pathlib import Path

import gradio as gr

from benchmarks.page import served, summary
from genclass.models import store
from genclass.train import machine
from genclass.ui.common.events import LIVE

WARM_UP = 2  # photos
REST = 800  # milliseconds before the next photo: everything that follows an answer has come by then
PLAIN = ("#plain-image", "#plain-answer", None)  # where a photo is put, what is said of it, where its heat lies
LAB = ("#classify-image", "#classify-answer", "#why-picture")
WATCH = """([answer, heat]) => {
  window.told = {};
  const note = (name, shown) => {
    if (window.chosen && !(name in window.told) && shown) window.told[name] = performance.now() - window.chosen;
  };
  const look = () => {
    note("answer", document.querySelector(`${answer} h2`)?.checkVisibility());
    const picture = heat && document.querySelector(`${heat} img`);
    note("heat", picture && picture.src !== window.before);
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
  document.addEventListener("change", event => {
    if (event.target.type !== "file") return;
    window.told = {};
    window.before = heat && document.querySelector(`${heat} img`)?.src;
    window.chosen = performance.now();
  }, true);
}"""


def add_constant(demo):
    """Add an image whose event returns one of two labels, with the chances of five classes each."""
    labels = [{f"{kind} {index}": 0.2 for index in range(5)} for kind in ("one", "other")]
    demo.current_page = ""  # of the lab's pages, one for each language, the first
    with demo:
        image = gr.Image(type="filepath", format="png", sources=["upload"], elem_id="plain-image")
        label = gr.Label(num_top_classes=5, elem_id="plain-answer")
        image.input(lambda file: file and labels[hash(file["path"]) % 2], image, label, **LIVE)
    return demo


class Place:
    """A page in which photos are asked about."""

    def __init__(self, browser, url, image, answer, heat):
        self.page, self.image, self.heat = browser.new_page(viewport={"width": 1280, "height": 900}), image, heat
        self.answer, self.times = answer, []
        self.page.set_default_timeout(60_000)
        self.page.goto(url)
        self.page.locator(f"{image} input[type=file]").wait_for(state="attached")
        self.page.evaluate(WATCH, [answer, heat])

    def ask(self, photo):
        """Put a photo there, wait for all that is said of it, and take it away again."""
        self._take_away()
        self.page.locator(f"{self.image} input[type=file]").set_input_files(photo)
        last = "heat" if self.heat else "answer"
        self.page.wait_for_function("last => last in told", arg=last, polling=50)
        self.times.append(self.page.evaluate("told"))
        self.page.wait_for_timeout(REST)

    def _take_away(self):
        remove = self.page.locator(f"{self.image} button[aria-label*=emove]")
        if remove.count():
            remove.first.click()
            self.page.locator(f"{self.answer} h2").wait_for(state="hidden")
            self.page.wait_for_timeout(REST)


def asked(browser, places, photos):
    """``{"place moment": {"median_ms", "deviation", "n"}}``, the first photos left out: they warm up."""
    opened = {name: Place(browser, *where) for name, where in places.items()}
    for photo in photos:
        for place in opened.values():
            place.ask(photo)
    found = {}
    for name, place in opened.items():
        told = place.times[WARM_UP:]
        found[f"{name} answer"] = summary([one["answer"] for one in told])
        if place.heat:
            found[f"{name} heat after it"] = summary([one["heat"] - one["answer"] for one in told])
    return found


def files(folder, count):
    """So many pictures of a folder and its folders, evenly through all of them."""
    every = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return every[:: max(1, len(every) // count)][:count]


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--model", default=store.KNOWS_MOST)
    parser.add_argument("--count", type=int, default=20)
    args = parser.parse_args()
    print(f"{machine.processor()}, {machine.cores()} cores, {args.model}")
    with sync_playwright() as playwright, served(add_constant, machine.cores()) as (plain, lab):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        places = {"constant": (plain, *PLAIN), "beside": (lab, *PLAIN),
                  "photo": (f"{lab}?tab=classify&model={args.model}", *LAB)}  # fmt: skip
        found = asked(browser, places, files(args.photos, args.count + WARM_UP))
    for name, figure in found.items():
        share = figure["median_ms"] / found["constant answer"]["median_ms"]
        print(f"{name}: {figure['median_ms']:.0f} ± {figure['deviation']:.0f} ms, {share:.2f} × constant")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
