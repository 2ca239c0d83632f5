"""An image set of one's own pictures: the split that they came with, or one that is made; what is said of it."""

import numpy as np
import pytest

from genclass.data import folders, split
from genclass.data.folders import Pictures
from genclass.data.imageset import load_packed, save_packed
from genclass.data.reading.notes import note
from genclass.data.reading.readings import Reading
from tests.helpers import code_of


def pictures(*shades, labels=None):
    """Plain pictures of these shades."""
    images = np.stack([np.full((3, 8, 8), shade, np.uint8) for shade in shades])
    return Pictures(images, [folders.by_hand(labels or ["a"] * len(shades))])


def test_copies_stay_on_one_side_of_the_split():
    imageset = split.from_pictures("x", pictures(*[0, 1, 2, 3, 4] * 3))
    assert sorted(imageset.train_images[:, 0, 0, 0].tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert imageset.test_images[:, 0, 0, 0].tolist() == [4, 4, 4]


@pytest.mark.parametrize(("count", "test"), [(1, 0), (2, 1), (4, 1), (5, 1), (9, 1), (10, 2)])
def test_a_small_class_keeps_one_image_for_the_test(count, test):
    labels = ["a"] * count + ["b"] * 2
    imageset = split.from_pictures("x", pictures(*range(count + 2), labels=labels))
    assert int((imageset.test_labels == 0).sum()) == test and int((imageset.train_labels == 0).sum()) == count - test


def test_one_image_over_and_over_is_refused():
    assert code_of(split.from_pictures, "x", pictures(7, 7, 7, labels=["a", "b", "b"])) == "all_the_same"


def came(parts, labels=None, shades=None, notes=()):
    """Pictures that came with a split, and one that is left out."""
    labels = [*(labels or ["ab"[index % 2] for index in range(len(parts))]), None]
    found = pictures(*(shades or range(len(parts))), 255)
    return Pictures(found.images, [Reading("folder-2", labels, [*parts, ""], list(notes))])


def codes(imageset):
    return [one["code"] for one in imageset.notes]


def test_a_split_that_came_is_kept():
    imageset = split.from_pictures(
        "x", came(["train"] * 6 + ["test"] * 2, notes=[note("set_asides", count=1, names="m")])
    )
    assert imageset.train_images[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert imageset.test_images[:, 0, 0, 0].tolist() == [6, 7] and imageset.test_labels.tolist() == [0, 1]
    assert codes(imageset) == ["set_by_folder", "set_asides", "set_kept"]
    assert (
        imageset.notes[2]["message"] == "The split that they came with is kept: 6 images to learn from, 2 to test on."
    )


def test_a_split_is_kept_when_it_is_packed_and_so_is_what_is_said(tmp_path):
    imageset = split.from_pictures("x", came(["train"] * 6 + ["test"] * 2))
    save_packed(imageset, tmp_path / "x.safetensors")
    again = load_packed(tmp_path / "x.safetensors")
    assert again.notes == imageset.notes and np.array_equal(again.test_images, imageset.test_images)


def test_copies_between_the_parts_of_a_split_that_came_stay_and_are_told():
    imageset = split.from_pictures("x", came(["train"] * 4 + ["test"] * 3, shades=[0, 1, 2, 3, 0, 1, 9]))
    assert len(imageset.test_images) == 3 and imageset.notes[-1]["code"] == "set_copies"
    assert imageset.notes[-1]["values"] == {"count": 2}


def test_what_was_added_to_a_split_by_hand_is_split_anew():
    imageset = split.from_pictures("x", came(["train"] * 4 + ["test"] * 2 + [""] * 4, labels=[*"abababcccc"]))
    assert imageset.test_labels.tolist() == [0, 1, 2] and len(imageset.train_images) == 7


def test_a_split_whose_test_was_left_with_nothing_is_made_anew():
    imageset = split.from_pictures("x", came(["train"] * 10))
    assert len(imageset.test_images) == 2 and codes(imageset) == ["set_by_folder", "set_split"]


def test_what_cannot_be_read_is_told_with_its_reason():
    found = pictures(0, 1, 2, 3)
    broken, unusual = note("broken_image"), note("unusual_image", kind="HEIF")
    found.faults = {"1.png": broken, "2.png": broken, "3.heic": unusual}
    imageset = split.from_pictures("x", found)
    assert codes(imageset) == ["set_no_classes", "set_unread", "set_unread", "set_split"]
    assert imageset.notes[1]["message"].endswith("2 (1.png, 2.png). This image is empty, cut off or damaged.")
    assert imageset.skipped == ["1.png", "2.png", "3.heic"]


def test_names_that_begin_alike_are_told_apart():
    stem = "Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Danaus_"
    imageset = split.from_pictures("x", pictures(0, 1, 2, 3, labels=[stem + "plexippus", stem + "gilippus"] * 2))
    assert imageset.classes == [stem + "gilippus", stem + "plexippus"]
    assert "_plexippus 2" in imageset.notes[0]["message"] and "_gilippus 2" in imageset.notes[0]["message"]
