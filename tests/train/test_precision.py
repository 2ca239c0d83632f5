"""bfloat16 is used only where every layer was found right."""

import pytest
import torch
from torch import nn

from genclass.train import loop, precision
from tests.stand_ins import small_set
from tests.train.runs import request

CPU = torch.device("cpu")


class WrongConv(nn.Conv2d):
    """A kernel that is right in float32 and wrong in bfloat16."""

    def forward(self, x):
        y = super().forward(x)
        return y * 1.1 if y.dtype == torch.bfloat16 else y


def trainer_of(kind, name="float32"):
    return loop.make_trainer(request(kind), small_set(), 5, name)


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_sound_layers_are_trusted(kind, monkeypatch):
    monkeypatch.setattr(precision, "_is_fast", lambda device: True)
    assert precision.choose_precision(trainer_of(kind)) == "bfloat16"


def test_one_wrong_layer_means_float32(monkeypatch):
    monkeypatch.setattr(precision, "_is_fast", lambda device: True)
    trainer = trainer_of("classifier")
    trainer.network.blocks[1].conv2.__class__ = WrongConv
    assert precision.choose_precision(trainer) == "float32"


def test_a_slow_machine_computes_in_float32(monkeypatch):
    monkeypatch.setattr(precision, "_is_fast", lambda device: False)
    assert precision.choose_precision(trainer_of("gan")) == "float32"


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_training_in_bfloat16_keeps_float32_weights_near_those_of_float32(kind):
    trainers = [trainer_of(kind, name) for name in ("float32", "bfloat16")]
    losses = [[float(value) for value in trainer.step(0).values()] for trainer in trainers]
    assert losses[0] != losses[1] and losses[1] == pytest.approx(losses[0], rel=0.05, abs=0.02)
    for exact, rounded in zip(trainers[0].tensors().values(), trainers[1].tensors().values()):
        assert exact.dtype == rounded.dtype and rounded.isfinite().all()


@pytest.mark.parametrize(("fast", "factor", "chosen"), [(True, 1.0, "bfloat16"), (True, 1.1, "float32"),
                                                        (False, 1.0, "float32")])  # fmt: skip
def test_what_does_not_learn_is_rounded_where_that_is_fast_and_right(fast, factor, chosen, monkeypatch):
    monkeypatch.setattr(precision, "_is_fast", lambda device: fast)
    compute = lambda x: x * (factor if torch.is_autocast_enabled("cpu") else 1)
    assert precision.agreed_precision(compute, torch.rand(4, 3)) == chosen
