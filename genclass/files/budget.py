"""What the pictures of one set, batch or event may cost together, beside the limits that each of them has alone.

Counted in pixels that are decoded: on one core of a usual machine a hundred million take one or two seconds.
"""

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path

from genclass.errors import GenClassError

PIXELS = 500_000_000  # at a time, and for each byte that was sent:
PER_BYTE = 10  # photos and screenshots have two to ten; a plain area has thousands


class Budget:
    """Pixels that are taken until there are too many.

    Args:
        most: pixels; None: no limit.
    """

    def __init__(self, most: float | None = None) -> None:
        self.most, self.taken, self.lock = most, 0.0, threading.Lock()

    def take(self, pixels: float) -> None:
        """Count what a picture costs."""
        with self.lock:
            self.taken += pixels

    def check(self) -> None:
        """Raises:
        GenClassError: ``too_many_pixels`` once more is taken than there was.
        """
        if self.most is not None and self.taken > self.most:
            raise GenClassError("too_many_pixels", megapixels=int(self.most / 1e6))


def pixels_for(files: Iterable[Path], base: int = PIXELS) -> float:
    """How many pixels may come out of files, by their bytes as they were sent; a file that is gone has none."""
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += file.stat().st_size
    return base + PER_BYTE * size
