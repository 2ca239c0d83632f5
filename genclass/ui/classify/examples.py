"""Test images of the bundled data sets, to be asked about at a press."""

import functools

from genclass.data import catalog, sources
from genclass.files import images
from genclass.ui.server import quota

EACH = 5  # of each bundled data set


@functools.cache
def example_files() -> list[tuple[str, str]]:
    """``[(path, model)]`` of a few test images of each bundled data set, with the shipped model that knows them."""
    found = []
    for name in catalog.bundled():
        tests = sources.read_mini(name, "test")
        step = len(tests) // EACH
        for image in tests[step // 2 :: step].permute(0, 2, 3, 1).numpy():
            path = quota.save(images.png_bytes(image), f"{name}.png", keep=True)
            found.append((path, f"{catalog.whole_name(name)}-airnet"))
    return found
