"""Images that need no download."""

import pytest

from genclass.data import sources
from tests.ui.helpers import fashion


@pytest.fixture
def at_hand(monkeypatch):
    """Of one data set there are some random images on this machine."""
    for name in ("at_hand", "smallest_at_hand"):
        monkeypatch.setattr(sources, name, lambda name: fashion() if name == "fashion-mnist" else None)
