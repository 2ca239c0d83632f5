"""Pictures in folders and zips: classes by folder, names that can be shown, broken ones counted."""

import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image

from genclass.data import folders
from genclass.data.folders import Pictures
from genclass.errors import GenClassError
from genclass.files import decode
from genclass.files.archive import Limits
from tests.helpers import code_of, encode, picture, zip_of


def png(seed=0):
    return encode(picture(seed, size=12))


def test_good_pictures_are_kept_and_broken_ones_named(tmp_path):
    files = {"cat/1.png": png(1), "cat/2.png": b"no picture", "dog/3.png": png(3), "dog/4.png": png(4)[:60]}
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


def pictures(*shades, labels=None):
    """Plain pictures of these shades."""
    images = np.stack([np.full((3, 8, 8), shade, np.uint8) for shade in shades])
    return Pictures(images, labels or ["a"] * len(shades))


def test_copies_stay_on_one_side_of_the_split():
    imageset = folders.from_pictures("x", pictures(*[0, 1, 2, 3, 4] * 3))
    assert sorted(imageset.train_images[:, 0, 0, 0].tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert imageset.test_images[:, 0, 0, 0].tolist() == [4, 4, 4]


@pytest.mark.parametrize(("count", "test"), [(1, 0), (2, 1), (4, 1), (5, 1), (9, 1), (10, 2)])
def test_a_small_class_keeps_one_image_for_the_test(count, test):
    labels = ["a"] * count + ["b"] * 2
    imageset = folders.from_pictures("x", pictures(*range(count + 2), labels=labels))
    assert int((imageset.test_labels == 0).sum()) == test and int((imageset.train_labels == 0).sum()) == count - test


def test_one_image_over_and_over_is_refused():
    assert code_of(folders.from_pictures, "x", pictures(7, 7, 7, labels=["a", "b", "b"])) == "all_the_same"


def test_small_files_of_large_pictures_are_refused_before_one_is_decoded(tmp_path, monkeypatch):
    """Sixty pictures of 24 megapixels, of one bit each: 12 KB."""
    monkeypatch.setattr(decode, "_read", None)
    large = encode(Image.new("1", (6000, 4000)))
    path = zip_of(tmp_path / "x.zip", {f"a/{index}.png": large for index in range(60)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 20_000
    assert code_of(folders.read, path, 16, folders.IN_PAGE) == "too_many_pixels"


def test_ones_own_folders_have_no_limit_and_zips_of_the_page_have(tmp_path):
    path = zip_of(tmp_path / "x.zip", {f"a/{seed}.png": png(seed) for seed in range(3)})
    assert len(folders.read(path, 16).images) == 3
    assert len(folders.read(path, 16, Limits(pixels=0)).images) == 3, "what was sent allows for itself"
    wide = zip_of(tmp_path / "y.zip", {"a/1.png": encode(Image.new("1", (400, 400)))})
    assert code_of(folders.read, wide, 16, Limits(pixels=0)) == "too_many_pixels"


def test_a_source_that_is_named_again_is_decoded_once():
    asked = []

    def source():
        asked.append(1)
        return png(1)

    found = folders.decoded([("a", f"{index}.png", source) for index in range(60)], 16)
    assert len(asked) == 1 and len(found.images) == 60 and found.labels == ["a"] * 60


def test_an_archive_among_pictures_is_left_out_and_one_in_their_place_is_named(tmp_path):
    sound = {"a/1.png": png(1), "b/2.png": png(2), "labels.csv.gz": b"x", "more/inner.zip": b"PK"}
    assert folders.read(zip_of(tmp_path / "x.zip", sound), 16).labels == ["a", "b"]
    inner = zip_of(tmp_path / "y.zip", {"inner.zip": b"PK", "readme.txt": b"x"})
    assert code_of(folders.read, inner, 16) == "zip_nested"
