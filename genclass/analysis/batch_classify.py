"""Many images through one classifier: read and decoded by several threads, asked in batches, answered in order.

A generator that the command line and the page both consume. However many images there are, only two batches are held.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from genclass.errors import GenClassError
from genclass.files.budget import Budget
from genclass.models import pictures
from genclass.models.classifier import Classifier

CHUNK = 64
Ask = Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]  # as ``Classifier.answer``
Notes = tuple[GenClassError, ...]
Seen = tuple[torch.Tensor, Notes] | GenClassError


@dataclass(frozen=True)
class Verdict:
    """What became of one file.

    Attributes:
        path: as it was given.
        small: uint8 [C, S, S], what the network got; None for a bad file, as the next two.
        probabilities: float32 [classes].
        out_of_distribution: whether it is unlike the training data.
        error: what is wrong with the file, or None.
        notes: what there is to know of a good one, as ``decode.Picture`` has it.
    """

    path: Path
    small: torch.Tensor | None = None
    probabilities: torch.Tensor | None = None
    out_of_distribution: bool | None = None
    error: GenClassError | None = None
    notes: Notes = ()


def verdicts(
    classifier: Classifier, paths: Iterable[Path], ask: Ask | None = None, budget: Budget | None = None
) -> Iterator[Verdict]:
    """A ``Verdict`` for each file, in order; a bad file is an error of its own and stops nothing.

    Args:
        paths: files as ``pathlib.Path``.
        ask: instead of ``classifier.answer``, such as a function that shares batches with others.
        budget: what decoding all of them may cost.

    Raises:
        GenClassError: ``too_many_pixels`` where the budget is spent.
    """
    ask, paths, budget = ask or classifier.answer, iter(paths), budget or Budget()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ahead = _submit(pool, classifier, paths, budget)
        while ahead:
            budget.check()
            current, ahead = ahead, _submit(pool, classifier, paths, budget)  # decode the next while the network works
            yield from _judge(ask, [(path, future.result()) for path, future in current])


def _submit(
    pool: ThreadPoolExecutor, classifier: Classifier, paths: Iterator[Path], budget: Budget
) -> list[tuple[Path, Future[Seen]]]:
    return [(path, pool.submit(_see, classifier, path, budget)) for path in itertools.islice(paths, CHUNK)]


def _see(classifier: Classifier, path: Path, budget: Budget) -> Seen:
    """The small image with its notes, or the ``GenClassError`` that the file deserves."""
    try:
        image, notes = pictures.read_noted(path, budget)
        return classifier.see(image)[0], notes
    except GenClassError as error:
        return error


def _judge(ask: Ask, seen: list[tuple[Path, Seen]]) -> Iterator[Verdict]:
    """Verdicts of (path, small image or error) pairs; the good ones go through the network together."""
    good = [found[0] for _, found in seen if not isinstance(found, GenClassError)]
    answers = zip(*ask(torch.stack(good))) if good else iter(())
    for path, found in seen:
        if isinstance(found, GenClassError):
            yield Verdict(path, error=found)
        else:
            probabilities, out_of_distribution = next(answers)
            yield Verdict(path, found[0], probabilities, bool(out_of_distribution), notes=found[1])
