"""Images in a row as a moving picture: GIF, or WebP without loss. Knows nothing about models."""

import io

from PIL import Image

from genclass.images import to_pil

FORMATS = ("gif", "webp")
SIDE = 256  # pixels at least: players blur what they enlarge themselves
MILLISECONDS = 80


def animation(images, form):
    """Encode a loop that shows each image for 80 ms, enlarged by whole pixels.

    Args:
        images: uint8 [N, H, W, C].
        form: ``gif`` or ``webp``.

    Returns:
        The file's bytes.
    """
    scale = -(-SIDE // images.shape[1])
    size = (images.shape[2] * scale, images.shape[1] * scale)
    frames = [to_pil(image).convert("RGB").resize(size, Image.Resampling.NEAREST) for image in images]
    buffer = io.BytesIO()
    # GIF knows 256 colours: a palette for each frame loses least of them.
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0, lossless=True)
    return buffer.getvalue()
