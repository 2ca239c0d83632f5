"""Training killed with SIGKILL; ``python -m benchmarks.kill_training`` is the long form."""

import os
import random

import pytest

from benchmarks.kill_training import Trial
from genclass.data import sources

KILLS = 3
SPOILT = 20


@pytest.fixture(params=["classifier", "gan"])
def trial(request, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", sources.load)  # put back what a trial replaces
    monkeypatch.setenv("GENCLASS_RUNS", os.environ["GENCLASS_RUNS"])
    return Trial(tmp_path, request.param)


def test_nothing_is_lost_at_random_moments_and_at_writes(trial):
    generator = random.Random(0)
    for _ in range(KILLS):
        trial.at_random(generator)
    step = 0
    for number in sorted(generator.sample(range(1, trial.accesses), KILLS)):
        step = trial.at_access(number, step)
    assert step > 0
    assert trial.spoilt(SPOILT, generator) < SPOILT / 2
