"""Models and runs for a page under test."""

import contextlib
import time

import torch

from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError
from genclass.jobs import prewarm, runs
from genclass.train.settings import Request
from tests.stand_ins import config_of, know, random_images, save_network

FASHION = [f"class-{index}" for index in range(10)]


def write_models(folder):
    """Untrained models as if they were shipped: two GANs, one of them without classes, and three classifiers."""
    gan = {"name": "gan", "z_dim": 20, "width": 4, "discriminator": {"width": 8}}
    airnet = {"name": "airnet", "width": 4}
    for name, kind, architecture, classes, dataset in (
        ("fashion-mnist-gan", "gan", gan, FASHION, "fashion-mnist"),
        ("plain-gan", "gan", gan, [], "plain"),
        ("fashion-mnist-airnet", "classifier", airnet, FASHION, "fashion-mnist"),
        ("fashion-mnist-classic-cnn", "classifier", {"name": "classic-cnn"}, FASHION, "fashion-mnist"),
        ("abc-airnet", "classifier", airnet, ["a", "b", "c"], "abc"),
    ):
        config = config_of(kind, architecture, classes, channels=1, size=28, name=name)
        save_network(folder, name, {**config, "dataset": dataset})


def fashion(count=300):
    """An ImageSet with the classes of the tiny models."""
    labels = (torch.arange(count) % 10).to(torch.uint8)
    images = random_images(count, 1, 28)
    return ImageSet("fashion-mnist", FASHION, images, labels, images[:100], labels[:100])


def stop_all():
    """Ask every run that a test has left behind to stop."""
    for status in runs.list_runs():
        with contextlib.suppress(GenClassError):
            runs.stop(status["id"])


def start_tiny(epochs=0.1, name=None, launch=prewarm.train):
    """Start a run of a small classifier that ends soon after its process has started."""
    overrides = {"epochs": epochs, "width": 4, "batch": 32}
    request = know(Request("classifier", "fashion-mnist-mini", "airnet", overrides, threads=1, name=name))
    return runs.start(request, launch=launch)


def wait_for(client, run_id, *states, step=0, seconds=240):
    """The run's status once it is in one of the states, at a step or later."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        status = client.predict(run_id, api_name="/run")
        if status["state"] in states and status["step"] >= step:
            return status
        time.sleep(0.3)
    raise AssertionError(f"still {status['state']} after {seconds} s: {status}")
