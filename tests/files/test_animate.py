import io

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from genclass.files.animate import MILLISECONDS, SIDE, animation
from tests.stand_ins import random_images


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_each_image_is_a_frame_enlarged_by_whole_pixels(form):
    images = random_images(5, channels=1, size=28).permute(0, 2, 3, 1).numpy()
    with Image.open(io.BytesIO(animation(images, form))) as moving:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(moving)]
    scale = frames[0].shape[0] // 28
    assert len(frames) == 5 and scale * 28 >= SIDE
    for frame, image in zip(frames, images):
        assert np.abs(frame[::scale, ::scale].astype(int) - image[:, :, 0]).max() <= 1  # greys fit any palette


@pytest.mark.parametrize("channels, size", [(1, 28), (3, 32), (3, 45)])
def test_a_video_holds_each_image_crisply(channels, size):
    images = random_images(5, channels, size).permute(0, 2, 3, 1).numpy()
    with av.open(io.BytesIO(animation(images, "mp4"))) as video:
        stream = video.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 1000 / MILLISECONDS
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(stream)]
    scale = frames[0].shape[0] // size
    assert len(frames) == 5 and scale % 2 == 0 and scale * size >= SIDE
    for frame, image in zip(frames, images):
        middles = frame[scale // 2 :: scale, scale // 2 :: scale].astype(int)
        assert np.abs(middles - image).mean() < 6  # of 255; the images are noise, the hardest there is for a video
