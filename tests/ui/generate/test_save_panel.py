"""What a picture is kept as."""

import json
import zipfile

import numpy as np
from PIL import Image

import genclass
from genclass.ui.generate import save_panel
from tests.ui.generate.helpers import GAN, asked, redrawn, unpacked


def test_downloads_hold_single_images_and_arrays(lab):
    _, recipe, _ = redrawn()
    drawn = genclass.load(GAN).sample(recipe)
    with zipfile.ZipFile(unpacked(save_panel.zip_file(asked(json.dumps(recipe))))) as archive:
        pixels = [np.asarray(Image.open(archive.open(name))) for name in archive.namelist()]
    assert np.array_equal(np.stack(pixels), drawn[..., 0])
    with np.load(unpacked(save_panel.npz_file(asked(json.dumps(recipe))))) as arrays:
        assert np.array_equal(arrays["images"], drawn) and arrays["labels"].tolist() == [7, 8, 9, 0]
