"""Latents from seeds, the same bit for bit on every processor and in a browser (``web/latents.js``), and between them.

They are drawn as PyTorch draws them on most processors (MT19937; Box and Muller, 1958), within rounding: its own differ
from processor to processor in the last bits. Here logarithm and sine are those of float64, and the result is rounded.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch

from genclass.models.recipe import MAX_SEED

SEEDS = MAX_SEED + 1
BLOCK = 16  # numbers that are drawn together, of as many uniform ones


def draw(seeds: Sequence[int], z_dim: int) -> torch.Tensor:
    """Standard normal z, float32 [N, z_dim], of N seeds; those past 2³²-1 begin again at 0."""
    twister, drawn = np.random.RandomState(), _few if z_dim < BLOCK else _blocks
    found = np.empty((len(seeds), z_dim), np.float32)
    for row, seed in zip(found, seeds):
        twister.seed(seed % SEEDS)
        row[:] = drawn(twister, z_dim)
    return torch.from_numpy(found)


def _raw(twister: np.random.RandomState, count: int) -> np.ndarray:
    return twister.randint(0, 2**32, count, np.uint32)


def _blocks(twister: np.random.RandomState, z_dim: int) -> np.ndarray:
    """float64 [z_dim], at least a block. Where it is no multiple of one, the last block is drawn anew at the end."""
    whole = _block_normals(_raw(twister, z_dim)[: z_dim // BLOCK * BLOCK])
    if z_dim % BLOCK == 0:
        return whole
    return np.concatenate([whole[: z_dim - BLOCK], _block_normals(_raw(twister, BLOCK))])


def _block_normals(raw: np.ndarray) -> np.ndarray:
    """float64 [N] of as many raw numbers: the first half of a block are radii, the second angles."""
    uniform = ((raw & 0xFFFFFF) / 2**24).reshape(-1, 2, BLOCK // 2)
    return _normals(1 - uniform[:, 0], uniform[:, 1]).reshape(-1)


def _few(twister: np.random.RandomState, z_dim: int) -> np.ndarray:
    """float64 [z_dim], less than a block: pairs of an angle and a radius, each of 53 random bits."""
    raw = _raw(twister, 4 * math.ceil(z_dim / 2)).astype(np.uint64).reshape(-1, 2, 2)
    uniform = ((raw[..., 0] << np.uint64(32) | raw[..., 1]) & np.uint64(2**53 - 1)) / 2**53
    return _normals(1 - uniform[:, 1], uniform[:, 0]).reshape(-1)[:z_dim]


def _normals(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Pairs of normal numbers, on axis 1, of uniform ones: ``radius`` above 0, up to 1."""
    length, turn = np.sqrt(-2 * np.log(radius)), 2 * math.pi * angle
    return np.stack([length * np.cos(turn), length * np.sin(turn)], 1)


def slerp(start: torch.Tensor, end: torch.Tensor, fractions: torch.Tensor) -> torch.Tensor:
    """Points on the spherical path between two vectors (Shoemake, 1985; for latents White, 2016): equal turns.

    A straight line would pass nearer to the origin than any z that the generator was trained on.

    Args:
        start, end: float32 [D].
        fractions: float32 [N] from 0, the start, to 1, the end.

    Returns:
        float32 [N, D].
    """
    lengths = torch.stack([start.norm(), end.norm()])
    angle, fractions = (torch.dot(start, end) / lengths.prod().clamp(min=1e-12)).clamp(-1, 1).acos(), fractions[:, None]
    if angle.sin() < 1e-3:  # the same point (as far as rounding tells) or the opposite one: the path is a line
        return (1 - fractions) * start + fractions * end
    turn = ((1 - fractions) * angle).sin() * start / lengths[0] + (fractions * angle).sin() * end / lengths[1]
    path = turn / angle.sin() * ((1 - fractions) * lengths[0] + fractions * lengths[1])
    path[0], path[-1] = start, end  # not up to rounding only
    return path
