"""bfloat16 where the machine computes in it fast and correctly; the choice is recorded with the run."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.utils.parametrize import is_parametrized

if TYPE_CHECKING:
    from genclass.train.trainer import Trainer

TOLERANCE = 0.03  # bfloat16 keeps eight bits: a sound layer errs by about 0.005 of its result's norm
LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
Layer = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def choose_precision(trainer: "Trainer") -> str:
    """``bfloat16`` or ``float32`` for a trainer that only measures: one of its steps is taken.

    Every layer of every network in training is compared with float32, forward and backward, on what it is given in one
    step: kernels for some shapes have been wrong before.
    """
    if trainer.brief or not _is_fast(trainer.device):
        return "float32"
    seen = _inputs_of_layers(trainer)
    return "bfloat16" if all(_agrees(layer, x) for layer, x in seen.items()) else "float32"


@torch.no_grad()
def agreed_precision(compute: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> str:
    """``bfloat16`` where the machine computes in it fast, and gives nearly what it gives in float32 of ``x``."""
    if not _is_fast(x.device):
        return "float32"
    with autocast(x.device, "bfloat16"):
        rounded = compute(x).float()
    exact = compute(x)
    return "bfloat16" if (exact - rounded).norm() <= TOLERANCE * exact.norm() else "float32"


def autocast(device: torch.device, name: str) -> torch.autocast:
    """A context in which convolutions and dense layers compute in the precision called ``name``."""
    return torch.autocast(device.type, torch.bfloat16, enabled=name == "bfloat16")


def _is_fast(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def _inputs_of_layers(trainer: "Trainer") -> dict[Layer, torch.Tensor]:
    """``{layer: what it was last given}`` over one step in float32."""
    seen: dict[Layer, torch.Tensor] = {}
    layers = [layer for network in trainer.learners() for layer in network.modules()]
    hooks = [
        layer.register_forward_hook(lambda layer, inputs, output: seen.update({layer: inputs[0].detach()}))
        for layer in layers
        if isinstance(layer, LAYERS)
    ]
    trainer.step(0)
    for hook in hooks:
        hook.remove()
    return seen


def _agrees(layer: Layer, x: torch.Tensor) -> bool:
    exact, rounded = _results(layer, x, "float32"), _results(layer, x, "bfloat16")
    return all((a - b).norm() <= TOLERANCE * a.norm() for a, b in zip(exact, rounded))


def _results(layer: Layer, x: torch.Tensor, precision: str) -> list[torch.Tensor]:
    """[output, gradient of the input, gradient of the weight] as float32."""
    name = "parametrizations.weight.original" if is_parametrized(layer, "weight") else "weight"  # of a spectral norm
    weight = layer.get_parameter(name).detach().clone().requires_grad_()  # some are frozen
    x = x.clone().requires_grad_()
    with torch.enable_grad(), autocast(x.device, precision):
        y = functional_call(layer, {name: weight}, x)
    direction = torch.randn(y.shape, generator=torch.Generator().manual_seed(0)).to(y)
    return [y.detach().float(), *(g.float() for g in torch.autograd.grad(y, (x, weight), direction))]
