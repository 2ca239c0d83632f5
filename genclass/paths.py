"""Where shipped models, runs, data and caches lie: the only place that knows."""

import os
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "checkpoints"


def runs_dir():
    """Where runs are kept: ``$GENCLASS_RUNS``, by default ``runs/`` beside ``app.py``."""
    return Path(os.environ.get("GENCLASS_RUNS", SHIPPED.parent / "runs"))


ASSETS = Path(__file__).parent / "data" / "assets"


def data_dir():
    """Where full sets are kept: ``$GENCLASS_DATA``, by default ``~/.cache/genclass/data``."""
    return Path(os.environ.get("GENCLASS_DATA", Path.home() / ".cache/genclass/data"))
