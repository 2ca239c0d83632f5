"""What runs of the tests learn from."""

import pytest

from genclass.data import sources
from genclass.models import directions, effects
from tests.stand_ins import small_set


@pytest.fixture
def small_data(monkeypatch):
    """Whatever a run names, it is trained on a few dozen images."""
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set())


@pytest.fixture(autouse=True, scope="module")
def few_samples_for_directions():
    """A GAN's run ends with naming its directions, which is tested elsewhere; those of a module are named alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(directions, "PAIRS", 64)
        patch.setattr(effects, "SAMPLES", 10)
        yield patch
