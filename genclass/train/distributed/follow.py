"""Every process of a run but the first: the same steps, on other slices of the batches, and nothing written."""

import logging

from genclass.errors import GenClassError
from genclass.train.distributed import ranks
from genclass.train.loop import load_data, prepared
from genclass.train.run.writer import RunFolder


def follow(path, begun):
    """Train along with the process that leads a run, to its end.

    Args:
        path: the run's folder, which that process makes; all must reach it.
        begun: called once it is sure that the run is the one that is led.

    Returns:
        Whether the run began; if it did not, that process says why.

    Raises:
        GenClassError: ``process_lost``.
    """
    logging.getLogger("genclass.train").setLevel(logging.ERROR)  # the first process has warned
    with ranks.joined() as group:
        if group.hear() is None:
            return False
        try:
            trainer, _ = group.agree(lambda: _prepared(path))
        except GenClassError:
            return False
        begun()
        group.share(trainer)
        group.follow(trainer)
    return True


def _prepared(path):
    """As ``loop.prepared``; Nones where the folder is not to be seen from here."""
    if not (path / "status.json").exists():
        return None, None
    folder = RunFolder(path)
    return prepared(folder, load_data(folder))
