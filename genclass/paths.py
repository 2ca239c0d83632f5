"""Where shipped models, runs, data and caches lie: the only place that knows."""

import os
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "checkpoints"
ASSETS = Path(__file__).parent / "data" / "assets"


def runs_dir() -> Path:
    """Where runs are kept: ``$GENCLASS_RUNS``, by default ``runs/`` beside ``app.py``."""
    return Path(os.environ.get("GENCLASS_RUNS", SHIPPED.parent / "runs"))


def data_dir() -> Path:
    """Where full sets are kept: ``$GENCLASS_DATA``, by default ``~/.cache/genclass/data``."""
    return Path(os.environ.get("GENCLASS_DATA", Path.home() / ".cache/genclass/data"))
