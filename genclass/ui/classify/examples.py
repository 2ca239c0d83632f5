"""Pictures to be asked about at a press: photos that come with Gradio, test images of the bundled data sets."""

import functools
from pathlib import Path

import gradio

from genclass.data import catalog, sources
from genclass.files import images
from genclass.models import store
from genclass.ui.server import quota

PHOTOS = ("cheetah.jpg", "lion.jpg", "tower.jpg")
EACH = 5  # of each bundled data set


@functools.cache
def example_files() -> list[tuple[str, str]]:
    """``[(path, model)]`` of a few photos, then test images of each bundled data set, with the shipped model that knows
    them."""
    folder = Path(gradio.__file__).parent / "media_assets" / "images"
    present = [folder / name for name in PHOTOS if (folder / name).exists()]
    found = [(quota.save(path.read_bytes(), path.name, keep=True), store.KNOWS_MOST) for path in present]
    for name in sorted(catalog.bundled()):
        tests = sources.read_mini(name, "test")
        step = len(tests) // EACH
        for image in tests[step // 2 :: step].permute(0, 2, 3, 1).numpy():
            path = quota.save(images.png_bytes(image), f"{name}.png", keep=True)
            found.append((path, f"{catalog.whole_name(name)}-airnet"))
    return found
