"""Hostile pictures, zips and models, in the short form of ``benchmarks/hostile.py``."""

import numpy as np

import genclass
from benchmarks import crafted, hostile
from benchmarks.memory import memory_of


def test_crafted_pictures_are_read_or_refused_at_little_cost(tmp_path):
    ask = {"model": "fashion-mnist-gan", "count": 2}
    ways, before = hostile.entrances(tmp_path), genclass.load(ask["model"]).sample(ask)
    found = hostile.try_crafted({way: ways[way] for way in ("decode", "recipe", "many", "draft")}, crafted.SMALL)
    assert len(found) >= 60 and {code for code, *_ in found.values()} >= {"", "broken_image", "image_too_large"}
    _, seconds, more = (max(column) for column in zip(*found.values()))
    assert seconds < 2 and more < 256
    assert np.array_equal(genclass.load(ask["model"]).sample(ask), before)


def test_mutated_pictures_and_zips_are_read_or_refused(tmp_path):
    told, longest = hostile.try_pictures(hostile.entrances(tmp_path), 60)
    assert all(sum(codes.values()) == 60 for codes in told.values())
    assert set(told["decode"]) - {""} and longest < 2


def test_mutated_models_and_pickles_are_refused_and_nothing_is_executed(tmp_path):
    ask = {"model": "fashion-mnist-gan", "count": 2}
    before = genclass.load(ask["model"]).sample(ask)
    told, more = memory_of(hostile.try_models, tmp_path, 30, 10)
    assert told["broken_checkpoint"] > 20
    assert more < 256, "memory was taken for shapes that the architecture lacks"
    assert np.array_equal(genclass.load(ask["model"]).sample(ask), before)
