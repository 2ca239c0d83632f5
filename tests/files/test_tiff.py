"""TIFFs as programs arrange them: 16 bits, fractions, white at zero, alpha, tiles, planes, predictors."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from genclass.errors import GenClassError
from genclass.files import decode
from tests.helpers import code_of, encode, furthest, picture

RGB = np.asarray(picture(0, size=50).resize((50, 37)))
GREY = RGB[..., :1]
ORDERS = ("<", ">")


def tiff_of(values, photometric, order="<", **how):
    """The bytes of a TIFF written by hand.

    Args:
        values: [H, W, C].
        how: ``deflate``, ``predictor`` (2 or 3), ``planes``, ``tile`` (its side), ``extra`` (what more channels are).
    """
    blocks = [_block(part, order, **how) for part in _parts(values, how.get("planes"), how.get("tile"))]
    places = 8 + np.cumsum([0, *map(len, blocks)])
    channels, bits = values.shape[2], values.itemsize * 8
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    tags = {256: [values.shape[1]], 257: [values.shape[0]], 258: [bits] * channels, 262: [photometric],
            259: [8 if how.get("deflate") else 1], 277: [channels], 284: [2 if how.get("planes") else 1],
            317: [how.get("predictor", 1)], 339: [kind] * channels}  # fmt: skip
    offsets, counts = places[:-1].tolist(), [len(block) for block in blocks]
    side = how.get("tile")
    tags |= {322: [side], 323: [side], 324: offsets, 325: counts} if side else {273: offsets, 278: [16], 279: counts}
    tags |= {338: how["extra"]} if "extra" in how else {}
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", int(places[-1]))
    return head + b"".join(blocks) + _directory(tags, order, int(places[-1]))


def _parts(values, planes, side):
    for part in np.split(values, values.shape[2], 2) if planes else [values]:
        for top in range(0, len(part), side or 16):
            if not side:
                yield part[top : top + 16]
                continue
            for left in range(0, part.shape[1], side):
                tile = part[top : top + side, left : left + side]
                yield np.pad(tile, ((0, side - len(tile)), (0, side - tile.shape[1]), (0, 0)))


def _block(part, order, deflate=False, predictor=1, **_):
    height, size = len(part), part.itemsize
    if predictor == 2:
        whole = part.view(f"u{size}")
        part = np.concatenate([whole[:, :1], np.diff(whole, axis=1)], 1)
    if predictor == 3:
        weights = np.ascontiguousarray(part.astype(part.dtype.newbyteorder(">"))).view(np.uint8)
        weights = weights.reshape(height, -1, size).swapaxes(1, 2).reshape(height, -1, part.shape[2])
        part = np.concatenate([weights[:, :1], np.diff(weights, axis=1)], 1)
    data = part.astype(part.dtype.newbyteorder(order)).tobytes()
    return zlib.compress(data) if deflate else data


def _directory(tags, order, place):
    after, entries, more = place + 2 + 12 * len(tags) + 4, b"", b""
    for tag, values in sorted(tags.items()):
        content = struct.pack(f"{order}{len(values)}I", *values)
        if len(values) > 1:
            content, more = struct.pack(order + "I", after + len(more)), more + content
        entries += struct.pack(order + "HHI", tag, 4, len(values)) + content
    return struct.pack(order + "H", len(tags)) + entries + bytes(4) + more


ARRANGED = {
    "rows": {}, "deflate": {"deflate": True}, "predictor": {"deflate": True, "predictor": 2}, "tiles": {"tile": 32},
    "tiles, predictor": {"tile": 32, "deflate": True, "predictor": 2}, "planes": {"planes": True},
    "planes in tiles, predictor": {"planes": True, "tile": 16, "deflate": True, "predictor": 2},
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("how", ARRANGED)
def test_the_same_picture_of_any_numbers(how, order):
    how, wide = ARRANGED[how], np.uint16(257)
    assert furthest(decode.decode(tiff_of(RGB * wide, 2, order, **how)), RGB) == 0
    assert furthest(decode.decode(tiff_of(65535 - GREY * wide, 0, order, **how)), GREY) == 0
    for kind in (np.float16, np.float32, np.float64):
        found = decode.decode(tiff_of((RGB / 255).astype(kind), 2, order, **how))
        assert furthest(found, RGB) <= 1


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("how", [{}, {"tile": 32}, {"planes": True}])
def test_the_predictor_of_fractions(how, order):
    values = (RGB / 255).astype(np.float32)
    assert furthest(decode.decode(tiff_of(values, 2, order, deflate=True, predictor=3, **how)), RGB) == 0


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("photometric, colours", [(0, GREY), (1, GREY), (2, RGB)])
def test_alpha_beside_colours_lies_on_white(kind, photometric, colours):
    most = 1 if kind == np.float32 else np.iinfo(kind).max
    alpha = np.full((*GREY.shape[:2], 1), 0.2)
    shares = colours / 255 if photometric else 1 - colours / 255
    values = np.concatenate([shares, alpha], 2) * most
    values = (values if kind == np.float32 else np.rint(values)).astype(kind)
    found = decode.decode(tiff_of(values, photometric, extra=[2]))
    assert furthest(found, np.broadcast_to(colours * 0.2 + 255 * 0.8, RGB.shape)) <= 1


def test_colours_that_were_multiplied_with_alpha():
    values = np.concatenate([RGB / 255 * 0.5, np.full((*GREY.shape[:2], 1), 0.5)], 2) * 65535
    found = decode.decode(tiff_of(np.rint(values).astype(np.uint16), 2, extra=[1]))
    assert furthest(found, RGB * 0.5 + 127.5) <= 1


def test_channels_that_mean_nothing_are_left_out():
    values = np.concatenate([RGB, GREY], 2) * np.uint16(257)
    assert furthest(decode.decode(tiff_of(values, 2, extra=[0])), RGB) == 0


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("photometric", [0, 1, 2])
def test_sensors_that_use_part_of_sixteen_bits_are_not_dark(bits, photometric):
    colours = RGB if photometric == 2 else GREY
    shares = colours / 255 if photometric else 1 - colours / 255
    values = np.rint(shares * (2**bits - 1)).astype(np.uint16)
    assert furthest(decode.decode(tiff_of(values, photometric)), np.broadcast_to(colours, RGB.shape)) <= 1


def test_a_dark_picture_that_had_eight_bits_stays_dark():
    dark = RGB // 8
    assert furthest(decode.decode(tiff_of(dark * np.uint16(257), 2)), dark) == 0
    assert furthest(decode.decode(tiff_of(np.zeros((4, 4, 1), np.uint16), 0)), np.full((4, 4, 3), 255)) == 0


def test_fractions_of_any_range_are_scaled_together():
    values = (RGB / 255 * 10 - 3).astype(np.float32)
    low, high = int(RGB.min()), int(RGB.max())
    assert furthest(decode.decode(tiff_of(values, 2)), (RGB - low) * (255 / (high - low))) <= 1
    values[0, 0, 0] = np.inf
    assert code_of(decode.decode, tiff_of(values, 2)) == "not_finite"


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "group4"])
@pytest.mark.parametrize("big", [False, True])
def test_white_at_zero_of_one_bit_and_what_else_pillow_writes(compression, big):
    ink = Image.fromarray(GREY[..., 0]).point(lambda value: 255 * (value > 127)).convert("1")
    how = {"compression": compression, "big_tiff": big}
    for photometric in (0, 1):
        found = decode.decode(encode(ink, "TIFF", tiffinfo={262: photometric}, **how))
        assert furthest(found, ink.convert("RGB")) == 0
    if compression != "group4":
        assert furthest(decode.decode(encode(Image.fromarray(RGB), "TIFF", **how)), RGB) == 0
        deep = Image.fromarray(GREY[..., 0] * np.uint16(257))
        assert furthest(decode.decode(encode(deep, "TIFF", **how)), GREY) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_deep_pictures_are_turned_too(orientation):
    turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # how it is stored, as Pillow counts
    stored = RGB if turned is None else np.asarray(Image.fromarray(RGB).transpose(turned))
    data = bytearray(tiff_of(stored * np.uint16(257), 2))
    entry = data.index(struct.pack("<HHI", 317, 4, 1))  # the predictor, which is none, gives its place
    data[entry : entry + 12] = struct.pack("<HHII", 274, 4, 1, orientation)
    assert furthest(decode.decode(bytes(data)), RGB) == 0


def test_a_deep_tiff_is_measured_before_it_is_decoded():
    data = tiff_of(np.zeros((16, 16, 3), np.float32), 2)
    width = struct.pack("<HHII", 256, 4, 1, 16)
    assert width in data
    long = data.replace(width, struct.pack("<HHII", 256, 4, 1, 14_000)).replace(
        struct.pack("<HHII", 257, 4, 1, 16), struct.pack("<HHII", 257, 4, 1, 1_000)
    )
    assert code_of(decode.decode, long) == "image_too_large"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("how", [{}, {"tile": 32, "deflate": True}, {"planes": True}])
def test_bytes_of_a_deep_tiff_changed_at_random_are_decoded_or_refused(how):
    data, random = tiff_of(RGB * np.uint16(257), 2, **how), np.random.default_rng(0)
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(3):
            changed[random.choice([random.integers(8), len(data) - 1 - random.integers(220)])] = random.integers(256)
        try:
            assert decode.decode(bytes(changed)).mode == "RGB"
        except GenClassError as error:
            assert str(error)
