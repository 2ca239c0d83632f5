import numpy as np
import pytest

from genclass.data.corruptions import RANGES, corrupt
from genclass.errors import GenClassError
from tests.stand_ins import random_images


@pytest.fixture(params=[1, 3])
def pixels(request):
    return random_images(1, request.param)[0].permute(1, 2, 0).numpy()


def test_nothing_asked_changes_nothing(pixels):
    assert np.array_equal(corrupt(pixels), pixels)


@pytest.mark.parametrize("name", list(RANGES))
def test_more_damage_changes_more(pixels, name):
    most = RANGES[name][1]
    mild, strong = (corrupt(pixels, **{name: most * share}).astype(int) for share in (0.1, 1))
    assert mild.shape == pixels.shape
    assert 0 < np.abs(mild - pixels).mean() <= np.abs(strong - pixels).mean() + 25
    assert np.array_equal(corrupt(pixels, **{name: most}), strong)  # the same again


def test_a_quarter_turn_is_exact(pixels):
    assert np.abs(corrupt(pixels, rotation=90).astype(int) - np.rot90(pixels)).max() <= 1


@pytest.mark.parametrize("value", [-91, 1000, None, "x", float("nan"), True])
def test_refuses_what_is_out_of_range(pixels, value):
    with pytest.raises(GenClassError):
        corrupt(pixels, rotation=value)
