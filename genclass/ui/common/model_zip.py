"""A model's folder as a zip that a browser can save."""

import io
from pathlib import Path

from genclass.jobs import bundle
from genclass.models import checkpoint
from genclass.ui.common.events import Event
from genclass.ui.server import quota

MODELS: Event = {"concurrency_id": "models", "concurrency_limit": 1}


def saved_zip(folder: Path) -> str:
    """The path of a zip of a checkpoint folder, among the files that the page may serve."""
    buffer = io.BytesIO()
    bundle.pack(folder, buffer)
    name = f"{checkpoint.read_config(folder)['name']}.zip"
    return quota.save(buffer.getvalue(), name)
