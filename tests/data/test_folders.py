"""Pictures in folders and zips: classes by folder, names that can be shown, broken ones counted."""

import zipfile

import numpy as np
import pytest
from PIL import Image

from genclass.data import folders
from genclass.data.folders import Found
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
    assert found.images.dtype == np.uint8 and list(found.faults) == ["cat/2.png", "dog/4.png"]


def test_an_entry_that_is_damaged_costs_only_itself(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a/1.png": png(1), "b/2.png": png(2)})
    path.write_bytes(path.read_bytes().replace(png(2), png(2)[:-1] + b"!"))
    found = folders.read(path, 16)
    assert found.labels == ["a"] and list(found.faults) == ["b/2.png"]


def test_limits_reach_the_zip(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a/1.png": png(1), "b/2.png": png(2)})
    with pytest.raises(GenClassError) as caught:
        folders.read(path, 16, Limits(entries=1))
    assert caught.value.code == "zip_many_entries"


@pytest.mark.parametrize("files", [{}, {"a/readme.txt": b"x"}, {"__MACOSX/a/1.png": png()}])
def test_nothing_to_read(tmp_path, files):
    with pytest.raises(GenClassError) as caught:
        folders.read(zip_of(tmp_path / "x.zip", files), 16)
    assert caught.value.code == "no_images"


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

    found = folders.decoded(Found([f"{n}.png" for n in range(60)], [source] * 60, [folders.by_hand(["a"] * 60)]), 16)
    assert len(asked) == 1 and len(found.images) == 60 and found.labels == ["a"] * 60


def test_an_archive_among_pictures_is_left_out_and_one_in_their_place_is_named(tmp_path):
    sound = {"a/1.png": png(1), "b/2.png": png(2), "labels.csv.gz": b"x", "more/inner.zip": b"PK"}
    assert folders.read(zip_of(tmp_path / "x.zip", sound), 16).labels == ["a", "b"]
    inner = zip_of(tmp_path / "y.zip", {"inner.zip": b"PK", "readme.txt": b"x"})
    assert code_of(folders.read, inner, 16) == "zip_nested"


def test_links_that_lead_nowhere_are_told(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(png())
    (tmp_path / "a/gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "c").symlink_to(tmp_path / "nowhere", target_is_directory=True)
    found = {name: fault["code"] for name, fault in folders.read(tmp_path, 8).faults.items()}
    assert found == dict.fromkeys(("a/gone.png", "c"), "cannot_open")
