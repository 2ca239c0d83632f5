"""Pictures in folders and zips: classes by folder, names that can be shown, broken ones counted."""

from pathlib import PurePosixPath

import numpy as np
import pytest

from genclass.data import folders
from genclass.errors import GenClassError
from genclass.files.archive import Limits
from tests.helpers import encode, picture, zip_of


def png(seed=0):
    return encode(picture(seed, size=12))


def test_good_pictures_are_kept_and_broken_ones_named(tmp_path):
    files = {"cat/1.png": png(1), "cat/2.png": b"no picture", "dog/3.png": png(3), "dog/4.png": png(4)[:90]}
    found = folders.read(zip_of(tmp_path / "x.zip", files), 16)
    assert found.labels == ["cat", "dog"] and found.images.shape == (2, 3, 16, 16)
    assert found.images.dtype == np.uint8 and found.skipped == ["cat/2.png", "dog/4.png"]


def test_an_entry_that_is_damaged_costs_only_itself(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a/1.png": png(1), "b/2.png": png(2)})
    path.write_bytes(path.read_bytes().replace(png(2), png(2)[:-1] + b"!"))
    found = folders.read(path, 16)
    assert found.labels == ["a"] and found.skipped == ["b/2.png"]


def test_limits_reach_the_zip(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a/1.png": png(1), "b/2.png": png(2)})
    with pytest.raises(GenClassError) as caught:
        folders.read(path, 16, Limits(entries=1))
    assert caught.value.code == "zip_many_entries"


@pytest.mark.parametrize("files", [{}, {"a/readme.txt": b"x"}, {"a/1.png": b"x"}, {"__MACOSX/a/1.png": png()}])
def test_nothing_to_read(tmp_path, files):
    with pytest.raises(GenClassError) as caught:
        folders.read(zip_of(tmp_path / "x.zip", files), 16)
    assert caught.value.code == "no_images"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>cat", "<b>cat"),  # the page escapes it
        ("=1+1", "=1+1"),
        ("a\x00b\x1b\u202ec\ud800", "abc"),
        ("cafe\u0301", "caf\u00e9"),
        ("\x07", "?"),
        ("x" * 99, "x" * folders.LONGEST_NAME),
    ],
)
def test_class_names_can_be_shown(text, shown):
    assert folders.class_of(PurePosixPath(text, "1.png")) == shown
