"""One walk for all: links followed, loops ended, what nobody could mean as a picture left out."""

from pathlib import PurePath

import pytest

from genclass.files import walk


def laid_out(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def names(root):
    return [path.relative_to(root).as_posix() for path in walk.pictures(root)]


def test_what_systems_and_programs_put_beside_pictures_is_left_out(tmp_path):
    laid_out(tmp_path, "cat/1.png", "cat/Thumbs.db", "cat/desktop.ini", "cat/.DS_Store", "cat/._1.png", "labels.csv",
             "__MACOSX/cat/2.png", "@eaDir/1.png/SYNOPHOTO_THUMB.jpg", ".git/3.png", "cat/.thumbs/4.png", "README.md",
             "cat/1.json", "LICENSE", "cat/Readme", "$RECYCLE.BIN/5.png", "annotations.xml", "cat/Icon\r")  # fmt: skip
    assert names(tmp_path) == ["cat/1.png"]


def test_unusual_endings_and_none_may_be_pictures(tmp_path):
    laid_out(tmp_path, "a/photo", "a/photo.jfif", "a/photo.jpe", "a/photo.pgm", "a/photo.HEIC", "a/clip.mp4")
    assert len(names(tmp_path)) == 6


def test_lists_beside_pictures_are_among_the_files(tmp_path):
    laid_out(tmp_path, "labels.csv", "1.png")
    assert [path.name for path in walk.files(tmp_path)] == ["1.png", "labels.csv"]


def test_linked_folders_and_files_are_found(tmp_path):
    laid_out(tmp_path, "far/cats/1.png", "far/dogs/2.png", "far/3.png")
    root = laid_out(tmp_path / "set", "dog/4.png")
    (root / "cat").symlink_to("../far/cats", target_is_directory=True)
    (root / "dog/linked.png").symlink_to(tmp_path / "far/3.png")
    assert names(root) == ["cat/1.png", "dog/4.png", "dog/linked.png"]


def test_a_link_that_leads_nowhere_is_named(tmp_path):
    root = laid_out(tmp_path, "cat/1.png")
    (root / "cat/gone.png").symlink_to(tmp_path / "nowhere.png")
    (root / "dog").symlink_to(tmp_path / "nowhere", target_is_directory=True)
    assert names(root) == ["cat/1.png", "cat/gone.png", "dog"]


@pytest.mark.parametrize("target", [".", "..", "../..", "../dog", "loop"])
def test_loops_end(tmp_path, target):
    root = laid_out(tmp_path / "set", "cat/1.png", "dog/2.png")
    (root / "cat/loop").symlink_to(target, target_is_directory=True)
    assert names(root) == ["cat/1.png", "dog/2.png"]


def test_links_among_folders_outside_end_too(tmp_path):
    laid_out(tmp_path, "far/a/1.png", "far/b/2.png")
    (tmp_path / "far/a/b").symlink_to("../b", target_is_directory=True)
    (tmp_path / "far/b/a").symlink_to("../a", target_is_directory=True)
    root = laid_out(tmp_path / "set", "3.png")
    (root / "x").symlink_to("../far/a", target_is_directory=True)
    assert names(root) == ["3.png", "x/1.png", "x/b/2.png"]


def test_a_folder_that_may_not_be_looked_into_is_named(tmp_path, monkeypatch):
    root = laid_out(tmp_path, "cat/1.png", "closed/2.png")
    usual = type(root).iterdir

    def iterdir(self):
        if self.name == "closed":
            raise PermissionError(self)
        return usual(self)

    monkeypatch.setattr(type(root), "iterdir", iterdir)
    assert names(root) == ["cat/1.png", "closed"]


def test_paths_inside_a_zip_are_judged_alike():
    assert walk.is_hidden(PurePath("__MACOSX/cat/._1.png")) and walk.is_hidden(PurePath("set/.git/x"))
    assert not walk.is_hidden(PurePath("set/cat/1.png"))
