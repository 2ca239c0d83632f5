"""Batch norm over the batches of all processes of a run, on any backend of torch.distributed.

PyTorch's own SyncBatchNorm works on GPUs alone. The statistics here are put together from each process's mean and
variance (Chan et al., "Updating formulae and a pairwise algorithm for computing sample variances", 1979), which loses
no digits, and gradients pass through all of them: the layer computes what it would of the whole batch.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from genclass.networks.protocols import Network


class _Sum(torch.autograd.Function):
    """The sum over all processes, whose gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return _summed(x)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return _summed(gradient)


def _summed(x: torch.Tensor) -> torch.Tensor:
    total = x.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total)
    return total


class _Shared(_BatchNorm):
    """What makes a batch norm one over all processes, whose batches are equally large; in eval mode it is as before."""

    # Torch allows for norms without them; ours have them all.
    momentum: float
    running_mean: torch.Tensor
    running_var: torch.Tensor
    num_batches_tracked: torch.Tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(x)
        mean, variance = _statistics(x.float())
        self._remember(mean.detach(), variance.detach(), dist.get_world_size() * x.numel() // x.shape[1])
        scale = (variance + self.eps).rsqrt()
        scale = scale if self.weight is None else scale * self.weight
        shift = -mean * scale if self.bias is None else self.bias - mean * scale
        shape = [1, -1] + [1] * (x.ndim - 2)
        return torch.addcmul(shift.view(shape), x.float(), scale.view(shape)).to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: torch.Tensor, variance: torch.Tensor, count: int) -> None:
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)


def _statistics(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(mean, biased variance) of each channel over all processes: float32 [C] each."""
    variance, mean = torch.var_mean(x, [0, *range(2, x.ndim)], correction=0)
    own = torch.zeros(dist.get_world_size(), 1, 1, device=x.device)
    own[dist.get_rank()] = 1
    means, variances = _Sum.apply(own * torch.stack([mean, variance])).unbind(1)  # a row of each process
    mean = means.mean(0)
    return mean, variances.mean(0) + (means - mean).square().mean(0)


class SharedNorm1d(_Shared, nn.BatchNorm1d):
    """``BatchNorm1d`` over all processes."""


class SharedNorm2d(_Shared, nn.BatchNorm2d):
    """``BatchNorm2d`` over all processes."""


SHARED = {nn.BatchNorm1d: SharedNorm1d, nn.BatchNorm2d: SharedNorm2d}


def share_norms(network: Network) -> None:
    """Turn every batch norm of a network into one over all processes; weights and their names stay."""
    for layer in network.modules():
        if isinstance(layer, _BatchNorm) and type(layer) in SHARED:
            layer.__class__ = SHARED[type(layer)]
