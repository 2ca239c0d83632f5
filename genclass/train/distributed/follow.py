"""Every process of a run but the first: the same steps, on other slices of the batches, and nothing written."""

import logging
from collections.abc import Callable
from pathlib import Path

from genclass.errors import GenClassError
from genclass.train.distributed import ranks
from genclass.train.loop import load_data, prepared
from genclass.train.run.writer import RunFolder
from genclass.train.trainer import Trainer


def follow(path: Path, begun: Callable[[], None]) -> bool:
    """Train along with the process that leads a run, to its end.

    Args:
        path: the run's folder, which that process makes; all must reach it.
        begun: called once the run is known to be the one that is led.

    Returns:
        Whether the run began; if it did not, that process says why.

    Raises:
        GenClassError: ``process_lost``.
    """
    logging.getLogger("genclass.train").setLevel(logging.ERROR)  # the first process has warned
    with ranks.joined() as group:
        assert isinstance(group, ranks.Group)  # there is a process that leads
        if group.hear() is None:
            return False
        try:
            trainer, _ = group.agree(lambda: _prepared(path))
        except GenClassError:
            return False
        assert trainer is not None  # or it would not be the same as the leader's
        begun()
        group.share(trainer)
        group.follow(trainer)
    return True


def _prepared(path: Path) -> tuple[Trainer | None, tuple[int, float] | None]:
    """What ``loop.prepared`` gives; Nones where the folder can't be seen from this machine."""
    if not (path / "status.json").exists():
        return None, None
    folder = RunFolder(path)
    return prepared(folder, load_data(folder))
