"""Steps on a GPU as one CUDA graph: taken where it gives the same, and sooner; without a GPU its parts are tried."""

import contextlib
import logging
import time
from types import SimpleNamespace

import pytest
import torch

from genclass.train import cuda_graph, gan, loop
from genclass.train.cuda_graph import Recorded, pays
from tests.stand_ins import small_set
from tests.train.runs import TINY, request


class Counting:
    """A trainer of one weight, which each step makes larger; recorded, it does what a test says."""

    def __init__(self, more=1.0, seconds=0.0, fault=None):
        self.weight, self.more, self.seconds, self.fault, self.recorded = torch.zeros(1), more, seconds, fault, False

    def record(self):
        if self.fault:
            raise RuntimeError(f"{self.fault}\nfurther lines")
        self.recorded = True

    def step(self, step):
        time.sleep(self.seconds if self.recorded else 0.002)
        self.weight += self.more if self.recorded else 1.0
        return {"loss": self.weight[0].clone()}

    def tensors(self):
        return {"weight": self.weight}


def test_what_gives_the_same_sooner_is_taken(caplog):
    assert pays(Counting()) and not pays(Counting(seconds=0.02)) and not caplog.records


@pytest.mark.parametrize(
    ("trainer", "word"),
    [(Counting(more=1.5), "0.5 away"), (Counting(more=float("nan")), "nan away"), (Counting(fault="no such"), "such)")],
)
def test_what_fails_or_gives_something_else_is_not_taken_and_said(trainer, word, caplog):
    with caplog.at_level(logging.WARNING):
        assert not pays(trainer)
    assert word in caplog.text and "further" not in caplog.text


def test_a_step_that_cannot_be_recorded_here_is_taken_plainly(caplog):
    cuda_graph.begin(Counting(fault="no such"))
    assert "no such" in caplog.text


def trainer(augment=False):
    overrides = TINY["gan"][1] | {"augment": augment, "penalty": 0.5}
    return loop.make_trainer(request(overrides=overrides), small_set(), total=40)


def same(one, other):
    return all(torch.equal(value, other.tensors()[name]) for name, value in one.tensors().items())


def replayed(function, inputs):
    """What stands for ``Recorded``: it calls the function, and did so before."""
    for _ in range(cuda_graph.WARM_UP):
        function(*inputs)
    return function


def test_a_recorded_gan_takes_the_steps_of_a_plain_one(monkeypatch):
    monkeypatch.setattr(gan, "Recorded", replayed)
    plain, recorded = trainer(), trainer()
    for step in range(2):
        for one in (plain, recorded):
            one.step(step)
    recorded.record()
    assert same(plain, recorded) and set(recorded.recorded) == {False, True}
    for step in range(2, gan.PENALTY_EVERY + 1):
        assert plain.step(step).keys() == recorded.step(step).keys()
    assert same(plain, recorded)


def test_what_was_not_recorded_whole_is_not_used_and_nothing_has_changed(monkeypatch):
    def half(function, inputs):
        function(*inputs)
        raise RuntimeError("capture")

    monkeypatch.setattr(gan, "Recorded", half)
    untouched, tried = trainer(), trainer()
    with pytest.raises(RuntimeError, match="capture"):
        tried.record()
    untouched.step(0), tried.step(0)
    assert not tried.recorded and same(untouched, tried)


def test_steps_that_draw_on_the_processor_are_not_recorded():
    with pytest.raises(RuntimeError, match="processor"):
        trainer(augment=True).record()


def test_a_replay_gets_its_inputs_and_gives_figures_of_its_own(monkeypatch):
    stream = SimpleNamespace(wait_stream=lambda other: None)
    fakes = {"Stream": lambda: stream, "current_stream": lambda: stream, "CUDAGraph": SimpleNamespace,
             "stream": contextlib.nullcontext, "graph": contextlib.nullcontext}  # fmt: skip
    for name, fake in fakes.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    double = lambda x, nothing: {"twice": 2 * x}
    recorded = Recorded(double, (torch.ones(2), None))
    recorded.graph.replay = lambda: recorded.outputs["twice"].copy_(double(*recorded.inputs)["twice"])
    first, second = recorded(torch.full((2,), 3.0), None), recorded(torch.full((2,), 4.0), None)
    assert first["twice"].tolist() == [6, 6] and second["twice"].tolist() == [8, 8]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_on_a_gpu_a_recorded_step_gives_the_plain_ones_figures():
    overrides = {key: value for key, value in TINY["gan"][1].items() if key != "features"}
    made = loop.make_trainer(request(overrides=overrides, device="cuda"), small_set(), total=40)
    expected = [float(made.step(step)["loss_d"]) for step in range(3)]
    made = loop.make_trainer(request(overrides=overrides, device="cuda"), small_set(), total=40)
    made.record()
    assert [float(made.step(step)["loss_d"]) for step in range(3)] == pytest.approx(expected, rel=cuda_graph.TOLERANCE)
