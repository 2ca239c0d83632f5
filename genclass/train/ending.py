"""How a run ended: why before its time, and how many test images it tells rightly."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from genclass.errors import GenClassError
from genclass.files import records
from genclass.files.records import a_list, is_count
from genclass.train.settings import Request
from genclass.train.trainer import trainer_class

EARLY = 0.75  # of the minutes that were asked for, which are to hold within a quarter


def why_early(request: Request, config: dict[str, Any], status: dict[str, Any]) -> GenClassError | None:
    """Why a finished run took much less time than it was given; None where it did not, or was given none.

    Args:
        config, status: of the run's folder, as ``layout`` reads them.
    """
    fixed, seconds = config["fixed"] or {}, status.get("seconds")
    if status["state"] != "finished" or not request.minutes or config["lengthened"] or not seconds:
        return None
    if seconds >= EARLY * 60 * request.minutes:
        return None
    minutes, epochs = f"{request.minutes:g}", request.settings().epochs
    if trainer_class(request).brief and fixed["total"] >= round(epochs * fixed.get("steps_per_epoch", 0)):
        return GenClassError("all_passes_done", passes=f"{epochs:g}", minutes=minutes)
    return GenClassError("all_steps_done", minutes=minutes)


def score(pictures: Sequence[tuple[int, Path]]) -> tuple[int, int] | None:
    """(how many are told rightly, how many there are) of the test images of a run's newest picture; None of a GAN's, or
    where the record beside it can't be read.

    Args:
        pictures: as ``layout.read_pictures`` gives them.
    """
    try:
        told = records.read(pictures[-1][1].with_suffix(".json"), {"confusion": a_list(a_list(is_count))})
        rows = told["confusion"]
        count = sum(map(sum, rows))
        return (sum(row[label] for label, row in enumerate(rows)), count) if count else None
    except (OSError, ValueError, IndexError):
        return None
