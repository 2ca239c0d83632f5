"""Moving pictures."""

import io

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from genclass.files import carried
from genclass.files.animate import FORMATS, MILLISECONDS, animation
from genclass.files.images import SHARED
from tests.stand_ins import random_images

RECIPE = '{"model": "x", "seed": 7}'


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_each_image_is_a_frame_enlarged_by_whole_pixels(form):
    images = random_images(5, channels=1, size=28).permute(0, 2, 3, 1).numpy()
    with Image.open(io.BytesIO(animation(images, form, RECIPE))) as moving:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(moving)]
    scale = frames[0].shape[0] // 28
    assert len(frames) == 5 and scale * 28 >= SHARED
    for frame, image in zip(frames, images):
        assert np.abs(frame[::scale, ::scale].astype(int) - image[:, :, 0]).max() <= 1  # greys fit any palette


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", [RECIPE, '{"latent": "' + "A/+b" * 20_000 + '"}'])
def test_each_form_carries_its_text(form, text):
    images = random_images(3, size=8).permute(0, 2, 3, 1).numpy()
    assert carried.text(animation(images, form, text, "stored")) == text


def test_as_stored_a_picture_stays_small_and_a_video_has_its_colours():
    images = random_images(3, size=45).permute(0, 2, 3, 1).numpy()
    assert Image.open(io.BytesIO(animation(images, "gif", RECIPE, "stored"))).size == (45, 45)
    with av.open(io.BytesIO(animation(images, "mp4", RECIPE, "stored"))) as video:
        assert (video.streams.video[0].width, video.streams.video[0].height) == (90, 90)


@pytest.mark.parametrize("channels, size", [(1, 28), (3, 32), (3, 45)])
def test_a_video_holds_each_image_crisply(channels, size):
    images = random_images(5, channels, size).permute(0, 2, 3, 1).numpy()
    with av.open(io.BytesIO(animation(images, "mp4", RECIPE))) as video:
        stream = video.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 1000 / MILLISECONDS
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(stream)]
    scale = frames[0].shape[0] // size
    assert len(frames) == 5 and scale % 2 == 0 and scale * size >= SHARED
    for frame, image in zip(frames, images):
        middles = frame[scale // 2 :: scale, scale // 2 :: scale].astype(int)
        assert np.abs(middles - image).mean() < 6  # of 255; the images are noise, the hardest there is for a video
