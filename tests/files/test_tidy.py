"""Metadata never decides about pixels, whatever is wrong with them; the recipe in a PNG is still read."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from genclass.files import carried, decode, tidy
from genclass.files.images import png_bytes
from tests.helpers import chunk, code_of, encode, furthest, png_of

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
PICTURE = Image.fromarray(PIXELS)
BOMB = zlib.compress(bytes(3_000_000))
LONG = b'{"workflow": "' + bytes(97 + i * 7 % 26 for i in range(1_500_000)) + b'"}'
BROKEN_EXIF = b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(20)


def spoilt(kind, content):
    """A chunk with a wrong checksum."""
    return chunk(kind, content)[:-1] + bytes([chunk(kind, content)[-1] ^ 1])


@pytest.mark.parametrize(
    "more",
    {
        "a long text": chunk(b"tEXt", b"workflow\0" + LONG),
        "a long packed text": chunk(b"zTXt", b"workflow\0\0" + zlib.compress(LONG)),
        "a long international text": chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(LONG)),
        "forty bombs": b"".join(chunk(b"zTXt", b"k%d\0\0" % index + BOMB) for index in range(40)),
        "a bomb of a profile": chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000))),
        "a profile of three megabytes of nothing": chunk(b"iCCP", b"x\0\0" + BOMB),
        "a broken profile": chunk(b"iCCP", b"x\0\0no zlib"),
        "a profile cut short": chunk(b"iCCP", b"x"),
        "a text with a wrong checksum": spoilt(b"tEXt", b"Comment\0hello"),
        "a gamma with a wrong checksum": spoilt(b"gAMA", struct.pack(">I", 100_000)),
        "a transparent colour with a wrong checksum": spoilt(b"tRNS", struct.pack(">HHH", *map(int, PIXELS[0, 0]))),
        "a transparent colour that is none": chunk(b"tRNS", b"\1"),
        "an unknown chunk with a wrong checksum": spoilt(b"abCd", b"hello"),
        "broken Exif": chunk(b"eXIf", BROKEN_EXIF[6:]),
        "impossible colours": chunk(b"cHRM", bytes(32)) + chunk(b"gAMA", bytes(4)),
        "numbers of no colours": chunk(b"cICP", b"\xff\xff\0\1"),
        "frames out of order": chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", bytes(26)),
        "an empty text": chunk(b"iTXt", b"") + chunk(b"zTXt", b"") + chunk(b"tEXt", b""),
    }.items(),
    ids=lambda item: item[0],
)
def test_what_is_beside_the_pixels_of_a_png_changes_none(more):
    assert furthest(decode.decode(png_of(PIXELS, 2, more[1])), PICTURE) == 0


def test_no_text_but_a_recipe_is_ever_unpacked(monkeypatch):
    monkeypatch.setattr(tidy, "_unpacked", None)
    assert tidy.png(png_of(PIXELS, 2, chunk(b"zTXt", b"k\0\0" + BOMB))).texts == {}


@pytest.mark.parametrize(
    "written",
    [chunk(b"tEXt", b"genclass\0{}"), chunk(b"zTXt", b"genclass\0\0" + zlib.compress(b"{}")),
     chunk(b"iTXt", b"genclass\0\0\0en\0genclass\0{}"),
     chunk(b"iTXt", b"genclass\0\1\0\0\0" + zlib.compress(b"{}"))],
)  # fmt: skip
def test_a_recipe_is_read_as_any_program_may_have_written_it(written):
    assert carried.text(png_of(PIXELS, 2, written)) == "{}"


@pytest.mark.parametrize(
    "written",
    [b"", chunk(b"zTXt", b"genclass\0\0" + BOMB), spoilt(b"tEXt", b"genclass\0{}"), chunk(b"tEXt", b"genclassic\0{}"),
     chunk(b"iTXt", b"genclass\0\0"), chunk(b"iTXt", b"genclass\0\0\0\0\0\xff\xfe")],
)  # fmt: skip
def test_what_is_no_sound_recipe_is_none(written):
    assert code_of(carried.text, png_of(PIXELS, 2, written)) == "no_recipe"


def test_a_recipe_behind_a_large_workflow_is_found():
    ours = png_bytes(PIXELS, '{"model": "ü"}')
    assert carried.text(ours[:33] + chunk(b"tEXt", b"workflow\0" + LONG) + ours[33:]) == '{"model": "ü"}'


def test_a_png_of_countless_pieces_is_refused():
    pieces = chunk(b"abCd", b"") * (tidy.MOST_CHUNKS + 1)
    assert code_of(decode.decode, png_of(PIXELS, 2, pieces)) == "broken_image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_broken_exif_turns_nothing(kind):
    plain, broken = encode(PICTURE, kind), encode(PICTURE, kind, exif=BROKEN_EXIF)
    assert furthest(decode.decode(broken), decode.decode(plain)) == 0


@pytest.mark.parametrize(
    "segment",
    [b"\xff\xe2\0\x0eICC_PROFILE\0", b"\xff\xe0\0\6JFIF", b"\xff\xee\0\7Adobe", b"\xff\xe2\0\x08MPF\0xx",
     b"\xff\xed\0\x17Photoshop 3.0\x008BIM\0\1\xff"],
)  # fmt: skip
def test_broken_segments_of_a_jpeg_cost_nothing(segment):
    turned = Image.Exif()
    turned[0x0112] = 6
    data = encode(PICTURE, "JPEG", exif=turned.tobytes())
    assert furthest(decode.decode(data[:2] + segment + data[2:]), decode.decode(data)) == 0


def test_a_damaged_tag_of_a_tiff_that_is_no_pixel_costs_nothing():
    data = encode(PICTURE, "TIFF", tiffinfo={270: "x" * 50, 34665: {36867: "2020:01:01 00:00:00"}})
    place = struct.unpack_from("<I", data, 4)[0]
    spoiled = bytearray(data)
    for index in range(struct.unpack_from("<H", data, place)[0]):
        entry = place + 2 + 12 * index
        if struct.unpack_from("<H", data, entry)[0] in (270, 34665):
            struct.pack_into("<II", spoiled, entry + 4, 2**31, 2**32 - 5)
    assert spoiled != data and furthest(decode.decode(bytes(spoiled)), PICTURE) == 0
