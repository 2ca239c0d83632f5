"""Zips that mean harm: each refused as a whole, by its own code, before anything of it is read."""

import stat
import struct
import zipfile

import pytest

from genclass.errors import GenClassError
from genclass.files import archive
from genclass.files.archive import Limits


@pytest.fixture
def write(tmp_path):
    """Writes a zip of (name or ZipInfo, content) pairs and returns its path."""

    def write(*files, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "some.zip"
        with zipfile.ZipFile(path, "w", method) as zipped:
            for name, content in files:
                zipped.writestr(name, content)
        return path

    return write


def refused(path, limits=archive.UNLIMITED):
    with pytest.raises(GenClassError) as caught:
        archive.entries(path, limits)
    assert str(caught.value).endswith(".")
    return caught.value


def test_files_are_given_in_order_with_their_bytes(write):
    path = write(("b/1.png", b"one"), ("a/", b""), ("a\\2.png", b"two"))
    found = archive.entries(path, Limits(10, 100))
    assert [(str(entry.path), entry.read()) for entry in found] == [("b/1.png", b"one"), ("a/2.png", b"two")]


@pytest.mark.parametrize("name", ["../x.png", "a/../../x.png", "/etc/x.png", "a\\..\\..\\x.png", "C:\\x.png"])
def test_paths_that_climb_out(write, tmp_path, name):
    assert refused(write(("a/1.png", b"1"), (name, b"x"))).code == "zip_climbs"
    assert [path.name for path in tmp_path.iterdir()] == ["some.zip"]


def test_a_path_that_is_none(write):
    assert [entry.path.name for entry in archive.entries(write((".", b"x"), ("a/1.png", b"1")))] == ["", "1.png"]


def test_a_symbolic_link(write):
    link = zipfile.ZipInfo("a/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refused(write((link, "/etc/passwd"))).code == "zip_link"


@pytest.mark.parametrize("name", ["a/inner.zip", "inner.TAR", "b/c.7z", "d.tar.gz"])
def test_an_archive_inside(write, name):
    assert refused(write((name, b"PK"))).code == "zip_nested"


def test_a_password(write):
    path = write(("a/1.png", b"secret"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(archive.ENTRY) + 8] |= 1
    path.write_bytes(content)
    assert refused(path).code == "zip_encrypted"


def test_a_bomb_of_zeros_is_refused_however_large_the_limits_are(write):
    assert refused(write(("a/1.bmp", bytes(20_000_000)))).code == "zip_bomb"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bounds(write, method):
    assert refused(write(("a/1.png", bytes(1000)), method=method)).code == "zip_method"


def test_too_many_files(write):
    path = write(*((f"a/{index}.png", b"") for index in range(11)))
    assert refused(path, Limits(entries=10)).code == "zip_many_entries"
    assert len(archive.entries(path, Limits(entries=11))) == 11
    assert len(archive.entries(path)) == 11  # the command line has no such limit


def test_files_are_counted_across_the_chunks_that_are_read(write, monkeypatch):
    path = write(*((f"a/{index}.png", b"") for index in range(11)))
    for chunk in (7, 16, 64):
        monkeypatch.setattr(archive, "CHUNK", chunk)
        assert refused(path, Limits(entries=10)).code == "zip_many_entries"
        assert len(archive.entries(path, Limits(entries=11))) == 11


def test_too_much_unpacked(write):
    path = write(("a/1.png", bytes(600)), ("a/2.png", bytes(600)), method=zipfile.ZIP_STORED)
    error = refused(path, Limits(size=1000))
    assert error.code == "zip_too_large"
    assert len(archive.entries(path, Limits(size=1200))) == 2


def test_a_lie_about_the_size_is_found_when_read(write):
    """The record says 1,000 bytes where a million are: no more than it says is unpacked."""
    path = write(("a/1.png", bytes(range(250)) * 4000))
    content = path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", 1000))
    path.write_bytes(content)
    (entry,) = archive.entries(path, Limits(size=1000))
    with pytest.raises(GenClassError) as caught:
        entry.read()
    assert caught.value.code == "bad_zip"


@pytest.mark.parametrize("content", [b"", b"PK nonsense", b"PK\x05\x06" + bytes(10)])
def test_what_is_no_zip(tmp_path, content):
    (tmp_path / "fake.zip").write_bytes(content)
    assert refused(tmp_path / "fake.zip", Limits(10, 10)).code == "bad_zip"


def test_a_torn_zip(write):
    path = write(("a/1.png", bytes(range(256)) * 100))
    path.write_bytes(path.read_bytes()[:-30])
    assert refused(path).code == "bad_zip"


def test_the_sentence_shows_no_control_characters(write):
    link = zipfile.ZipInfo("a/\x1b[31m\u202egnp.lnk")
    link.external_attr = stat.S_IFLNK << 16
    assert "\x1b" not in str(refused(write((link, "x")))) and "\u202e" not in str(refused(write((link, "x"))))


def test_no_more_is_unpacked_than_the_record_says(write, monkeypatch):
    path, most = write(("a/1.png", bytes(200_000)), method=zipfile.ZIP_DEFLATED), []
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 200_000), struct.pack("<L", 2_000)))
    whole = zipfile.ZipExtFile._read1
    monkeypatch.setattr(zipfile.ZipExtFile, "_read1", lambda file, size: most.append(size) or whole(file, size))
    with pytest.raises(GenClassError) as caught:
        archive.entries(path)[0].read()
    assert caught.value.code == "bad_zip" and max(most) <= 2_000
