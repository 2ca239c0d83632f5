"""Who may write into a run's folder: one process at a time, and none that has lost it without knowing."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from genclass.errors import GenClassError
from genclass.files import atomic

LOCK_SECONDS = 3
HOLDER = ".holder"  # a word of whoever took the lock last


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Callable[[], None]]:
    """Hold a run folder's lock: only one process writes into it. One that is just ending is waited for.

    Storage on a network gives the lock of a machine away that it has not heard of for a while. The process there hangs
    in what it was just writing and goes on once the storage answers again, as if nothing had been; by then another may
    train the run. So whatever replaces something in the folder first looks whose it is, and the new holder deletes what
    is half-written before it begins: a rename that hung all the time finds nothing to rename.

    Yields:
        What raises ``run_taken`` where another has taken the lock since.

    Raises:
        GenClassError: ``run_busy``.
    """
    try:
        with FileLock(path / ".lock", timeout=LOCK_SECONDS):
            check = _taken(path)
            with atomic.guarded(path, check):
                yield check
    except Timeout as error:
        raise GenClassError("run_busy") from error


def _taken(path: Path) -> Callable[[], None]:
    """Write down that the lock has a new holder; what tells whether there has been another since."""
    with contextlib.suppress(OSError):  # a full disk is reported where results are written
        atomic.write_text(path / HOLDER, secrets.token_hex(8))
    mine = _holder(path)

    def check() -> None:
        if _holder(path) != mine:
            raise GenClassError("run_taken")

    return check


def _holder(path: Path) -> str | None:
    """None where nobody has ever been, or the run has been deleted."""
    try:
        return (path / HOLDER).read_text()
    except FileNotFoundError:
        return None
