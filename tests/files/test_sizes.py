"""Sizes in words."""

import pytest

from genclass.files import sizes


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1000, "1 KB"),
        (380_000, "0.4 MB"),
        (28_430_000, "28.4 MB"),
        (8_000_000, "8 MB"),
        (497_120_000, "497 MB"),
        (999_700_000, "1.0 GB"),
        (1_986_400_000, "2.0 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits_and_in_few_digits(count, told):
    assert sizes.in_words(count) == told
