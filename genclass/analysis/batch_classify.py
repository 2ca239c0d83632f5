"""Many images through one classifier: read and decoded by several threads, asked in batches, answered in order.

A generator that the command line and the page both consume. However many images there are, only two batches are held.
"""

import itertools
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from genclass.errors import GenClassError
from genclass.files.budget import Budget
from genclass.models import pictures
from genclass.models.answerer import Answer, Answerer, Seen

CHUNK = 64
Notes = tuple[GenClassError, ...]
Found = tuple[Seen, Notes] | GenClassError


@dataclass(frozen=True)
class Verdict:
    """What became of one file.

    Attributes:
        path: as it was given.
        small: uint8 [C, S, S], what the network got; None for a bad file, as the next.
        answer: what is said of it.
        error: what is wrong with the file, or None.
        notes: what there is to know of a good one, as ``decode.Picture`` and ``Seen`` have it.
    """

    path: Path
    small: torch.Tensor | None = None
    answer: Answer | None = None
    error: GenClassError | None = None
    notes: Notes = ()


def verdicts(answerer: Answerer, paths: Iterable[Path], budget: Budget | None = None) -> Iterator[Verdict]:
    """A ``Verdict`` for each file, in order; a bad file is an error of its own and stops nothing.

    Args:
        paths: files as ``pathlib.Path``.
        budget: what decoding all of them may cost.

    Raises:
        GenClassError: ``too_many_pixels`` where the budget is spent.
    """
    paths, budget = iter(paths), budget or Budget()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ahead = _submit(pool, answerer, paths, budget)
        while ahead:
            budget.check()
            current, ahead = ahead, _submit(pool, answerer, paths, budget)  # decode the next while the network works
            yield from _judge(answerer, [(path, future.result()) for path, future in current])


def _submit(
    pool: ThreadPoolExecutor, answerer: Answerer, paths: Iterator[Path], budget: Budget
) -> list[tuple[Path, Future[Found]]]:
    return [(path, pool.submit(_see, answerer, path, budget)) for path in itertools.islice(paths, CHUNK)]


def _see(answerer: Answerer, path: Path, budget: Budget) -> Found:
    """What the networks get, with notes, or the ``GenClassError`` that the file deserves."""
    try:
        image, notes = pictures.read_noted(path, budget)
        seen = answerer.see(image)
        return seen, notes + seen.notes
    except GenClassError as error:
        return error


def _judge(answerer: Answerer, seen: list[tuple[Path, Found]]) -> Iterator[Verdict]:
    """Verdicts of what was seen of files, or their errors; the good ones go through the networks together."""
    answers = answerer.answers([found[0] for _, found in seen if not isinstance(found, GenClassError)])
    for path, found in seen:
        if isinstance(found, GenClassError):
            yield Verdict(path, error=found)
        else:
            yield Verdict(path, found[0].small, next(answers), notes=found[1])
