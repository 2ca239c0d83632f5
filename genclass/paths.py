"""Where shipped models, runs, data and caches lie: the only place that knows."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]  # a checkout, or where the package is installed: Python finds the package here
PACKAGE = Path(__file__).parent
INSTALLED = (PACKAGE / "checkpoints").is_dir()  # a wheel brings them inside, a checkout has them beside the package
SHIPPED = (PACKAGE if INSTALLED else ROOT) / "checkpoints"
ASSETS = PACKAGE / "data" / "assets"


def runs_dir() -> Path:
    """Where runs are kept: ``$GENCLASS_RUNS``, by default ``runs/`` beside ``app.py``, or where an installed package is
    called.
    """
    return Path(os.environ.get("GENCLASS_RUNS") or (Path.cwd() if INSTALLED else ROOT) / "runs")


def fetched_dir() -> Path:
    """Where pretrained models from elsewhere are kept."""
    return runs_dir() / ".fetched"


def data_dir() -> Path:
    """Where full sets are kept: ``$GENCLASS_DATA``, by default ``~/.cache/genclass/data``."""
    return Path(os.environ.get("GENCLASS_DATA") or Path.home() / ".cache/genclass/data")
