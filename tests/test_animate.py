import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from genclass.animate import SIDE, animation
from tests.conftest import random_images


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_each_image_is_a_frame_enlarged_by_whole_pixels(form):
    images = random_images(5, channels=1, size=28).permute(0, 2, 3, 1).numpy()
    with Image.open(io.BytesIO(animation(images, form))) as moving:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(moving)]
    scale = frames[0].shape[0] // 28
    assert len(frames) == 5 and scale * 28 >= SIDE
    for frame, image in zip(frames, images):
        assert np.abs(frame[::scale, ::scale].astype(int) - image[:, :, 0]).max() <= 1  # greys fit any palette
