"""A tiny classifier, and a generator without classes for whoever leads it to one."""

import pytest

from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler


@pytest.fixture
def sampler(save_tiny):
    return Sampler.load(save_tiny("gan", classes=()))


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier", name="tiny-net"))
