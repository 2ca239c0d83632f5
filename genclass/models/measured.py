"""What was measured here of a model, kept beside the runs by the hash of its weights: checkpoints stay as they are."""

from pathlib import Path

from genclass import paths
from genclass.files import atomic

FOLDER = ".measured"


def load(sha256: str) -> dict:
    """The figures that were kept for weights; empty where there are none, or a crash tore them: measure again."""
    return atomic.read_json(_path(sha256))


def keep(sha256: str, figures: dict) -> None:
    """Add ``figures`` (a dict that JSON can hold) to what is kept for weights; the newer of two with one name stays."""
    atomic.update_json(_path(sha256), lambda kept: {**kept, **figures})


def _path(sha256: str) -> Path:
    return paths.runs_dir() / FOLDER / f"{sha256}.json"
