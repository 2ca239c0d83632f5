"""Colours as browsers show them: profiles, gamma and numbers become sRGB; what is transparent lies on white."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from genclass.files import colour, decode, profiles
from tests.helpers import chunk, encode, furthest, png_of

SCENE = np.random.default_rng(0).integers(20, 236, (6, 8, 3), np.uint8)
SMOOTH = np.asarray(Image.fromarray(SCENE).resize((48, 36), Image.Resampling.BICUBIC))
PROPHOTO = profiles.matrix(1.8, (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), profiles.D50)
ADOBE = profiles.matrix(2.19921875, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06), profiles.D65)
LINEAR = profiles.matrix(1.0, *profiles.PRIMARIES[1])
P3 = profiles.numbered(12, 13)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def light(values):
    """The light, 0 to 1, of sRGB's 0 to 255 (IEC 61966-2-1)."""
    values = np.asarray(values) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def converted(profile, picture=SMOOTH):
    """The picture in the colours of a profile."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(Image.fromarray(picture), SRGB, target)


@pytest.mark.parametrize("profile", [PROPHOTO, ADOBE, P3], ids=["ProPhoto", "Adobe RGB", "Display P3"])
@pytest.mark.parametrize(
    "kind, options",
    [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True}), ("JPEG", {"quality": 100, "subsampling": 0}),
     ("HEIF", {"quality": 100, "chroma": 444}), ("AVIF", {"quality": 100, "subsampling": "4:4:4"})],
)  # fmt: skip
def test_a_picture_with_a_profile_is_read_as_the_one_it_was_made_of(profile, kind, options):
    data = encode(converted(profile), kind, icc_profile=profile, **options)
    with Image.open(io.BytesIO(data)) as image:
        for found in (decode.decode(data), decode.decode(image)):
            assert np.abs(np.int16(np.asarray(found)) - SMOOTH).mean() < 2.5
    assert np.abs(np.int16(np.asarray(converted(profile))) - SMOOTH).mean() > 6


def test_a_large_picture_is_converted_band_by_band():
    large = np.asarray(Image.fromarray(SMOOTH).resize((1800, 1300), Image.Resampling.NEAREST))
    assert furthest(decode.decode(encode(converted(P3, large), "PNG", icc_profile=P3)), large) <= 4


@pytest.mark.parametrize(
    "chunks",
    [chunk(b"iCCP", b"linear\0\0" + zlib.compress(LINEAR)), chunk(b"gAMA", struct.pack(">I", 100_000)),
     chunk(b"cICP", b"\1\x08\0\1"),
     chunk(b"gAMA", struct.pack(">I", 100_000)) + chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000,
                                                                             60000, 15000, 6000)),
     chunk(b"cICP", b"\1\x08\0\1") + chunk(b"iCCP", b"x\0\0" + zlib.compress(ADOBE))],
    ids=["profile", "gamma", "numbers", "gamma and primaries", "numbers before a profile"],
)  # fmt: skip
def test_linear_pictures_of_sixteen_bits_lose_no_shadows(chunks):
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8)[:, None, None], (256, 8, 3))
    stored = np.rint(light(ramp) * 65535).astype(">u2")
    assert furthest(decode.decode(png_of(stored, 2, chunks)), ramp) <= 1


def test_linear_greys_of_sixteen_bits():
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8)[:, None], (256, 8))
    grey = bytearray(LINEAR.replace(b"RGB XYZ", b"GRAYXYZ").replace(b"rTRC", b"kTRC"))
    stored = np.rint(light(ramp) * 65535).astype(">u2")
    data = png_of(stored, 0, chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(grey))))
    assert furthest(decode.decode(data), np.repeat(ramp[..., None], 3, 2)) <= 1


@pytest.mark.parametrize(("kind", "followed"), [("JPEG", True), ("PNG", False)])
def test_greys_with_a_profile_of_colours_are_read_as_browsers_read_them(kind, followed):
    data = encode(Image.fromarray(SMOOTH).convert("L"), kind, icc_profile=LINEAR)
    plain = np.asarray(decode.decode(encode(Image.fromarray(SMOOTH).convert("L"), kind)), np.int16)
    with Image.open(io.BytesIO(data)) as image:
        for found in (decode.decode(data), decode.decode(image)):
            assert ((np.asarray(found, np.int16) - plain).mean() > 30) == followed


def test_a_profile_of_megabytes_is_followed():
    large = struct.pack(">I", len(LINEAR) + 2_000_000) + LINEAR[4:] + np.random.default_rng(0).bytes(2_000_000)
    stored = np.rint(light(SMOOTH) * 65535).astype(">u2")
    found = decode.decode(png_of(stored, 2, chunk(b"iCCP", b"x\0\0" + zlib.compress(large))))
    assert furthest(found, SMOOTH) <= 1


@pytest.mark.parametrize(
    "chunks",
    [chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 100_000)),
     chunk(b"gAMA", bytes(4)), chunk(b"cICP", b"\x09\x10\0\1"), chunk(b"cICP", b"\1\x0d\0\1"),
     chunk(b"iCCP", b"x\0\0" + zlib.compress(SRGB.tobytes()))],
    ids=["usual gamma", "sRGB before gamma", "no gamma", "PQ, which is for other screens", "sRGB", "a profile of sRGB"],
)  # fmt: skip
def test_what_is_srgb_already_or_can_not_be_followed_stays_as_it_is(chunks):
    assert furthest(decode.decode(png_of(SMOOTH, 2, chunks)), SMOOTH) == 0


@pytest.mark.parametrize(
    "profile",
    [b"", b"nothing" * 500, LINEAR[:200], LINEAR.replace(b"RGB XYZ", b"CMYKXYZ"),
     LINEAR.replace(b"RGB XYZ", b"GRAYXYZ"), LINEAR + bytes(colour.LARGEST)],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_a_profile_that_fits_nothing_is_ignored(kind, profile):
    data = encode(Image.fromarray(SMOOTH), kind, icc_profile=profile, **({"lossless": True} if kind == "WEBP" else {}))
    assert furthest(decode.decode(data), SMOOTH) == 0


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "YCbCr", "LAB", "RGBA"])
def test_every_mode_stands_a_profile(mode):
    image = Image.fromarray(SMOOTH).convert("RGB")
    image = ImageCms.profileToProfile(image, SRGB, ImageCms.createProfile("LAB"), outputMode="LAB") if mode == "LAB" \
        else image.convert(mode)  # fmt: skip
    image.info["icc_profile"] = P3
    assert decode.decode(image).mode == "RGB" and not decode.decode(image).info


def test_a_profile_is_followed_once():
    once = decode.decode(encode(converted(ADOBE), "PNG", icc_profile=ADOBE))
    assert furthest(decode.decode(once), once) == 0 and furthest(decode.to_rgb(once), once) == 0


def test_transparency_keeps_the_colours_of_the_profile():
    image = converted(P3)
    image.putalpha(Image.new("L", image.size, 128))
    half = decode.decode(encode(image, "PNG", icc_profile=P3))
    assert furthest(half, SMOOTH * (128 / 255) + 255 * (127 / 255)) <= 3


def test_inks_follow_adobes_order_and_ycck():
    """A JPEG in four inks comes inverted, as Adobe writes it: white paper is white."""
    paper = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
    assert np.asarray(decode.decode(encode(paper, "JPEG", quality=100))).min() > 250
    ink = Image.new("CMYK", (16, 16), (0, 0, 0, 255))
    assert np.asarray(decode.decode(encode(ink, "JPEG", quality=100))).max() < 5


def test_primaries_that_span_no_colours_make_no_profile():
    point = (0.3, 0.3)
    assert profiles.matrix(2.2, point, point, point, point) is None
    assert profiles.matrix(2.2, (0.3, 0.0), point, point, point) is None
    assert profiles.of_png(1e-9, None) is None and profiles.numbered(99, 13) is None
