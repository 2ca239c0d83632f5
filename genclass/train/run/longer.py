"""A run that is not being trained is given more steps."""

import math
from pathlib import Path
from typing import Any

from genclass.errors import GenClassError, check_number
from genclass.files import atomic
from genclass.train.run.layout import newest_step, read_config, read_status, total_at
from genclass.train.run.lock import locked
from genclass.train.settings import MAX_MINUTES, RANGES


def lengthen(path: Path, epochs: float | None = None, minutes: float | None = None) -> None:
    """Give a run that is not being trained more steps; it then waits to be resumed.

    Its whole length becomes ``epochs``, or grows by as many steps as take ``minutes``. Steps already done stay as they
    are; from its newest state on, learning rates follow the schedule of the new length. ``lengthened`` in config.json
    records both, so that resuming stays exact.

    Raises:
        GenClassError: ``run_busy``, ``not_begun``, ``not_longer``, or as the numbers are checked.
    """
    with locked(path):
        config, status = read_config(path), read_status(path)
        if config["fixed"] is None or not newest_step(path):  # a model that was brought here has no state
            raise GenClassError("not_begun")
        before = total_at(config, math.inf)
        total = _longer(config["fixed"], status, before, epochs, minutes)
        if total <= before:
            raise GenClassError("not_longer", steps=total, before=before)
        config["lengthened"].append({"step": newest_step(path), "total": total})
        status |= {"total": total, "state": "stopped" if status["state"] == "finished" else status["state"]}
        atomic.write_json(path / "status.json", status)  # first: if no more comes, it just ends again
        atomic.write_json(path / "config.json", config)


def _longer(
    fixed: dict[str, Any], status: dict[str, Any], before: int, epochs: float | None, minutes: float | None
) -> int:
    """Steps of the whole run, which took ``before``, once it is made longer."""
    if (epochs is None) == (minutes is None):
        raise GenClassError("both_lengths")
    if epochs is not None:
        return round(check_number("epochs", epochs, *RANGES["epochs"]) * fixed["steps_per_epoch"])
    seconds = 60 * check_number("minutes", minutes, 0.05, MAX_MINUTES)
    return before + max(1, int(seconds * status["step"] / max(status["seconds"], 0.01)))
