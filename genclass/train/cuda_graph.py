"""A step on a GPU as one CUDA graph, where that gives what the plain step gives, and sooner.

A small network's step is hundreds of kernels, and to launch them one by one takes longer than to compute them; a graph
of them is launched at once (https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs).
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import torch

from genclass.errors import GenClassError

log = logging.getLogger("genclass.train")
WARM_UP = 3  # calls before a function is recorded: libraries and optimizers make ready what may not be made in a graph
COMPARED = 3  # steps taken both ways
TIMED = 10
TOLERANCE = 0.02  # of a figure, or of 1 where it is smaller: kernels add up in any order
Figures = dict[str, torch.Tensor]


class Recordable(Protocol):
    """A trainer whose steps can be recorded."""

    def record(self) -> None:
        """From now on launch each step as a graph; nothing that is learnt changes."""

    def step(self, step: int) -> Figures:
        """As a ``trainer.Trainer``'s."""

    def tensors(self) -> dict[str, torch.Tensor]:
        """As a ``trainer.Trainer``'s: what lies in them now, and no copies."""


class Recorded:
    """A function of tensors on a GPU, recorded once and replayed.

    It may read and write nothing else but what stays where it is, such as weights.

    Args:
        function: gives figures; called ``WARM_UP`` times first.
        inputs: as it will be given, or None.

    Raises:
        RuntimeError: where something in it can't be recorded.
    """

    def __init__(self, function: Callable[..., Figures], inputs: Sequence[torch.Tensor | None]) -> None:
        self.inputs = [None if one is None else one.clone() for one in inputs]
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                function(*self.inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.outputs = function(*self.inputs)

    def __call__(self, *inputs: torch.Tensor | None) -> Figures:
        for own, given in zip(self.inputs, inputs):
            if own is not None and given is not None:
                own.copy_(given)
        self.graph.replay()
        return {name: value.clone() for name, value in self.outputs.items()}


def pays(trainer: Recordable) -> bool:
    """Whether a trainer's recorded steps give what its plain ones give, and sooner; it has recorded them then.

    Where they can't be recorded, or give something else, that is logged.
    """
    start = {name: value.clone() for name, value in trainer.tensors().items()}
    expected, plain = _taken(trainer)
    restore(trainer, start)
    try:
        trainer.record()
        found, recorded = _taken(trainer)
    except RuntimeError as error:
        _tell(str(error))
        return False
    far = (found - expected).abs() / expected.abs().clamp(min=1)
    if not (far <= TOLERANCE).all():  # which NaN is not, either
        _tell(f"a figure is {far.max():.3g} away")
        return False
    return recorded < plain


def _tell(reason: str) -> None:
    log.warning("%s", GenClassError("no_cuda_graph", reason=reason.partition("\n")[0]))


def begin(trainer: Recordable) -> None:
    """Record a trainer's steps; where that fails here, which is logged, it takes plain ones."""
    try:
        trainer.record()
    except RuntimeError as error:
        _tell(str(error))


def restore(trainer: Recordable, start: dict[str, torch.Tensor]) -> None:
    """Put back what a trainer had, in place: a graph knows where it lies. What it had not is 0, as optimizers begin."""
    for name, value in trainer.tensors().items():
        value.copy_(start[name]) if name in start else value.zero_()


def _taken(trainer: Recordable) -> tuple[torch.Tensor, float]:
    """(figures of the first steps, [COMPARED, figures]; seconds of one that follows)."""
    figures = [torch.stack([value.float() for value in trainer.step(step).values()]) for step in range(COMPARED)]
    found = torch.stack(figures).cpu()
    start = time.perf_counter()
    for step in range(COMPARED, COMPARED + TIMED):
        last = trainer.step(step)
    next(iter(last.values())).item()  # waits for all of them
    return found, (time.perf_counter() - start) / TIMED
