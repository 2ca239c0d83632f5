"""What runs of the tests learn from."""

import pytest

from genclass.data import sources
from tests.stand_ins import small_set


@pytest.fixture
def small_data(monkeypatch):
    """Whatever a run names, it is trained on a few dozen images."""
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set())
