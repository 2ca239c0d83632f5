"""Several processes train one run; ``python -m benchmarks.ranks`` is the long form."""

import os
import random

import pytest
import torch
from torch import nn

from benchmarks import ranks as bench
from genclass.cli import main
from genclass.data import sources
from genclass.train.distributed import ranks
from genclass.train.distributed.sync_batchnorm import share_norms
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.stand_ins import small_set

TINY = {
    "airnet": ("classifier", {"width": 4, "batch": 12}),
    "gan": ("gan", {"width": 4, "discriminator_width": 8, "z_dim": 6, "batch": 12, "features": False, "augment": True}),
    "classic-gan": ("gan", {"batch": 12}),
}
STEPS = {"airnet": 20, "gan": 20, "classic-gan": 3}  # every sixteenth has a penalty; the last has 14 M weights


@pytest.fixture(autouse=True)
def small_data(monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set(size=16))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def request(preset):
    kind, overrides = TINY[preset]
    return Request(kind, "cifar10-mini", preset, overrides, threads=1)


@pytest.mark.parametrize("preset", TINY)
def test_three_processes_take_the_steps_of_one(preset):
    """In float64, where rounding is too small to hide a mistake behind."""
    alone, several = (
        bench.together(count, bench.steps, request(preset), STEPS[preset], True)[0][0] for count in (1, 3)
    )
    assert max(bench.apart(alone, several)) < 1e-6, bench.apart(alone, several)


def test_the_losses_of_a_classifier_agree_in_float32_too():
    alone, several = (bench.together(count, bench.steps, request("airnet"), STEPS["airnet"])[0][0] for count in (1, 2))
    assert max(bench.apart(alone, several)) < 1e-5, bench.apart(alone, several)


def through_norms(shared):
    """What a norm makes of a slice of a batch, its gradients, and its statistics; of all of it where not ``shared``."""
    torch.manual_seed(0)
    x, direction = torch.randn(6, 5, 3, 3), torch.randn(6, 5, 3, 3)
    layer = nn.Sequential(nn.BatchNorm2d(5))
    with ranks.joined() as group:
        group.part = 2
        if shared:
            share_norms(layer)
        x, direction = group.slices(x * 3 + 100, direction)
        y = layer(x.requires_grad_())
        y.backward(direction)
        if not ranks.leads():
            group.hear()  # that it is over
        return [value.tolist() for value in (y, x.grad, *layer.state_dict().values())]


def test_norms_see_the_whole_batch():
    whole, parts = bench.together(1, through_norms, False)[0], bench.together(3, through_norms, True)
    for index, value in enumerate(whole):
        found = sum((part[index] for part in parts), []) if index < 2 else parts[0][index]
        assert torch.allclose(torch.tensor(found), torch.tensor(value), atol=2e-5), index


def train_led(path, apart):
    """The command line in one of two processes; ``apart``: each has a folder of its own. Its exit status."""
    own = path / os.environ["RANK"] if apart else path
    return main.main(["train", "gan", "--data", "cifar10-mini", *bench.TINY, "--set", "batch=10", "--epochs", "2",
                     "--threads", "1", "--out", str(own / "run")])  # fmt: skip


def test_one_process_writes_and_the_run_belongs_to_as_many(tmp_path, capfd):
    assert bench.together(2, train_led, tmp_path, False) == [0, 0]
    assert run_folder.read_status(tmp_path / "run")["state"] == "finished"
    assert run_folder.read_config(tmp_path / "run")["fixed"]["processes"] == 2
    assert run_folder.read_metrics(tmp_path / "run")[-1]["step"] == 6
    assert capfd.readouterr().err.count("finished at step 6") == 1
    assert main.main(["train", "--resume", str(tmp_path / "run"), "--epochs", "3"]) == 2
    assert "begun by 2 processes" in capfd.readouterr().err


def test_storage_that_is_not_shared_is_told_once(tmp_path, capfd):
    assert bench.together(2, train_led, tmp_path, True) == [2, 0]
    assert capfd.readouterr().err.count("Not all processes see the same run folder") == 1
    assert not (tmp_path / "1").exists() and not run_folder.read_metrics(tmp_path / "0" / "run")


@pytest.mark.parametrize("words, told", [
    (["--set", "batch=32"], "32 images can't be shared by 3 processes"),
    (["--set", "batch=30", "--minutes", "5"], "3 processes need --epochs"),
    (["--set", "batch=30", "--device", "cuda"], "3 processes on this machine need a GPU each"),
])  # fmt: skip
def test_what_does_not_fit_is_told_before_anything_starts(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    for key, value in {"TORCHELASTIC_RUN_ID": "a", "WORLD_SIZE": 3, "LOCAL_WORLD_SIZE": 3, "RANK": 0}.items():
        monkeypatch.setenv(key, str(value))
    assert main.main(["train", "gan", "--data", "cifar10-mini", *words, "--out", str(tmp_path / "run")]) == 2
    assert told in capsys.readouterr().err and not (tmp_path / "run").exists()


def test_a_batch_of_few_images_must_fit_too(tmp_path, capfd):
    """The set has thirty: a batch of all of them, which four processes can't share."""
    words = ["train", "classifier", "--data", "cifar10-mini", "--threads", "1", "--out", str(tmp_path / "run")]
    assert bench.together(4, main.main, words)[0] == 2
    assert "30 images can't be shared by 4 processes" in capfd.readouterr().err


def test_a_run_whose_process_is_killed_ends_with_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path))
    expected = bench.under_torchrun(tmp_path / "whole")
    assert bench.killed(tmp_path / "run", random.Random(0)) == expected
