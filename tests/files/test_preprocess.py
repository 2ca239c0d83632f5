"""How a model wants its pictures made small."""

import numpy as np
import pytest
from PIL import Image

from genclass.files.images import fit
from genclass.files.preprocess import PLAIN, Preprocess, is_preprocess


@pytest.fixture
def rings():
    """64×48: brighter towards the edges, so that a crop can be told from its brightness."""
    y, x = np.mgrid[-1:1:48j, -1:1:64j]
    return Image.fromarray((255 * np.maximum(abs(x), abs(y))).astype(np.uint8)).convert("RGB")


def test_without_a_word_all_of_the_shorter_side_is_kept():
    assert Preprocess.of({"image_size": 32}) == PLAIN


def test_a_resized_side_is_a_share_of_it():
    expected = Preprocess(0.875, "bicubic")
    for told in ({"resize": 256}, {"crop_share": 0.875}, {"resize": 256, "crop_share": 0.875}):
        assert Preprocess.of({"image_size": 224, "preprocess": {**told, "interpolation": "bicubic"}}) == expected


def test_the_middle_is_kept(rings):
    whole, middle = (fit(rings, 16, 3, preprocess=Preprocess(share)) for share in (1.0, 0.5))
    cropped = fit(rings.crop((20, 12, 44, 36)), 16, 3)
    assert middle.max() < whole.max()
    assert np.abs(middle.astype(int) - cropped)[:, 3:-3, 3:-3].max() <= 1  # at its edge a crop knows what lies beyond


def test_a_padded_picture_is_seen_as_a_whole(rings):
    assert np.array_equal(fit(rings, 16, 3, "pad", Preprocess(0.5)), fit(rings, 16, 3, "pad"))


def test_without_antialiasing_only_the_nearest_pixels_count():
    stripes = Image.fromarray(np.tile(np.uint8([0, 255]), (64, 32)))
    smooth, sharp = (fit(stripes, 8, 1, preprocess=Preprocess(1.0, "bilinear", kind)) for kind in (True, False))
    assert smooth.std() < 20 and np.ptp(sharp.astype(int)) == 0  # every eighth pair of stripes, met alike


@pytest.mark.parametrize(
    "told, sound",
    [({}, True), ({"resize": 256, "crop_share": 0.875, "interpolation": "bicubic", "antialias": True}, True),
     ({"interpolation": "bilinear", "antialias": False}, True), ({"antialias": False}, False),
     ({"interpolation": "lanczos", "antialias": False}, False), ({"resize": 0}, False), ({"resize": 1e9}, False),
     ({"crop_share": 0}, False), ({"crop_share": 1.5}, False), ({"crop_share": float("nan")}, False),
     ({"interpolation": ["bicubic"]}, False), ({"interpolation": "magic"}, False), ({"antialias": 1}, False),
     ({"other": 1}, False), (None, False), ([], False)],
)  # fmt: skip
def test_a_strangers_wishes_are_checked(told, sound):
    assert is_preprocess(told) == sound
