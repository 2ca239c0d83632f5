"""An uploaded photo."""

import pytest

from tests.ui.classify.helpers import encoded, uploaded


@pytest.fixture
def file(lab, photo):
    return uploaded(encoded(photo))
