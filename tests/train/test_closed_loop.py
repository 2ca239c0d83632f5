import dataclasses

import pytest
import torch

from genclass import paths
from genclass.analysis import evaluate
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.models.sampler import Sampler
from genclass.train import closed_loop
from tests.stand_ins import small_set


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A few steps on a few images."""
    for name, value in {"STEPS": 12, "TRAINING_IMAGES": 40, "TEST_IMAGES": 20, "PROBED": 40, "FEW_REAL": 20,
                        "ADDED": (20,), "AGREEMENT_IMAGES": 30, "CHUNK": 15}.items():  # fmt: skip
        monkeypatch.setattr(closed_loop, name, value)
    monkeypatch.setattr(closed_loop, "SMALL", dataclasses.replace(closed_loop.SMALL, width=4, batch=20))
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: small_set(count=120))


@pytest.fixture
def sampler(save_tiny):
    return Sampler.load(save_tiny("gan", small_set().classes))


def last(name, sampler, seeds=(0, 1)):
    imageset = closed_loop.material(sampler)
    *reports, found = closed_loop.EXPERIMENTS[name](sampler, imageset, seeds)
    done = [report.done for report in reports]
    assert done == sorted(done) and all(report.done < report.total for report in reports)
    assert found.done == found.total
    return {(one.trained, one.tested): one for one in found.outcomes}, found


def test_both_ways_of_transfer_are_tested_on_both(sampler):
    outcomes, _ = last("transfer", sampler)
    assert set(outcomes) == {(a, b) for a in ("real", "generated") for b in ("real", "generated")}
    assert all(len(one.accuracies) == 2 for one in outcomes.values())
    # Brightness tells the classes of the real set, which a few steps learn; an untrained generator knows none of that.
    assert outcomes["real", "real"].mean > outcomes["generated", "real"].mean


def test_the_small_set_is_part_of_each_mixture(sampler, monkeypatch):
    seen = []
    real = closed_loop._trainer
    monkeypatch.setattr(closed_loop, "_trainer", lambda imageset, images, labels, seed: seen.append((images, seed))
                        or real(imageset, images, labels, seed))  # fmt: skip
    outcomes, _ = last("extension", sampler)
    assert set(outcomes) == {("real", "real"), ("real+20", "real")}
    (alone, seed), (mixed, other) = seen[:2]
    assert seed == other and len(alone) == 20 and len(mixed) == 40 and torch.equal(mixed[:20], alone)


def test_features_are_compared_on_the_same_images(sampler):
    outcomes, _ = last("features", sampler)
    assert {trained for trained, _ in outcomes} == {"pixels", "random", "discriminator"}
    assert outcomes["pixels", "real"].mean > 0.8  # brightness lies in the pixels


def test_agreement_is_the_share_on_the_diagonal(sampler, save_tiny, monkeypatch):
    judge = save_tiny("classifier", small_set().classes, "small-airnet")
    monkeypatch.setattr(paths, "SHIPPED", judge.parent)
    outcomes, found = last("agreement", sampler)
    assert found.confusion.sum() == 30
    assert outcomes["small-airnet", "generated"].mean == pytest.approx((found.confusion.diag().sum() / 30).item())


def test_the_same_seeds_give_the_same_figures(sampler):
    first, _ = last("extension", sampler)
    again, _ = last("extension", sampler)
    assert first == again


def test_gain_is_paired_by_seed():
    one, other = (closed_loop.Outcome("x", "real", scores) for scores in ((0.5, 0.7), (0.4, 0.65)))
    mean, deviation = one.gain(other)
    assert mean == pytest.approx(0.075) and deviation == pytest.approx(0.0353553, abs=1e-5)
    assert closed_loop.Outcome("x", "real", (0.5,)).deviation is None


@pytest.mark.parametrize("name, code", [("transfer", "needs_classes"), ("extension", "needs_classes"),
                                        ("agreement", "no_distance")])  # fmt: skip
def test_what_a_model_lacks_is_said(name, code, save_tiny):
    with pytest.raises(GenClassError) as caught:
        last(name, Sampler.load(save_tiny("gan", ())))
    assert caught.value.code == code


def test_without_its_discriminator_features_are_refused(sampler):
    del sampler.config["sha256"]["discriminator.safetensors"]
    with pytest.raises(GenClassError) as caught:
        last("features", sampler)
    assert caught.value.code == "no_discriminator"


def test_images_must_be_at_hand(sampler, monkeypatch):
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: None)
    with pytest.raises(GenClassError) as caught:
        closed_loop.material(sampler)
    assert caught.value.code == "no_images_here"


def test_it_can_be_cancelled_between_two_reports(sampler):
    going = closed_loop.transfer(sampler, closed_loop.material(sampler), range(2))
    assert next(going).done == 0
    going.close()
    assert evaluate.drawn(sampler, 2).shape == (2, 3, 32, 32)
