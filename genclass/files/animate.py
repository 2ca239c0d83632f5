"""Images in a row as a moving picture that carries a text: GIF, WebP without loss, MP4. Knows nothing of models."""

import io
from fractions import Fraction

import numpy as np
from PIL import Image

from genclass.files import carried
from genclass.files.images import sized, to_pil

FORMATS = ("gif", "webp", "mp4")
MILLISECONDS = 80
QUALITY = "12"  # x264's constant rate factor: 0 loses nothing, 18 is said to show no loss
EVEN = 2  # a video wants even sizes, and its colours have half of them


def animation(images: np.ndarray, form: str, text: str, size: str = "large") -> bytes:
    """Encode each image for 80 ms; GIF and WebP repeat for ever.

    Args:
        images: uint8 [N, H, W, C].
        form: ``gif``, ``webp`` or ``mp4`` (H.264, which every player knows).
        text: what ``carried.text`` finds in the file.
        size: as for ``images.sized``; a video is twice as large as stored at least.

    Returns:
        The file's bytes.
    """
    step = EVEN if form == "mp4" else 1
    frames = [to_pil(sized(image, size, step)).convert("RGB") for image in images]
    return _video(frames, text) if form == "mp4" else _loop(frames, form, text)


def _loop(frames: list[Image.Image], form: str, text: str) -> bytes:
    buffer = io.BytesIO()
    beside = {"comment": (carried.MARK + text).encode()} if form == "gif" else {"exif": carried.exif(text)}
    # GIF knows 256 colours: a palette for each frame loses least of them.
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0, lossless=True,
                   **beside)  # fmt: skip
    return buffer.getvalue()


def _video(frames: list[Image.Image], text: str) -> bytes:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        file.metadata["comment"] = carried.MARK + text
        stream = file.add_stream("libx264", rate=Fraction(1000, MILLISECONDS), options={"crf": QUALITY})
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_image(frame)))
        file.mux(stream.encode())
    return buffer.getvalue()
