"""No test reaches another machine or the folders of another; fixtures that write tiny models and images."""

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
from genclass.jobs import local
from genclass.train import machine
from tests.cut_off import sitecustomize
from tests.stand_ins import SHIPPED, config_of, random_images, save_network

for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[variable]  # no client of the tests asks for this machine through one
local.NICE = 0  # tests wait for training: it goes first
MOST_PROCESSES = 4  # a page of its own, a browser and trainings each: a gigabyte or two
# Few tests that take long: of the files that are handed out these go first, or one worker would wait for them.
BROWSER = ("tests/browser/", "tests/benchmarks/test_two_hosts.py")
SLOW = (*BROWSER, "tests/train/test_kill.py", "tests/ui/server/test_copies.py")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """All the tests go to several processes, unless -n says otherwise; a few named ones are sooner through in one."""
    asked = getattr(config.option, "numprocesses", 0)  # there is no such option without pytest-xdist
    whole = config.args_source is config.ArgsSource.TESTPATHS and not hasattr(config, "workerinput")
    if asked is None and whole:
        config.option.numprocesses, config.option.dist = min(os.cpu_count() or 1, MOST_PROCESSES), "loadfile"
        config.option.loadscopereorder = False  # as sorted here


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """One process has all tests that drive a browser, as one visitor would: beside a second browser each waits longer
    than it has patience. So it has those that make networks: a browser gives up all it asks when one comes or goes."""
    from xdist.scheduler import LoadFileScheduling

    class OneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return "browser" if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)

    return OneBrowser(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_collection_finish():
    gc.freeze()  # no collection goes through the libraries again, which took a twentieth of the time


def pytest_unconfigure():
    gc.unfreeze()  # or Triton, which comes with the first optimizer, is never cleared up and lists all that it leaks


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


@pytest.fixture
def save_tiny(tmp_path):
    """Writes a checkpoint of a tiny network and returns its folder."""

    def save(kind="gan", classes=("a", "b", "c"), name="tiny"):
        small = {"name": "gan", "z_dim": 8, "width": 4, "discriminator": {"width": 8}}
        architecture = small if kind == "gan" else {"name": "airnet", "width": 4}
        config = config_of(kind, architecture, classes, name=name)
        save_network(tmp_path, name, config)
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
