import io

import numpy as np
import pytest
import torch
from PIL import Image

from genclass.data.sources import load_mini
from genclass.errors import GenClassError
from genclass.files import carried, images
from genclass.files.preprocess import centre
from tests.helpers import code_of, encode


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


def test_pad_keeps_the_whole_picture_on_the_colour_of_its_border():
    wide = Image.new("RGB", (90, 30), "white")
    wide.paste(Image.new("RGB", (50, 20), "blue"), (20, 5))
    fitted = images.fit(wide, 30, 3, "pad")
    assert (fitted[:, 0] == 255).all() and (fitted[0, 15, 9:21] < 20).all() and (fitted[:, :, :6] > 240).all()


def test_pad_and_crop_agree_on_squares(photo):
    square = photo.crop((0, 0, 40, 40))
    assert np.array_equal(images.fit(square, 16, 3, "pad"), images.fit(square, 16, 3))


def test_large_photos_are_shrunk_as_if_in_one_step():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    large = Image.fromarray(pixels).resize((2000, 1600), Image.Resampling.BICUBIC)
    whole = large.resize((32, 32), Image.Resampling.LANCZOS, box=centre(*large.size))
    difference = np.int16(images.fit(large, 32, 3)) - np.int16(whole).transpose(2, 0, 1)
    assert np.abs(difference).max() <= 6 and np.abs(difference).mean() < 1


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
    assert carried.text(data) == '{"model": "ü"}'


def test_a_plain_picture_has_no_recipe(photo):
    with pytest.raises(GenClassError) as caught:
        carried.text(encode(photo))
    assert caught.value.code == "no_recipe"


@pytest.mark.parametrize("shape", [(28, 28), (64, 64), (28, 280), (500, 900), (512, 30), (700, 900)])
def test_a_large_picture_is_enlarged_by_whole_pixels(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    large = images.sized(pixels, "large")
    times = large.shape[0] // shape[0]
    assert large.shape == (shape[0] * times, shape[1] * times, 3) and 512 <= min(large.shape[:2]) < 512 + min(shape) * 2
    assert np.array_equal(large, pixels.repeat(times, 0).repeat(times, 1))
    assert np.array_equal(images.sized(pixels, "stored"), pixels)


def test_a_long_row_is_enlarged_as_far_as_memory_allows():
    assert images.sized(np.zeros((64, 64 * 64, 1), np.uint8), "large").shape[0] == 512
    most = images.sized(np.zeros((32, 32 * 1000, 1), np.uint8), "large")
    assert most.shape[0] % 32 == 0 and most.size <= images.MOST_SHARED


@pytest.mark.parametrize("size", ["huge", "", None, 3])
def test_another_size_is_refused(size):
    assert code_of(images.sized, np.zeros((2, 2, 1), np.uint8), size) == "bad_choice"


def test_roughness_of_noise_ramps_and_plain_areas():
    noise = torch.randint(0, 256, (1, 3, 32, 32), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    ramp = torch.arange(0, 256, 8, dtype=torch.uint8).expand(1, 3, 32, 32)
    plain = torch.full((1, 3, 32, 32), 90, dtype=torch.uint8)
    found = images.roughness(torch.cat([noise, ramp, plain])).tolist()
    assert found[0] == pytest.approx(2, abs=0.1) and found[1] < 0.02 and found[2] == 0


def test_only_negatives_are_turned_onto_black():
    for image in load_mini("fashion-mnist-mini").test_images.numpy():
        assert not images.onto_black(image)[1]
        turned, inverted = images.onto_black(255 - image)
        assert inverted and np.abs(turned.astype(int) - image).mean() < 6


def test_the_share_of_the_border_that_is_not_dark():
    pictures = torch.full((3, 1, 8, 8), images.DARK, dtype=torch.uint8)
    pictures[0, :, 2:6, 2:6] = 255  # in the middle
    pictures[1, :, 0, :7] = 255  # a quarter of the 28 pixels at the edge
    pictures[2] = 255
    assert images.lit_border(pictures).tolist() == [0, 0.25, 1]
