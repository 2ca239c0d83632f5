"""An image to look into a network with."""

import pytest

from genclass.ui.classify.examples import example_files


@pytest.fixture(scope="module")
def file(lab):
    """One of the bundled test images, as an upload."""
    return {"path": example_files()[-1][0]}
