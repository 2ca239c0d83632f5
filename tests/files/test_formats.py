"""What a picture is is told by its content, whatever its name; what can't be read has its reason."""

import io

import numpy as np
import pytest
from PIL import Image

from genclass.files import decode, formats, tidy
from genclass.files.images import fit
from tests.helpers import code_of, encode, furthest, picture

KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF", "PPM")


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_says_nothing(kind, photo, tmp_path):
    path = tmp_path / "IMG_0001"
    path.write_bytes(encode(photo, kind))
    assert formats.kind_of(formats.first_bytes(path)) == kind and formats.is_picture(path)
    found = decode.decode(path)
    assert found.size == photo.size and np.abs(np.int16(fit(found, 12, 3)) - fit(photo, 12, 3)).mean() < 8


@pytest.mark.parametrize(
    "content",
    [b"", b"P", b"PNG", b"P5 is a port\nof nothing", b"BM", b"BMW is no bitmap, nor is this", b"II",
     b"RIFF....WAVEfmt ", b"\0\0\0\x20ftypisom\0\0\0\0", b"<svg/>", b"%PDF-1.7"],
)  # fmt: skip
def test_what_is_no_picture_is_told_by_its_first_bytes(content):
    assert not formats.is_picture(content)
    assert code_of(decode.decode, content) in ("not_an_image", "broken_image")


def test_photos_of_phones(photo):
    """HEIC, upright by its own container, in the colours of its profile, transparent or of ten bits."""
    turned = Image.Exif()
    turned[0x0112] = 6
    sideways = photo.transpose(Image.Transpose.ROTATE_90)
    found = decode.decode(encode(sideways, "HEIF", quality=95, exif=turned.tobytes()))
    assert found.size == photo.size and furthest(fit(found, 10, 3), fit(photo, 10, 3)) < 12
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert np.asarray(decode.decode(encode(clear, "HEIF"))).min() > 250
    grey = Image.fromarray(np.linspace(0, 65535, 4096).astype(np.uint16).reshape(64, 64))
    assert furthest(decode.decode(encode(grey, "HEIF", quality=95)).convert("L"), np.asarray(grey) / 257) < 8


def test_of_many_photos_in_one_file_the_first_is_taken(photo):
    burst = encode(photo, "HEIF", save_all=True, append_images=[photo.rotate(180)])
    assert decode.read(burst).animated and not decode.read(encode(photo, "HEIF")).animated


def test_metadata_that_many_images_share_are_not_copied_for_each():
    images = [picture(seed, size=16) for seed in range(20)]
    data = encode(images[0], "HEIF", save_all=True, append_images=images[1:], exif=b"Exif\0\0II*\0" + bytes(100_000))
    with Image.open(io.BytesIO(tidy.heif(data).data)) as image:
        assert image.n_frames == 20 and not image.info["exif"]


@pytest.mark.parametrize("mark, most", [(b"P5", 200), (b"P5", 4095), (b"P6", 1000), (b"P2", 200), (b"P3", 255)])
def test_numbers_of_a_pgm_are_scaled_by_their_most(mark, most):
    bands = 1 if mark in (b"P5", b"P2") else 3
    values = np.linspace(0, most, 64 * bands).round().astype(np.uint16).reshape(8, 8, bands)
    plain = b" ".join(str(value).encode() for value in values.ravel())
    packed = values.astype(">u2" if most > 255 else np.uint8).tobytes()
    found = decode.decode(mark + b"\n8 8\n%d\n" % most + (plain if mark in (b"P2", b"P3") else packed))
    assert furthest(found, np.broadcast_to(values * (255 / most), (8, 8, 3))) <= 1


def test_large_pictures_in_digits_are_refused_before_they_are_read():
    assert code_of(decode.decode, b"P2\n1001 1000\n255\n" + b"7 " * 100) == "image_too_large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "HEIF", "AVIF"])
def test_a_damaged_file_is_told_from_what_is_no_image(kind, photo):
    data = encode(photo, kind)
    assert code_of(decode.decode, data[:20] + bytes(40)) in ("unusual_image", "broken_image")
