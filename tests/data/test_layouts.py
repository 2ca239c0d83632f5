"""Folders and zips as people have them: the same set from both, with what is said of it."""

import os
import zipfile

import pytest
import torch

from genclass.data import folders, sources
from genclass.data.reading import tables
from tests.helpers import code_of, encode, picture, zip_of

BOTH = ("car", "frog")


def each(*patterns, count=6, kind="JPEG"):
    """Files of patterns with ``{}`` for the class and ``{n}`` for a number."""
    names = [pattern.format(name, n=index) for pattern in patterns for name in BOTH for index in range(count)]
    return {name: encode(picture(seed, size=12), kind) for seed, name in enumerate(names)}


def labels(names=BOTH, count=12):
    return "id;species\n" + "".join(f"{index};{names[index % len(names)]}\n" for index in range(count))


LAYOUTS = {
    "images and masks": (each("{}/images/{n}.jpg", "{}/masks/{n}.png"), "set_asides"),
    "one more folder": (each("{}/images/{n}.jpg"), None),
    "an unlabelled test": (each("train/{}/{n}.jpg") | {f"test/{n}.jpg": encode(picture(90 + n)) for n in range(6)},
                           "set_unlabelled"),
    "a loose picture": (each("pets/{}/{n}.jpg") | {"pets/contact_sheet.jpg": encode(picture(99))}, "set_beside"),
    "other endings": (each("{}/{n}.jfif"), None),
    "no endings": (each("{}/photo {n}"), None),
    "something else beside": (each("{}/{n}.jpg") | {"a/clip.mp4": b"\0\0\0\x18ftypmp42", "labels.csv.gz": b"\x1f\x8b",
                                                    "desktop.ini": b"x", "car/Thumbs.db": b"x"}, "set_unread"),
    "names of files": (each("all/{}_{n:03}.jpg"), None),
    "names beside a test": (each("train/{}.{n}.jpg") | {f"test1/{n}.jpg": encode(picture(90 + n)) for n in range(6)},
                            "set_unlabelled"),
    "a list": ({f"images/{n}.jpg": encode(picture(n)) for n in range(12)} | {"labels.csv": labels().encode()}, None),
}  # fmt: skip


def written(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def codes(imageset):
    return {note["code"] for note in imageset.notes} - {"set_split", "set_other"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_folder_and_zip_give_the_same_classes_and_sentences(tmp_path, layout):
    files, told = LAYOUTS[layout]
    folder, zipped = sources.load(written(tmp_path / "set", files)), sources.load(zip_of(tmp_path / "set.zip", files))
    assert folder.classes == zipped.classes == list(BOTH)
    assert len(folder.train_images) + len(folder.test_images) == 12
    assert torch.equal(folder.train_images, zipped.train_images) and folder.notes == zipped.notes
    assert codes(folder) - {told} <= {"set_by_folder", "set_by_names", "set_by_column", "set_smaller"} and (
        told in codes(folder)
    ) == bool(told)


def test_a_split_is_kept_from_folder_and_zip(tmp_path):
    files = each("train/{}/{n}.jpg", "valid/{}/{n}.jpg")
    for imageset in (sources.load(written(tmp_path / "set", files)), sources.load(zip_of(tmp_path / "s.zip", files))):
        assert len(imageset.train_images) == len(imageset.test_images) == 12 and "set_kept" in codes(imageset)


def test_linked_class_folders_are_found(tmp_path):
    written(tmp_path / "far", each("{}/images/{n}.jpg"))
    (tmp_path / "set").mkdir()
    for name in BOTH:
        os.symlink(tmp_path / "far" / name / "images", tmp_path / "set" / name, target_is_directory=True)
    os.symlink(".", tmp_path / "set" / "loop", target_is_directory=True)
    imageset = sources.load(tmp_path / "set")
    assert imageset.classes == list(BOTH) and len(imageset.train_images) + len(imageset.test_images) == 12


def test_another_reading_is_taken_in_python(tmp_path):
    files = each("{}/images/{n}.jpg", "{}/masks/{n}.png")
    path = written(tmp_path / "set", files)
    assert sources.load(path, classes_from="folder-2").classes == ["images", "masks"]
    assert code_of(sources.load, path, classes_from="names") == "unknown_reading"
    assert any("--classes-from folder-2" in note["message"] for note in sources.load(path).notes)


def test_names_that_were_unpacked_as_the_bytes_of_another_system_are_read(tmp_path):
    for name in ("汽车", "青蛙"):
        folder = os.fsencode(tmp_path) + b"/" + name.encode("gbk")
        os.mkdir(folder)
        for index in range(4):
            with open(folder + f"/照片{index}.png".encode("gbk"), "wb") as file:
                file.write(encode(picture(index)))
    assert sources.load(tmp_path).classes == ["汽车", "青蛙"]


def test_of_lists_in_a_zip_from_anyone_only_so_much_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST", 20)
    files = {f"images/{n}.jpg": encode(picture(n)) for n in range(12)} | {"labels.csv": labels().encode()}
    path = zip_of(tmp_path / "x.zip", files)
    assert sources.load(path).classes == list(BOTH) and sources.load_folder(path, limits=folders.IN_PAGE).classes == []
    assert "list_too_large" in str(sources.load_folder(path, limits=folders.IN_PAGE).notes)


def test_only_other_archives_in_a_zip_are_told(tmp_path):
    assert code_of(sources.load, zip_of(tmp_path / "x.zip", {"a/b.zip": b"PK"}, zipfile.ZIP_STORED)) == "zip_nested"


def test_what_can_not_be_read_is_told_with_its_reason_though_it_is_all(tmp_path):
    path = written(tmp_path / "set", {"a/1.png": b"x", "b/2.png": b"x"})
    assert code_of(sources.load, path) == "none_readable"
