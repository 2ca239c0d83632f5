"""Files and folders are written whole or not at all, and nothing else stays."""

import json
import os
import threading

import pytest

from genclass.files import atomic


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "notes.txt"
    for text in ("old", "new"):
        atomic.write_text(path, text)
    assert path.read_text() == "new" and names(tmp_path) == ["notes.txt"]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("old")
    with pytest.raises(OSError), atomic.writing(path) as partial:
        partial.write_text("ne")
        raise OSError("No space left on device")
    assert path.read_text() == "old" and names(tmp_path) == ["notes.txt"]


def test_a_rename_that_fails_leaves_nothing(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        atomic.write_bytes(tmp_path / "folder", b"x")
    assert names(tmp_path) == ["folder"]


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "notes.txt"
    with atomic.writing(path) as first, atomic.writing(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first" and names(tmp_path) == ["notes.txt"]  # the one that ended last


def test_of_two_new_files_the_first_stays(tmp_path):
    path = tmp_path / "notes.txt"
    with pytest.raises(FileExistsError), atomic.writing(path, new=True) as late:
        late.write_text("late")
        with atomic.writing(path, new=True) as early:
            early.write_text("early")
    assert path.read_text() == "early" and names(tmp_path) == ["notes.txt"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "model" / "7"
    for name in ("old", "new"):
        with atomic.writing_folder(folder) as partial:
            (partial / name).write_text(name)
    assert names(folder) == ["new"] and names(folder.parent) == ["7"]


def test_a_failure_leaves_the_old_folder_and_no_other(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "old").write_text("old")
    with pytest.raises(OSError), atomic.writing_folder(tmp_path / "7") as partial:
        (partial / "new").write_text("ne")
        raise OSError("No space left on device")
    assert names(tmp_path) == ["7"] and names(tmp_path / "7") == ["old"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path):
    killed = atomic.writing(tmp_path / "status.json"), atomic.writing_folder(tmp_path / "state" / "9")
    file, folder = (writer.__enter__() for writer in killed)
    file.write_text("{")
    (folder / "state.json").write_text("{")
    (tmp_path / "status.json").write_text("{}")
    atomic.clear_partials(tmp_path)
    assert names(tmp_path) == ["state", "status.json"] and names(tmp_path / "state") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows flushes no folder")
def test_what_is_written_and_its_name_are_flushed_before_anything_is_built_on_it(tmp_path, monkeypatch):
    flushed, flush = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (flushed.append(os.fstat(file).st_ino), flush(file)))
    atomic.write_text(tmp_path / "notes.txt", "x")
    assert flushed == [path.stat().st_ino for path in (tmp_path / "notes.txt", tmp_path)]
    flushed.clear()
    with atomic.writing_folder(tmp_path / "7") as partial:
        (partial / "state").write_text("x")
    assert flushed == [path.stat().st_ino for path in (tmp_path / "7" / "state", tmp_path / "7", tmp_path)]


@pytest.mark.parametrize("content", [None, "", '{"a": ', b"\xff\xfe\x00", "[]", "[" * 9999])
def test_json_that_is_not_there_or_torn_is_empty(content, tmp_path):
    if content is not None:
        (tmp_path / "x.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert atomic.read_json(tmp_path / "x.json") == {}


def test_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "deep" / "x.json"

    def count(name):
        for _ in range(10):
            atomic.update_json(path, lambda kept: {**kept, name: kept.get(name, 0) + 1})

    threads = [threading.Thread(target=count, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert json.loads(path.read_text()) == dict.fromkeys("abcd", 10)
