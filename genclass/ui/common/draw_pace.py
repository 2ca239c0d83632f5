"""How many images can follow a slider live: as many as this machine draws within a budget, as measured.

Kept for each loaded model is a moving average of what an image took. Drawing fewer at a time costs more for each, so
what fits falls when a draw takes more than the budget and grows when it takes less than half of it.
"""

import contextlib
import time
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from genclass.models.sampler import Sampler

BUDGET = 0.012  # seconds of drawing: with what an event takes in any case some 40 ms
NEWEST = 0.3  # what the last draw counts
_seconds: WeakKeyDictionary[Sampler, float] = WeakKeyDictionary()


@contextlib.contextmanager
def timed(sampler: Sampler, count: int) -> Iterator[None]:
    """Measure what is drawn in here: ``count`` images."""
    began = time.perf_counter()
    yield
    taken = (time.perf_counter() - began) / count
    _seconds[sampler] = NEWEST * taken + (1 - NEWEST) * _seconds.get(sampler, taken)


def fitting(sampler: Sampler, count: int) -> int:
    """How many of ``count`` images fit into the budget: all, or a power of two, so that it does not waver.

    At least one; of a model that has not drawn yet, one.
    """
    seconds = _seconds.get(sampler)
    most = 1 if not seconds else max(1, int(BUDGET / seconds))
    return count if most >= count else 1 << (most.bit_length() - 1)
