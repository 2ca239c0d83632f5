"""What was measured here of a model, kept beside the runs by the hash of its weights: checkpoints stay as they are."""

import json

from genclass import paths

FOLDER = ".measured"


def load(sha256):
    """The figures that were kept for weights: a dict; empty where nothing was."""
    try:
        return json.loads(_path(sha256).read_text())
    except (FileNotFoundError, ValueError):  # none yet, or torn by a crash: it can be measured again
        return {}


def keep(sha256, figures):
    """Add ``figures`` (a dict that JSON can hold) to what is kept for weights; the newer of two with one name stays."""
    path = _path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({**load(sha256), **figures}))
    partial.replace(path)


def _path(sha256):
    return paths.runs_dir() / FOLDER / f"{sha256}.json"
