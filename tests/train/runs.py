"""Tiny runs: made, trained in stretches, and what came out compared."""

import torch
from safetensors.torch import load_file

from genclass.models import checkpoint, store
from genclass.train import loop, machine
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.stand_ins import know, small_set

TINY = {
    "classifier": ("airnet", {"width": 4, "batch": 8, "epochs": 3}),
    "gan": ("gan", {"width": 4, "discriminator_width": 8, "z_dim": 6, "batch": 8, "epochs": 3, "features": False}),
}


def request(kind="gan", **changes):
    preset, overrides = TINY[kind]
    return Request(
        **{"kind": kind, "data": "cifar10-mini", "preset": preset, "overrides": overrides, "threads": 1} | changes
    )


def make(path, **changes):
    run_folder.create(path, know(request(**changes), machine.shape_of(small_set())))
    return path


def final_weights(path):
    model = store.numbered(path / "model")[0]
    return {name: load_file(model / name) for name in checkpoint.read_config(model)["sha256"]}


def same(one, other):
    """Whether two models have the same weights, bit for bit."""
    pairs = [(value, other[part][key]) for part in one for key, value in one[part].items()]
    return one.keys() == other.keys() and all(torch.equal(*pair) for pair in pairs)


def train_in_stretches(path, monkeypatch, *stops):
    """Train to the end, but stop cleanly at the given steps; the process's random state is spoilt in between."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)  # a report at every step
    for stop in stops:
        for progress in loop.train(path):
            if progress.step == stop:
                (path / "stop").touch()
        assert run_folder.read_status(path)["state"] == "stopped" and run_folder.read_status(path)["step"] == stop
        torch.manual_seed(stop)
        torch.randn(100)
    list(loop.train(path))
    assert run_folder.read_status(path)["state"] == "finished"
    return path
