"""What a run takes of memory and time, before it begins."""

import logging

import pytest

from genclass.data import sources
from genclass.train import footprint, loop, machine
from genclass.train.presets import PRESETS
from genclass.train.settings import Request
from tests.stand_ins import know, small_set
from tests.train import runs

SHAPE = 3, 32, 5


@pytest.mark.parametrize(("kind", "preset"), [(kind, name) for kind in PRESETS for name in PRESETS[kind]])
def test_every_preset_tells_what_it_takes_or_that_it_is_not_known(kind, preset):
    request = Request(kind, "own", preset)
    taken = footprint.memory(request, SHAPE, 100)
    assert taken is not None and footprint.PROCESS < taken < 4e9
    backbone = Request("classifier", "own", "transfer", {"backbone": "timm-gone"})
    assert footprint.memory(backbone, SHAPE, 100) is None


@pytest.mark.parametrize("preset", ["airnet", "classic-cnn"])
def test_work_and_memory_grow_with_the_pixels(preset):
    steps = [footprint.of_step(Request("classifier", "own", preset), (3, side, 5)) for side in (32, 64, 128)]
    for small, large in zip(steps, steps[1:]):
        assert 3 < large.flop / small.flop < 7 and 2 < large.memory / small.memory < 7


@pytest.mark.parametrize("channels", [1, 3])
def test_a_shipped_gan_that_goes_on_at_larger_sizes_takes_more(channels):
    steps = [footprint.of_step(Request("gan", "own", "transfer"), (channels, side, 2)) for side in (64, 128)]
    for small, large in zip(steps, steps[1:]):
        assert 2 < large.flop / small.flop < 7 and large.memory > small.memory


def test_larger_images_are_expected_to_take_longer_by_what_was_measured_of_small_ones():
    request = Request("classifier", "own", "airnet", threads=1)
    assert footprint.seconds_per_step(request, SHAPE) is None
    know(Request("classifier", "cifar10-mini", "airnet", threads=1))
    assert footprint.seconds_per_step(request, SHAPE) == pytest.approx(0.1, rel=0.05)
    assert footprint.seconds_per_step(request, (3, 96, 5)) == pytest.approx(0.9, rel=0.2)
    machine.remember(request, (3, 96, 5), {"precision": "float32", "seconds_per_step": 7.0})
    assert footprint.seconds_per_step(request, (3, 96, 5)) == 7


@pytest.mark.parametrize("kind", ["gan", "classifier"])
def test_a_run_tells_what_it_will_take_before_its_first_step(kind, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: small_set())
    runs.make(tmp_path / "run", kind=kind)
    with caplog.at_level(logging.WARNING):
        next(loop.train(tmp_path / "run"))
    told = [record.getMessage() for record in caplog.records]
    assert any("steps, and" in line and "MB of memory" in line for line in told)
