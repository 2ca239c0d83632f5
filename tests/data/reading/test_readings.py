"""Which class a picture belongs to: the layouts that people really have, by their paths alone."""

from pathlib import PurePosixPath

import pytest

from genclass.data.reading import readings
from tests.helpers import code_of

BOTH = ("frog", "car")


def numbered(*patterns, count=6, ending="jpg"):
    """``count`` paths for each of ``{class}`` patterns or plain folders."""
    return [PurePosixPath(pattern, f"{index}.{ending}") for pattern in patterns for index in range(count)]


def each(pattern, count=6, classes=BOTH):
    """Paths of a pattern with ``{}`` for the class and ``{n}`` for a number."""
    return [PurePosixPath(pattern.format(name, n=index)) for name in classes for index in range(count)]


def read(*groups):
    return readings.readings([path for group in groups for path in group])


def codes(reading):
    return {one["code"]: one["values"]["count"] for one in reading.notes}


def split_of(reading):
    return {part: reading.parts.count(part) for part in set(reading.parts) - {""}}


@pytest.mark.parametrize(
    "pattern",
    [
        "{}/{n}.jpg",
        "{}/images/{n}.jpg",
        "pets/{}/{n}.jpg",
        "a/b/c/{}/deep/er/{n}.jpg",
        "train/{}/{n}.jpg",
        "{}/session{n}/x.jpg",
        "{}/train/{n}.jpg",
    ],
)
def test_classes_are_the_first_level_at_which_folders_differ(pattern):
    taken, *_ = read(each(pattern))
    assert taken.counts() == {"car": 6, "frog": 6} and not taken.notes and split_of(taken) == {}


def test_what_lies_deeper_belongs_to_its_class_and_the_other_reading_is_offered():
    taken, other = read(each("{}/monday/{n}.jpg"), each("{}/tuesday/{n}.jpg"))
    assert taken.counts() == {"car": 12, "frog": 12} and taken.source == "folder-1"
    assert other.counts() == {"monday": 12, "tuesday": 12} and other.source == "folder-2"


def test_folders_that_differ_with_their_class_alone_are_no_other_reading():
    assert len(read(each("{0}/{0}_pictures/{n}.jpg"))) == 1


@pytest.mark.parametrize(
    ("images", "aside"),
    [
        ("{}/images/{n}.jpg", "{}/masks/{n}.png"),
        ("{}/images/{n}.jpg", "{}/lung masks/{n}.png"),
        ("set/{}/Images/{n}.jpg", "set/{}/Ground_Truth/{n}.png"),
        ("images/{}/{n}.jpg", "annotations/{}/{n}.png"),
        ("train/{}/{n}.jpg", "annotations/{}/{n}.png"),
        ("data/{}/{n}.jpg", "masks/{n}{}.png"),
        ("train/{}/{n}.jpg", "train_masks/{}/{n}.gif"),
        ("JPEGImages/{}/{n}.jpg", "SegmentationClass/{}/{n}.png"),
        ("{}/{n}.jpg", "{}/masks/{n}.png"),
        ("{}/{n}.jpg", "{}/thumbs/{n}_thumb.jpg"),
        ("{}/x ({n}).png", "{}/x ({n})_mask.png"),
        ("{}/{n}.jpg", "{}/{n}-seg.png"),
    ],
)
def test_masks_and_annotations_beside_images_are_left_out(images, aside):
    taken, *_ = read(each(images), each(aside))
    assert taken.counts() == {"car": 6, "frog": 6} and codes(taken) == {"set_asides": 12}


def test_images_against_masks_is_offered_as_the_other_reading():
    _, other = read(each("{}/images/{n}.jpg"), each("{}/masks/{n}.png"))
    assert other.counts() == {"images": 12, "masks": 12} and other.source == "folder-2"


@pytest.mark.parametrize("classes", [("mask", "no_mask"), ("with_mask", "without_mask"), ("label", "stamp", "seg")])
def test_classes_that_are_called_like_masks_stay_classes(classes):
    taken, *_ = read(each("{}/{n}.jpg", classes=classes), [PurePosixPath("sheet.jpg")])
    assert set(taken.counts()) == set(classes)


def test_a_loose_picture_beside_class_folders_is_left_out():
    taken, *_ = read(each("pets/{}/{n}.jpg"), [PurePosixPath("pets/contact_sheet.jpg")])
    assert taken.counts() == {"car": 6, "frog": 6} and codes(taken) == {"set_beside": 1}
    assert taken.notes[0]["values"]["names"] == "pets/contact_sheet.jpg"


def test_many_loose_pictures_beside_two_small_folders_may_be_meant():
    taken, other = read(each("{}/{n}.jpg"), numbered(".", count=90))
    assert taken.counts() == {"car": 6, "frog": 6} and other.source == "nothing" and other.counts() == {"": 102}


def test_flat_folders_have_no_classes():
    for paths in (numbered("."), numbered("photos/of/it"), numbered("photos", "photos/more")):
        (only,) = read(paths)
        assert only.source == "nothing" and only.counts() == {"": len(paths)}


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "test"),
        ("train", "val"),
        ("Training", "Validation"),
        ("training_set", "test_set"),
        ("pets/train", "pets/valid"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        ("train_images", "test"),
        ("Training Data", "Testing Data"),
        ("trainSet", "testSet"),
        ("train2017", "val2017"),
        ("训练集", "测试集"),
        ("train", "test/images"),
    ],
)
def test_a_split_is_kept(train, test):
    taken, *_ = read(each(train + "/{}/{n}.jpg", 8), each(test + "/{}/{n}.jpg", 3))
    assert taken.counts() == {"car": 11, "frog": 11} and split_of(taken) == {"train": 16, "test": 6}
    assert not taken.notes


def test_a_split_inside_each_class_is_kept():
    taken, *others = read(each("{}/train/{n}.jpg", 8), each("{}/test/{n}.jpg", 3))
    assert taken.counts() == {"car": 11, "frog": 11} and split_of(taken) == {"train": 16, "test": 6} and not others


def test_with_both_the_test_is_held_out_and_the_validation_left_out():
    taken, *_ = read(each("train/{}/{n}.jpg", 8), each("valid/{}/{n}.jpg", 2), each("test/{}/{n}.jpg", 3))
    assert split_of(taken) == {"train": 16, "test": 6} and codes(taken) == {"set_unused": 4}


@pytest.mark.parametrize("test", ["test", "test/unknown", "test/test", "test1", "prediction"])
def test_an_unlabelled_test_is_left_out(test):
    taken, *_ = read(each("train/{}/{n}.jpg"), numbered(test))
    assert taken.counts() == {"car": 6, "frog": 6} and codes(taken) == {"set_unlabelled": 6} and split_of(taken) == {}


def test_beside_an_unlabelled_test_the_validation_is_held_out():
    taken, *_ = read(each("train/{}/{n}.jpg"), each("val/{}/{n}.jpg", 2), numbered("test"))
    assert split_of(taken) == {"train": 12, "test": 4} and codes(taken) == {"set_unlabelled": 6}


def test_classes_of_the_test_that_are_not_learnt_are_left_out():
    taken, *_ = read(each("train/{}/{n}.jpg"), each("test/{}/{n}.jpg", 2, (*BOTH, "ship")))
    assert split_of(taken)["test"] == 6 and codes(taken) == {"set_unknown": 2}
    assert set(taken.counts()) == set(BOTH)


@pytest.mark.parametrize("more", ["extra", "test-multiple_fruits", "samples/of/it"])
def test_folders_and_pictures_beside_a_split_are_left_out(more):
    taken, *_ = read(each("train/{}/{n}.jpg"), each("test/{}/{n}.jpg"), numbered(more), [PurePosixPath("a.jpg")])
    assert taken.counts() == {"car": 12, "frog": 12} and codes(taken) == {"set_beside": 7}


def test_a_folder_beside_a_split_with_an_unlabelled_test_is_left_out():
    taken, *_ = read(each("train/{}/{n}.jpg"), numbered("test"), numbered("extra"))
    assert taken.counts() == {"car": 6, "frog": 6} and codes(taken) == {"set_unlabelled": 6, "set_beside": 6}


def test_parts_of_a_split_may_write_their_classes_differently():
    taken, *_ = read(each("Train/{}/{n}.jpg", classes=("Car", "FROG")), each("test/{}/{n}.jpg", 2))
    assert taken.counts() == {"Car": 8, "FROG": 8} and split_of(taken) == {"train": 12, "test": 4}


@pytest.mark.parametrize(
    "classes",
    [("train", "bus"), ("bullet train", "test tube"), ("valid", "invalid"), ("test", "control"), ("trains", "tests")],
)
def test_classes_that_are_called_like_a_split_stay_classes(classes):
    taken, *_ = read(each("{}/{n}.jpg", classes=classes))
    assert set(taken.counts()) == set(classes) and split_of(taken) == {}


def test_folders_that_only_number_parts_of_a_training_set_are_merged():
    taken, *_ = read(each("train_1/{}/{n}.jpg"), each("train_2/{}/{n}.jpg"))
    assert taken.counts() == {"car": 12, "frog": 12} and split_of(taken) == {}


def test_a_split_without_classes_is_kept_too():
    (only,) = read(numbered("train", count=8), numbered("test", count=3))
    assert only.source == "nothing" and split_of(only) == {"train": 8, "test": 3}


def test_file_names_tell_classes_where_folders_do_not():
    taken, other = read(each("{}.{n}.jpg"))
    assert taken.source == "names" and taken.counts() == {"car": 6, "frog": 6} and other.source == "nothing"


def test_file_names_of_a_split_are_understood_with_an_unlabelled_test():
    taken, *_ = read(each("train/{}.{n}.jpg"), numbered("test1"))
    assert taken.counts() == {"car": 6, "frog": 6} and codes(taken) == {"set_unlabelled": 6}


def listed(text, *groups, where="labels.csv"):
    paths = [path for group in groups for path in group]
    return readings.readings(paths, {PurePosixPath(where): text.encode()})


def test_a_list_tells_classes_where_folders_do_not():
    rows = "".join(f"{index},{BOTH[index % 2]}\n" for index in range(5))
    taken, *_ = listed("image_id,label\n" + rows, numbered("."))
    assert taken.source == "column-label" and taken.counts() == {"car": 2, "frog": 3}
    assert codes(taken) == {"set_unlabelled": 1}


def test_a_list_means_the_images_not_their_masks():
    rows = "".join(f"{index},{BOTH[index % 2]}\n" for index in range(6))
    taken, *_ = listed("id,label\n" + rows, numbered("images"), numbered("masks", ending="png"))
    assert taken.counts() == {"car": 3, "frog": 3} and codes(taken) == {"set_asides": 6}


def test_folders_that_only_number_parts_give_way_to_a_list():
    rows = "".join(f"{index},{BOTH[index % 2]}\n" for index in range(12))
    paths = [PurePosixPath(f"part_{1 + index // 6}/{index}.jpg") for index in range(12)]
    taken, other = listed("image,dx\n" + rows, paths)
    assert taken.source == "column-dx" and taken.counts() == {"car": 6, "frog": 6} and other.source == "folder-1"


def test_folders_that_only_number_parts_give_way_to_names():
    paths = [PurePosixPath(f"batch{1 + index // 6}/{BOTH[index % 2]}_{index}.jpg") for index in range(12)]
    taken, other, *_ = read(paths)
    assert taken.source == "names" and taken.counts() == {"car": 6, "frog": 6}


def test_classes_that_are_numbers_stay_classes():
    paths = [PurePosixPath(f"{index % 2}/{BOTH[index // 6]}_{index}.jpg") for index in range(12)]
    taken, *_ = read(paths)
    assert taken.counts() == {"0": 6, "1": 6}


def test_class_folders_come_before_a_list_which_is_offered():
    rows = "".join(f"{name}/{index}.jpg,{'ab'[index % 2]}\n" for name in BOTH for index in range(6))
    taken, other = listed("file,type\n" + rows, each("{}/{n}.jpg"))
    assert taken.source == "folder-1" and other.source == "column-type" and other.counts() == {"a": 6, "b": 6}


def test_another_reading_is_taken_where_it_is_asked_for():
    found = read(each("{}/monday/{n}.jpg"), each("{}/tuesday/{n}.jpg"))
    assert [one.source for one in readings.chosen(found, "folder-2")] == ["folder-2", "folder-1"]
    assert readings.chosen(found, None) == found
    assert code_of(readings.chosen, found, "folder-7") == "unknown_reading"


def test_a_path_of_thousands_of_folders_is_read_like_others():
    taken, *_ = read(each("/".join(["d"] * 5000) + "/{}/{n}.jpg"))
    assert taken.source == "nothing"
    taken, *_ = read(each("{}/" + "/".join(["d"] * 5000) + "/{n}.jpg"))
    assert taken.counts() == {"car": 6, "frog": 6}


STEM = "Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Danaus_"


def test_names_are_whole_however_long():
    classes = [STEM + end for end in ("plexippus", "gilippus")]
    taken, *_ = read(each("{}/{n}.jpg", classes=classes))
    assert set(taken.counts()) == set(classes)
