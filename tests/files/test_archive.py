"""Zips from anyone: those that mean harm are refused as a whole by a code; names are read from any system."""

import random
import stat
import struct
import zipfile
import zlib

import pytest

from genclass.errors import GenClassError
from genclass.files import archive, zip_names
from genclass.files.archive import Limits
from tests.helpers import code_of


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


@pytest.mark.parametrize("name", ["a/inner.zip", "inner.TAR", "b/c.7z", "d.tar.gz", "labels.csv.gz"])
def test_an_archive_inside_is_a_file_like_others(write, name):
    assert [str(entry.path) for entry in archive.entries(write(("a/1.png", b"1"), (name, b"PK")))] == ["a/1.png", name]


NAMES = ["ratio 1:2/1.png", "a:b/1.png", "B: second/1.png", "cat./1.png", "cat /1.png", "con/1.png", "a/aux.png",
         "a/.../1.png", "what?/<1>.png", "a/" + 300 * "x" + ".png", "a|b*/1.png"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_some_system_could_not_write_harm_nobody(write, name):
    assert [str(entry.path) for entry in archive.entries(write((name, b"1")))] == [name]


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


def test_a_small_picture_of_one_colour_is_no_bomb(write):
    path = write(("a/1.bmp", bytes(9_000_000)), ("a/2.png", random.Random(0).randbytes(100_000)))
    assert len(archive.entries(path)[0].read()) == 9_000_000


def test_entries_that_share_their_bytes_are_a_bomb(write):
    """Each is within its ratio, all together unpack to far more than the file could hold."""
    path = write(("a/00.png", bytes(15_000_000)))
    content = path.read_bytes()
    start, end = content.index(archive.ENTRY), content.index(b"PK\x05\x06")
    tail = bytearray(content[end:])
    tail[8:12] = struct.pack("<HH", 100, 100)
    tail[12:16] = struct.pack("<L", 100 * (end - start))
    path.write_bytes(content[:start] + 100 * content[start:end] + tail)
    assert refused(path).code == "zip_bomb"


def test_what_cannot_be_read_costs_no_other_file(write, tmp_path):
    odd, locked = zipfile.ZipInfo("a/notes.txt"), zipfile.ZipInfo("a/secret.txt")
    odd.compress_type = zipfile.ZIP_BZIP2
    path = write(("a/1.png", b"one"), (odd, b"bzip2"), (locked, b"x"))
    content = bytearray(path.read_bytes())
    content[content.rindex(archive.ENTRY) + 8] |= 1
    path.write_bytes(content)
    good, *others = archive.entries(path)
    assert good.read() == b"one" and good.read(2) == b"on"
    assert [code_of(entry.read) for entry in others] == ["zip_method", "zip_encrypted"]


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


class Named(zipfile.ZipInfo):
    """An entry whose name is written as it is, without saying how."""

    def __init__(self, name, raw, extra=b""):
        super().__init__(name)
        self.raw, self.extra = raw, extra

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~archive.UTF8_FLAG


WORDS = {
    "gbk": ["汽车/照片1.jpg", "青蛙/照片1.jpg"],
    "cp932": ["ソース/表1.jpg", "予定表/能力.jpg", "写真/十.jpg"],  # many a second byte is \
    "cp950": ["功能/許.jpg", "蓋子/螢幕擷取畫面 1.jpg"],  # here as well
    "cp949": ["고양이/사진 1.jpg", "자동차/사진 1.jpg"],
    "cp437": ["Äpfel/Größe 1.jpg", "Bäume/naïve.jpg", "forêt/mañana.jpg"],
    "cp850": ["maçãs/São João.jpg", "grøn/blå.jpg", "cães/pão.jpg"],
    "utf-8": ["汽车/1.jpg", "ソース/1.jpg", "고양이/1.jpg", "Äpfel/1.jpg"],
}


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("separator", ["/", "\\"])
def test_names_are_read_in_whatever_code_page_they_were_written(write, encoding, separator):
    written = [name.replace("/", separator) for name in WORDS[encoding]]
    path = write(
        *((Named(f"{index}", name.encode(encoding)), b"1") for index, name in enumerate(written)), ("b/2.png", b"2")
    )
    found = archive.entries(path)
    assert [str(entry.path) for entry in found] == [*WORDS[encoding], "b/2.png"]
    assert [entry.read() for entry in found] == [*(b"1" for _ in written), b"2"]


@pytest.mark.parametrize("encoding", sorted(set(WORDS) - {"utf-8"}))
def test_names_of_two_systems_in_one_zip_are_both_read(encoding):
    plain = ["猫咪/图片 1.jpg", "日本語/犬.jpg", "b/2.png"]
    names = [*(name.encode(encoding) for name in WORDS[encoding]), *map(str.encode, plain)]
    assert zip_names.decoded(names) == [*WORDS[encoding], *plain]


def test_names_that_say_how_they_are_written_are_believed(write):
    path = write(("汽车/1.png", b"1"), (Named("2", "青蛙/2.png".encode("gbk")), b"2"))
    assert [str(entry.path) for entry in archive.entries(path)] == ["汽车/1.png", "青蛙/2.png"]


def test_the_name_in_unicode_beside_the_old_one_is_taken_if_it_belongs_to_it(write):
    def beside(raw, name, of):
        value = struct.pack("<BL", 1, zlib.crc32(of)) + name.encode()
        return Named(name, raw, b"UT\x01\0x" + struct.pack("<HH", archive.UNICODE_PATH, len(value)) + value)

    good, stale = beside(b"?/1.png", "狗/1.png", b"?/1.png"), beside(b"cat/2.png", "猫/2.png", b"other")
    assert [str(entry.path) for entry in archive.entries(write((good, b"1"), (stale, b"2")))] == [
        "狗/1.png",
        "cat/2.png",
    ]


@pytest.mark.parametrize("extra", [b"up", b"up\xff\xff", struct.pack("<HH", archive.UNICODE_PATH, 3) + b"\x01ab"])
def test_a_torn_extra_field_costs_nothing(extra):
    info = Named("x", b"a", extra)
    assert archive._unicode_path(info) is None


def test_folders_of_windows_are_no_files(write):
    path = write((Named("0", b"a\\"), b""), (Named("1", b"a\\1.png"), b"1"))
    assert [str(entry.path) for entry in archive.entries(path)] == ["a/1.png"]


def test_a_path_that_climbs_out_is_seen_in_any_code_page(write):
    assert refused(write((Named("0", "写真\\..\\..\\十.png".encode("cp932")), b"1"))).code == "zip_climbs"


def test_few_names_of_many_are_looked_at_closely():
    names = [f"照片{index}.jpg".encode("gbk") for index in range(5000)]
    assert zip_names.decoded([*names, b"\xb0\xa1" * 30_000])[-2:] == ["照片4999.jpg", "啊" * 30_000]


def test_bytes_that_mean_nothing_are_still_names():
    assert all(len(zip_names.decoded([bytes([value])])[0]) == 1 for value in range(256))
