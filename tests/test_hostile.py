"""Hostile pictures, zips and models, in the short form of ``benchmarks/hostile.py``."""

import numpy as np

import genclass
from benchmarks import hostile


def test_mutated_pictures_and_zips_are_read_or_refused(tmp_path):
    told, longest = hostile.try_pictures(hostile.entrances(tmp_path), 60)
    assert all(sum(codes.values()) == 60 for codes in told.values())
    assert set(told["decode"]) - {""} and longest < 2


def test_mutated_models_and_pickles_are_refused_and_nothing_is_executed(tmp_path):
    ask = {"model": "fashion-mnist-gan", "count": 2}
    before, megabytes = genclass.load(ask["model"]).sample(ask), hostile.megabytes()
    told = hostile.try_models(tmp_path, 30, 10)
    assert told["broken_checkpoint"] > 20
    assert hostile.megabytes() - megabytes < 256, "memory was taken for shapes that the architecture lacks"
    assert np.array_equal(genclass.load(ask["model"]).sample(ask), before)
