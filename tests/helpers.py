"""What several tests use: files as visitors bring them, the code of an error, where a test can run."""

import io
import platform
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from genclass.errors import GenClassError
from tests.stand_ins import random_images

GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a matter of glibc")


def code_of(function, *arguments, **options):
    """The code of the error, with its sentence, that a call must raise."""
    with pytest.raises(GenClassError) as caught:
        function(*arguments, **options)
    assert str(caught.value)
    return caught.value.code


def picture(seed=0, size=20):
    """A random picture: the same seed gives the same one."""
    return Image.fromarray(random_images(1, size=size, seed=seed)[0].permute(1, 2, 0).numpy())


def encode(image, kind="PNG", **options):
    """The bytes of a file that holds a picture."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, content):
    """One of a PNG, with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(pixels, colour_type, *more, depth=None, width=None):
    """The bytes of a PNG written by hand.

    Args:
        pixels: its rows as they are stored, uint8 or big-endian uint16 [H, W] or [H, W, C].
        more: chunks before the pixels.
        depth: bits of a sample; by default those of ``pixels``.
        width: in pixels, where bytes hold several.
    """
    header = struct.pack(">IIBBBBB", width or pixels.shape[1], len(pixels), depth or pixels.itemsize * 8, colour_type,
                         0, 0, 0)  # fmt: skip
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(rows)),
                                            chunk(b"IEND", b"")])  # fmt: skip


def furthest(found, expected):
    """How far two pictures are apart, of 255."""
    return np.abs(np.int16(np.asarray(found)) - np.int16(np.asarray(expected))).max()


def zip_of(path, files, method=zipfile.ZIP_STORED):
    """Write a zip of ``{name: bytes or text}`` and return its path."""
    with zipfile.ZipFile(path, "w", method) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return path


def files_below(folder, root):
    """``{path as seen from root: bytes}`` of every file in a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
