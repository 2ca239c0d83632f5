"""A file that ends early is read as far as it goes, with a word."""

import numpy as np
import pytest
from PIL import Image

from genclass.files import decode
from tests.helpers import code_of, encode, furthest

SMOOTH = Image.fromarray(np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)).resize((160, 120))
WRITTEN = {
    "PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"quality": 95}, "GIF": {"interlace": 0}, "BMP": {}, "TIFF": {},
    "PPM": {},
}  # fmt: skip


def codes(picture):
    return [note.code for note in picture.notes]


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_first_half_of_a_file_shows_part_of_the_picture(kind):
    data = encode(SMOOTH, kind, **WRITTEN[kind])
    whole, half = decode.read(data), decode.read(data[: len(data) // 2])
    assert codes(whole) == [] and codes(half) == ["cut_short"] and half.image.size == SMOOTH.size
    rows = np.abs(np.int16(np.asarray(half.image)) - np.asarray(whole.image)).max((1, 2))
    start = np.flip(rows) if kind == "BMP" else rows  # which begins with its last row
    assert start[: len(rows) // 4].max() <= 3 < rows.max()


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"lossless": True, "exif": b"Exif\0\0II*\0"}])
def test_a_webp_is_read_wherever_it_ends(options):
    data = encode(SMOOTH, "WEBP", **options)
    for missing in range(1, len(data) // 2, len(data) // 23):
        assert codes(decode.read(data[:-missing])) == ["cut_short"]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "subsampling": 0}])
def test_a_jpeg_that_lacks_its_last_bytes_is_whole_but_for_them(options):
    data = encode(SMOOTH, "JPEG", **options)
    for missing in (1, 2, 3, 20):
        found = decode.read(data[:-missing])
        assert codes(found) == ["cut_short"]
        assert np.abs(np.int16(np.asarray(found.image)) - np.asarray(decode.decode(data)))[:100].max() < 40
    assert furthest(decode.decode(data[:-2]), decode.decode(data)) == 0


def test_a_large_jpeg_is_read_at_reduced_size_as_far_as_it_goes():
    data = encode(SMOOTH.resize((4000, 3000)), "JPEG")
    found = decode.read(data[: len(data) * 2 // 3], 256)
    assert codes(found) == ["cut_short"] and min(found.image.size) < 1024


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_nothing_but_a_header_is_no_picture(kind):
    assert code_of(decode.decode, encode(SMOOTH, kind)[:60]) in ("broken_image", "unusual_image")


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_what_can_only_be_decoded_as_a_whole_is_refused(kind):
    data = encode(SMOOTH, kind)
    assert code_of(decode.decode, data[: len(data) // 2]) in ("broken_image", "unusual_image")
