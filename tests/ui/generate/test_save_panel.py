"""What a picture is kept as."""

import io
import json
import zipfile

import numpy as np
from PIL import Image

import genclass
from genclass.files import carried
from genclass.ui.generate import save_panel
from tests.ui.generate.helpers import GAN, asked, redrawn, unpacked


def test_downloads_hold_single_images_and_arrays(lab):
    _, recipe, _ = redrawn()
    drawn = genclass.load(GAN).sample(recipe)
    for stored in (True, False):
        with zipfile.ZipFile(unpacked(save_panel.zip_file(asked(json.dumps(recipe)), stored))) as archive:
            pixels = np.stack([np.asarray(Image.open(archive.open(name))) for name in archive.namelist()])
        times = pixels.shape[1] // 28
        assert times == (1 if stored else 19)
        assert np.array_equal(pixels, drawn[..., 0].repeat(times, 1).repeat(times, 2))
    with np.load(unpacked(save_panel.npz_file(asked(json.dumps(recipe))))) as arrays:
        assert np.array_equal(arrays["images"], drawn) and arrays["labels"].tolist() == [7, 8, 9, 0]


def test_the_chosen_image_is_saved_alone_with_its_own_recipe(lab):
    _, recipe, _ = redrawn()
    file = save_panel.one_file(asked(json.dumps(recipe), chosen=2), True)
    png = unpacked(file).read()
    kept = json.loads(carried.text(png))
    assert (kept["seed"], kept["count"], file["name"]) == (9, 1, f"{GAN}-9.png")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), genclass.load(GAN).sample(recipe)[2, ..., 0])


def test_the_sheet_is_large_enough_to_share_or_as_stored_and_carries_its_recipe(lab):
    _, recipe, _ = redrawn()
    sheets = [unpacked(save_panel.png_file(asked(json.dumps(recipe)), stored)).read() for stored in (False, True)]
    assert [json.loads(carried.text(sheet)) for sheet in sheets] == [recipe, recipe]
    large, stored = (np.asarray(Image.open(io.BytesIO(sheet))) for sheet in sheets)
    assert stored.shape == (56, 56) and large.shape == (560, 560)
    assert np.array_equal(large[::10, ::10], stored) and np.array_equal(large[9::10, 9::10], stored)
