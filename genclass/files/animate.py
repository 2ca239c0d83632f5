"""Images in a row as a moving picture: GIF, WebP without loss, or MP4. Knows nothing about models."""

import io
from fractions import Fraction

import numpy as np
from PIL import Image

from genclass.files.images import to_pil

FORMATS = ("gif", "webp", "mp4")
SIDE = 256  # pixels at least: players blur what they enlarge themselves
MILLISECONDS = 80
QUALITY = "12"  # x264's constant rate factor: 0 loses nothing, 18 is said to show no loss


def animation(images: np.ndarray, form: str) -> bytes:
    """Encode each image for 80 ms, enlarged by whole pixels; GIF and WebP repeat for ever.

    Args:
        images: uint8 [N, H, W, C].
        form: ``gif``, ``webp`` or ``mp4`` (H.264, which every player knows).

    Returns:
        The file's bytes.
    """
    scale = -(-SIDE // images.shape[1] // 2) * 2  # even, as video wants sizes, and its colours have half of them
    size = (images.shape[2] * scale, images.shape[1] * scale)
    frames = [to_pil(image).convert("RGB").resize(size, Image.Resampling.NEAREST) for image in images]
    return _video(frames) if form == "mp4" else _loop(frames, form)


def _loop(frames: list[Image.Image], form: str) -> bytes:
    buffer = io.BytesIO()
    # GIF knows 256 colours: a palette for each frame loses least of them.
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0, lossless=True)
    return buffer.getvalue()


def _video(frames: list[Image.Image]) -> bytes:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=Fraction(1000, MILLISECONDS), options={"crf": QUALITY})
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_image(frame)))
        file.mux(stream.encode())
    return buffer.getvalue()
