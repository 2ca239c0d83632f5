"""A real server on a free port, with tiny models of both kinds that were trained for it."""

import contextlib
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import pytest
import torch
from gradio_client import Client

from genclass import paths
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import checkpoint
from genclass.train.settings import Request
from genclass.ui.layout import build_app, launch_settings
from tests.conftest import config_of, know


def save_network(folder, name, config):
    torch.manual_seed(0)
    parts = ("model", "discriminator") if config["kind"] == "gan" else ("model",)
    checkpoint.save(folder / name, config, {part: checkpoint.build(config, part) for part in parts})


def write_models(folder):
    """Untrained models as if they were shipped: two GANs, one of them without classes, and three classifiers."""
    gan = {"name": "gan", "z_dim": 20, "width": 4, "discriminator": {"width": 8}}
    airnet = {"name": "airnet", "width": 4}
    fashion = [f"class-{index}" for index in range(10)]
    for name, kind, architecture, classes, dataset in (
        ("fashion-mnist-gan", "gan", gan, fashion, "fashion-mnist"),
        ("plain-gan", "gan", gan, [], "plain"),
        ("fashion-mnist-airnet", "classifier", airnet, fashion, "fashion-mnist"),
        ("fashion-mnist-classic-cnn", "classifier", {"name": "classic-cnn"}, fashion, "fashion-mnist"),
        ("abc-airnet", "classifier", airnet, ["a", "b", "c"], "abc"),
    ):
        config = config_of(kind, architecture, classes, channels=1, size=28, name=name)
        save_network(folder, name, {**config, "dataset": dataset})


def stop_all():
    """Ask every run that a test has left behind to stop."""
    for status in runs.list_runs():
        with contextlib.suppress(GenClassError):
            runs.stop(status["id"])


@pytest.fixture(scope="session")
def blocks(tmp_path_factory):
    """A running page with its own models and runs."""
    patch = pytest.MonkeyPatch()
    patch.setattr(paths, "SHIPPED", tmp_path_factory.mktemp("shipped"))
    patch.setenv("GENCLASS_RUNS", str(tmp_path_factory.mktemp("runs")))
    write_models(paths.SHIPPED)
    demo = build_app()
    demo.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    yield demo
    stop_all()
    demo.close()
    patch.undo()


@pytest.fixture(scope="session")
def lab(blocks):
    """Its address."""
    return blocks.local_url


@pytest.fixture(autouse=True)
def own_folders():
    """The server's folders hold for all tests of a session."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def client(lab):
    return Client(lab, verbose=False)


def start_tiny(epochs=0.1, name=None):
    """Start a run of a small classifier that ends soon after its process has started."""
    overrides = {"epochs": epochs, "width": 4, "batch": 32}
    return runs.start(know(Request("classifier", "fashion-mnist-mini", "airnet", overrides, threads=1, name=name)))


def wait_for(client, run_id, *states, step=0, seconds=240):
    """The run's status once it is in one of the states, at a step or later."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        status = client.predict(run_id, api_name="/run")
        if status["state"] in states and status["step"] >= step:
            return status
        time.sleep(0.3)
    raise AssertionError(f"still {status['state']} after {seconds} s: {status}")
