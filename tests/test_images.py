import io

import numpy as np
import pytest
import torch
from PIL import Image

from genclass import images
from genclass.errors import GenClassError


def encode(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def refused(data):
    with pytest.raises(GenClassError) as caught:
        images.decode(data)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("kind", images.FORMATS)
def test_decodes_every_allowed_format(kind, photo):
    options = {"lossless": True} if kind == "WEBP" else {}
    decoded = images.decode(encode(photo, kind, **options))
    assert decoded.mode == "RGB" and decoded.size == photo.size
    close = 60 if kind in ("JPEG", "GIF") else 0  # what the format itself loses
    assert np.abs(np.int16(np.asarray(decoded)) - np.asarray(photo)).max() <= close


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_decodes_every_mode(mode, photo):
    image = photo.convert("L").convert(mode) if mode == "I;16" else photo.convert(mode)
    assert images.decode(encode(image, "TIFF" if mode == "CMYK" else "PNG")).mode == "RGB"


def test_sixteen_bits_are_scaled_not_clipped():
    deep = Image.fromarray(np.linspace(0, 60000, 100).astype(np.uint16).reshape(10, 10))
    grey = np.asarray(images.decode(encode(deep, "PNG")))[..., 0]
    assert grey.min() == 0 and grey.max() == 255 and len(np.unique(grey)) > 90


def test_transparency_lies_on_white():
    assert np.asarray(images.decode(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))).min() == 255


def test_exif_orientation_is_followed(photo):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    assert images.decode(encode(photo, "PNG", exif=exif)).size == photo.size[::-1]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"hello, this is text", "not_an_image"),
        (b"\x89PNG\r\n\x1a\n", "not_an_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_an_image"),
    ],
)
def test_refuses_what_is_no_image(data, code):
    assert refused(data) == code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_refuses_a_truncated_image(kind, photo):
    data = encode(photo, kind)
    assert refused(data[: len(data) // 2]) in ("broken_image", "not_an_image")


def test_refuses_very_long_images():
    assert refused(encode(Image.new("L", (20_000, 1)), "PNG")) == "image_too_long"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [10_000, 14_000])
def test_refuses_very_large_images_before_decoding(side):
    assert refused(encode(Image.new("1", (side, side)), "PNG")) == "image_too_large"


def test_float_and_uint8_are_inverse():
    values = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(images.to_uint8(images.to_float(values)), values)
    assert images.to_uint8(torch.tensor([-1.0, 2.0])).tolist() == [0, 255]


def test_fit_crops_the_centre(photo):
    wide = Image.new("RGB", (90, 30), "red")
    wide.paste(Image.new("RGB", (30, 30), "blue"), (30, 0))
    fitted = images.fit(wide, 10, 3)
    assert fitted.shape == (3, 10, 10)
    assert (fitted[2, :, 1:-1] > 250).all() and (fitted[0, :, 1:-1] < 5).all()
    assert images.fit(photo, 28, 1).shape == (1, 28, 28)


def test_sheet_places_images_row_by_row():
    tiles = np.stack([np.full((2, 3, 1), value, np.uint8) for value in range(1, 6)])
    laid = images.sheet(tiles, 3)
    assert laid.shape == (4, 9, 1)
    assert laid[0, ::3, 0].tolist() == [1, 2, 3] and laid[2, ::3, 0].tolist() == [4, 5, 0]
    assert images.sheet(tiles, 3, gap=1).shape == (5, 11, 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_pixels_and_text(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, channels), np.uint8)
    data = images.png_bytes(pixels, '{"model": "ü"}')
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))).reshape(pixels.shape), pixels)
    assert images.png_text(data) == '{"model": "ü"}'


def test_a_plain_picture_has_no_recipe(photo):
    with pytest.raises(GenClassError) as caught:
        images.png_text(encode(photo, "PNG"))
    assert caught.value.code == "no_recipe"
