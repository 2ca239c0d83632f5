"""Sixteen bits of a PNG, its transparent colours, and the same of PIL images that a program hands over."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from genclass.files import decode
from tests.helpers import chunk, encode, furthest, picture, png_of

RGB = np.asarray(picture(0, size=32).resize((32, 24)))
GREY = np.ascontiguousarray(RGB[..., 0])
WIDE, WIDE_GREY = (RGB * np.uint16(257)).astype(">u2"), (GREY * np.uint16(257)).astype(">u2")
HALF = 32768  # of alpha


def beside(values):
    """With alpha."""
    values = values if values.ndim == 3 else values[..., None]
    return np.concatenate([values, np.full((*values.shape[:2], 1), HALF)], 2).astype(">u2")


def on_white(values, share=HALF / 65535):
    values = values if values.ndim == 3 else np.repeat(values[..., None], 3, 2)
    return values * share + 255 * (1 - share)


@pytest.mark.parametrize(
    "data, expected",
    [
        (png_of(WIDE, 2), RGB),
        (png_of(WIDE_GREY, 0), on_white(GREY, 1)),
        (png_of(beside(WIDE), 6), on_white(RGB)),
        (png_of(beside(WIDE_GREY), 4), on_white(GREY)),
        (png_of(np.rint(RGB * (4095 / 255)).astype(">u2"), 2), RGB),
    ],
    ids=["colours", "grey", "colours and alpha", "grey and alpha", "12 of 16 bits"],
)
def test_sixteen_bits_of_a_png(data, expected):
    assert furthest(decode.decode(data), expected) <= 1
    assert furthest(decode.decode(Image.open(io.BytesIO(data))), expected) <= 1


def clear(*values):
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


def where(mask, values):
    """White where a mask is."""
    return np.where(mask[..., None], 255, on_white(values, 1))


def test_the_transparent_grey_of_any_depth():
    for data, depth in ((GREY, 8), (WIDE_GREY, 16)):
        found = decode.decode(png_of(data, 0, clear(int(data[3, 3]))))
        assert furthest(found, where(GREY == GREY[3, 3], GREY)) == 0, depth
    for depth in (1, 2, 4):
        values, each = GREY >> (8 - depth), 8 // depth
        packed = sum(values[:, index::each] << (8 - depth * (index + 1)) for index in range(each)).astype(np.uint8)
        found = decode.decode(png_of(packed, 0, clear(1), depth=depth, width=32))
        assert furthest(found, where(values == 1, values * (255 // (2**depth - 1)))) == 0, depth


def test_the_transparent_colour_is_one_of_all_its_bits():
    almost = WIDE.copy()
    almost[1, 1] = almost[0, 0] + np.array([0, 0, 1], ">u2")
    found = np.asarray(decode.decode(png_of(almost, 2, clear(*map(int, almost[0, 0])))))
    assert (found[0, 0] == 255).all() and furthest(found[1, 1], RGB[0, 0]) == 0
    eight = decode.decode(png_of(RGB, 2, clear(*map(int, RGB[0, 0]))))
    assert furthest(eight, where((RGB == RGB[0, 0]).all(2), RGB)) == 0


def test_palettes_with_some_of_their_colours_half_transparent():
    image = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
    found = np.asarray(decode.decode(encode(image, "PNG", transparency=bytes([255, 128, 0, 255]))))
    assert found[0, 0].tolist() == [10, 20, 30] and found[1, 0].tolist() == [255] * 3
    assert furthest(found[0, 1], on_white(np.array([[[40, 50, 60]]]), 128 / 255)[0, 0]) <= 1


def test_a_large_deep_picture_comes_in_bands():
    large = Image.fromarray(RGB).resize((1800, 1300), Image.Resampling.NEAREST)
    data = png_of((np.asarray(large) * np.uint16(257)).astype(">u2"), 2)
    assert furthest(decode.decode(data), large) == 0


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_pil_image_is_turned_as_its_file(kind, orientation, loaded):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(RGB), kind, exif=exif.tobytes())
    image = Image.open(io.BytesIO(data))
    if loaded:
        image.load()
    assert furthest(decode.decode(image), decode.decode(data)) == 0


@pytest.mark.parametrize("loaded", [False, True])
def test_a_deep_pil_image_is_as_its_file(loaded):
    white = encode(Image.fromarray(65535 - GREY * np.uint16(257)), "TIFF", tiffinfo={262: 0})
    for data in (white, png_of(WIDE_GREY, 0, clear(int(WIDE_GREY[3, 3])))):
        image = Image.open(io.BytesIO(data))
        if loaded:
            image.load()
        assert furthest(decode.decode(image), decode.decode(data)) == 0
    assert furthest(decode.decode(white), on_white(GREY, 1)) == 0


def test_a_pil_image_that_a_program_changed_is_taken_as_it_is():
    image = Image.open(io.BytesIO(png_of(WIDE, 2)))
    image.paste("red", (0, 0, 4, 4))
    assert np.asarray(decode.decode(image))[0, 0].tolist() == [255, 0, 0]
    frames = Image.open(io.BytesIO(encode(Image.fromarray(GREY), "TIFF", save_all=True,
                                          append_images=[Image.fromarray(255 - GREY)])))  # fmt: skip
    frames.seek(1)
    assert furthest(decode.decode(frames), on_white(255 - GREY, 1)) == 0


def test_a_pil_image_of_a_file_cut_short_is_read_as_far_as_it_goes():
    data = encode(picture(0, size=200), "JPEG")
    found = decode.read(Image.open(io.BytesIO(data[: len(data) // 2])))
    assert [note.code for note in found.notes] == ["cut_short"] and found.image.size == (200, 200)
