"""Tiny stand-ins: models that build in milliseconds, image sets of a few dozen images."""

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # gradio_client tells who connects
os.environ.pop("GRADIO_TEMP_DIR", None)  # each process its own: what lies there goes when the first server of it ends

import numpy as np
import pytest
import torch
from PIL import Image

from genclass import paths
from genclass.data.imageset import ImageSet
from genclass.jobs import local
from genclass.models import checkpoint
from genclass.train import machine
from tests.cut_off import sitecustomize

local.NICE = 0  # tests wait for training: it goes first
SHIPPED = paths.SHIPPED  # as it is before tests of the page put models of their own there
# Few tests that take long: of the files that .ci/run hands out these go first, or one worker would wait for them.
SLOW = ("tests/train/test_kill.py", "tests/ui/test_copies.py",
        *(f"tests/browser/test_{name}.py" for name in ("own", "train", "axe")))  # fmt: skip


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_collection_finish():
    gc.freeze()  # no collection goes through the libraries again, which took a twentieth of the time


@pytest.fixture(autouse=True, scope="session")
def outside(tmp_path_factory):
    """No process of the tests reaches another machine, whatever becomes of the error that it gets."""
    noted = tmp_path_factory.mktemp("outside") / "noted"
    # Each call of gradio_client would read all certificates anew, and nothing here needs one.
    os.environ["SSL_CERT_DIR"] = str(tmp_path_factory.mktemp("no-certificates"))
    folder = Path(sitecustomize.__file__).parent
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    os.environ["GENCLASS_OUTSIDE"] = str(noted)
    sys.addaudithook(sitecustomize.hook)
    yield
    assert not noted.exists(), f"other machines were to be reached: {noted.read_text()}"


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Runs of a test go to a folder of its own; one thread does more than two for models this small."""
    monkeypatch.setattr(paths, "SHIPPED", SHIPPED)
    monkeypatch.setattr(machine, "CALIBRATION_STEPS", 1)
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path_factory.mktemp("runs")))
    torch.set_num_threads(1)


def know(request, shape=None):
    """The request, as if its step had been measured here: most steps of a short run would be for that.

    Args:
        shape: as ``machine.shape_of`` its images, where they are not those that it names.
    """
    found = {"precision": "float32", "seconds_per_step": 0.1}
    machine.remember(request, shape or machine.named_shape(request.data), found)
    return request


def know_machine():
    """As if every preset had been measured here: a process kept ready has nothing to do then."""
    for request in machine.unmeasured():
        know(request)


def random_images(count, channels=3, size=32, seed=0):
    """uint8 tensor [count, channels, size, size]."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)


def small_set(classes=3, count=60, channels=3, size=32):
    """An ImageSet of random images whose brightness tells their class."""
    labels = torch.arange(count) % max(classes, 1)
    shades = (labels * 200 // max(classes, 1)).view(-1, 1, 1, 1)
    images = (random_images(count, channels, size) // 5 + shades).to(torch.uint8)
    names = [f"class-{index}" for index in range(classes)]
    half, labels = count // 2, labels.to(torch.uint8)
    return ImageSet("small", names, images[:half], labels[:half], images[half:], labels[half:])


def config_of(kind, architecture, classes=("a", "b", "c"), channels=3, size=32, name="tiny"):
    """A checkpoint's config.json, less what ``checkpoint.save`` adds."""
    return {
        "name": name,
        "kind": kind,
        "dataset": "small",
        "classes": list(classes),
        "image_size": size,
        "channels": channels,
        "architecture": architecture,
        "normalisation": {"mean": 0.5, "std": 0.25},
        "metrics": {},
        "training": {},
    }


@pytest.fixture
def save_tiny(tmp_path):
    """Writes a checkpoint of a tiny network and returns its folder."""

    def save(kind="gan", classes=("a", "b", "c"), name="tiny"):
        torch.manual_seed(0)
        small = {"name": "gan", "z_dim": 8, "width": 4, "discriminator": {"width": 8}}
        architecture = small if kind == "gan" else {"name": "airnet", "width": 4}
        config = config_of(kind, architecture, classes, name=name)
        parts = ("model", "discriminator") if kind == "gan" else ("model",)
        checkpoint.save(tmp_path / name, config, {part: checkpoint.build(config, part) for part in parts})
        return tmp_path / name

    return save


@pytest.fixture
def image_folder(tmp_path):
    """Writes a folder of class folders of PNG files and returns its path."""

    def write(classes=("cat", "dog"), count=6, name="pets", mode="RGB"):
        for label, folder in enumerate(classes):
            (tmp_path / name / folder).mkdir(parents=True)
            for index, image in enumerate(random_images(count, seed=label).permute(0, 2, 3, 1).numpy()):
                Image.fromarray(image).convert(mode).save(tmp_path / name / folder / f"{index:02}.png")
        return tmp_path / name

    return write


@pytest.fixture
def photo():
    """An RGB picture of 60×40 with a gradient."""
    rows, columns = np.mgrid[0:40, 0:60]
    return Image.fromarray(np.stack([rows * 6, columns * 4, rows + columns], -1).astype(np.uint8))
