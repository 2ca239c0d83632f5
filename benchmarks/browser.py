"""Exported pages in a headless Chromium: size, time of an image or an answer, and whether they answer as the lab does.

    python -m benchmarks.browser [--models NAME...] [--photos FOLDER]

Of each shipped GAN: bytes of the page, of them beside the weights; seconds until the sheet and all strips are drawn;
milliseconds an image, n = 30 one after the other, in WebAssembly on one thread; latents of 1,000 seeds that differ in
any bit, and the most that a pixel of 64 images differs, of 255. Of each shipped classifier: bytes; of the photos of a
folder, how many have the lab's first class and its doubt, and the most that a probability and a prepared pixel differ,
told after every fifty; of those whose first class, doubt or a probability by more than ``NEAR`` differs, what the two
likeliest have in the lab and in the page. The last line is JSON.
"""

import argparse
import base64
import contextlib
import dataclasses
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import genclass
from genclass import paths
from genclass.files import walk
from genclass.models import checkpoint, pictures, store
from genclass.models.answerer import Answerer
from genclass.models.web.page_file import write_html

TIMED = 30
SEEDS = 1000
TOLD = 50  # photos
NEAR = 0.01  # that a probability may be from the lab's
DRAWN = 64
LATENTS = """([recipe, count]) => Array.from({ length: count },
  (_, index) => [...latent(recipe, index, told.z_dim, told.directions)])"""
PIXELS = "async ([recipe, index]) => [...(await pixels(recipe, index)).data]"
TIMES = """async count => {
  const times = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await pixels(recipe, index);
    times.push(performance.now() - begun);
  }
  return times;
}"""
# As one string: Playwright takes two seconds for the pixels as so many numbers.
ANSWER = """async data => {
  const image = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]));
  const begun = performance.now(), found = await answered(picture(image, image.width, image.height));
  return JSON.stringify({ ...found, small: [...found.small], milliseconds: performance.now() - begun });
}"""


def of_generator(page, name):
    """Figures of a GAN's page that is open and has drawn."""
    sampler = genclass.load(name)
    recipe = {"model": name, "seed": 0, "truncation": 0.9, "directions": {"d1": 1.3, "d2": -0.7}}
    found = np.array(page.evaluate(LATENTS, [{**recipe, "class": None}, SEEDS]), np.float32)
    expected, images = sampler.latents({**recipe, "count": SEEDS}).numpy(), sampler.sample({**recipe, "count": DRAWN})
    drawn = [page.evaluate(PIXELS, [{**recipe, "class": None}, index]) for index in range(DRAWN)]
    drawn = np.array(drawn).reshape(*images.shape[:3], 4)[..., : images.shape[3]]
    times = page.evaluate(TIMES, TIMED)
    return {
        "latents_that_differ": int((found != expected).any(1).sum()),
        "pixel": int(np.abs(drawn - images.astype(int)).max()),
        "milliseconds": round(float(np.mean(times)), 1),
        "deviation": round(float(np.std(times)), 1),
    }


@dataclasses.dataclass
class Both:
    """One photo in the page and in the lab: the likeliest two of each are (class, probability)."""

    photo: str
    lab: list
    page: list
    doubts: tuple
    probability: float
    pixel: int
    milliseconds: float

    @property
    def same(self):
        return self.lab[0][0] == self.page[0][0]

    @property
    def alike(self):
        return self.same and len(set(self.doubts)) == 1 and self.probability <= NEAR


def compared(page, classifier, path):
    """``Both`` of a photo."""
    found = json.loads(page.evaluate(ANSWER, base64.b64encode(path.read_bytes()).decode()))
    answerer = Answerer.of(classifier)
    (seen,) = map(answerer.see, pictures.each(path))
    (answer,) = answerer.answers([seen])
    expected = dict(zip(classifier.classes, answer.probabilities.tolist()))
    likeliest = sorted(expected.items(), key=lambda each: -each[1])
    small = np.array(found["small"]).reshape(seen.small.shape)
    return Both(
        path.name, likeliest[:2], found["classes"][:2], (answer.doubt, found["doubt"]),
        max(abs(probability - expected[name]) for name, probability in found["classes"]),
        int(np.abs(small - seen.small.numpy().astype(int)).max()), found["milliseconds"],
    )  # fmt: skip


def of_classifier(page, name, photos):
    """Figures of a classifier's page that is ready."""
    classifier, rows = genclass.load(name), []
    for count, path in enumerate(photos, 1):
        rows.append(compared(page, classifier, path))
        if count % TOLD == 0:
            print(name, summary(rows), flush=True)
    return summary(rows) | {"differ": [dataclasses.asdict(row) for row in rows if not row.alike]}


def summary(rows):
    most = max(rows, key=lambda row: row.probability)
    return {
        "photos": len(rows),
        "same_first_class": sum(row.same for row in rows),
        "same_doubt": sum(len(set(row.doubts)) == 1 for row in rows),
        "probability": round(most.probability, 4),
        "of": most.photo,
        "not_near": sum(row.probability > NEAR for row in rows),
        "pixel": max(row.pixel for row in rows),
        "milliseconds": round(float(np.mean([row.milliseconds for row in rows])), 1),
    }


@contextlib.contextmanager
def opened(browser, file):
    """(a page of ``file`` that is ready, seconds until it was)."""
    page, begun = browser.new_page(), time.perf_counter()
    page.set_default_timeout(300_000)
    page.goto(file.as_uri())
    page.locator("#status:empty").wait_for(state="attached")
    if page.locator("#stage").count():
        page.locator("body[data-drawn]").wait_for()
    yield page, round(time.perf_counter() - begun, 1)
    page.close()


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of photos, for the classifiers")
    parser.add_argument("--models", nargs="+", default=sorted(path.name for path in paths.SHIPPED.iterdir()))
    args, found = parser.parse_args(), {}
    photos = walk.pictures(args.photos) if args.photos else []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in args.models:
            file, weights = Path(folder) / f"{name}.html", paths.SHIPPED / name / "model.safetensors"
            write_html(store.find(name), file)
            kind = checkpoint.read_config(store.find(name))["kind"]
            with opened(browser, file) as (page, seconds):
                figures = (
                    of_generator(page, name) if kind == "gan" else of_classifier(page, name, photos) if photos else {}
                )
            found[name] = {"bytes": file.stat().st_size, "beside": file.stat().st_size - weights.stat().st_size,
                           "seconds": seconds, **figures}  # fmt: skip
            print(name, found[name], flush=True)
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
