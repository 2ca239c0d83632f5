"""What a file holds is told by its first bytes, never by its name; nothing but these kinds is ever opened."""

import re
from pathlib import Path

import pillow_heif

from genclass.errors import GenClassError

Source = Path | str | bytes  # a file's path, or what is in it
START = 32  # bytes that tell a kind
KINDS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WEBP": rb"RIFF....WEBP",
    "AVIF": rb"....ftypavi[fs]",
    "HEIF": rb"....ftyp(?:hei[cxms]|hev[cxms]|m[is]f1)",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0",  # the sizes of its headers
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "PPM": rb"P(?:[1-6]\s*(?:#|\s\d)|f\s)",  # and PBM, PGM, PFM
}
FORMATS = tuple(KINDS)
_SIGNS = {kind: re.compile(sign, re.DOTALL) for kind, sign in KINDS.items()}

# Their decoder must not start threads: its time is counted. Small and other pictures inside are nobody's question.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def first_bytes(source: Source) -> bytes:
    """What tells the kind of a file."""
    if isinstance(source, bytes):
        return source[:START]
    with open(source, "rb") as file:
        return file.read(START)


def kind_of(start: bytes) -> str | None:
    """One of ``FORMATS`` by the first ``START`` bytes of a file, or None: nothing that is read here."""
    return next((kind for kind, sign in _SIGNS.items() if sign.match(start)), None)


def is_picture(source: Source) -> bool:
    """Whether a file begins like a picture that may be read; whether it can be, decoding tells.

    Raises:
        OSError: the file can't be read.
    """
    return kind_of(first_bytes(source)) is not None


def refusal(start: bytes) -> GenClassError:
    """The error for a file that no decoder takes, by its first bytes."""
    if not start:
        return GenClassError("broken_image")
    kind = kind_of(start)
    if kind is None:
        return GenClassError("not_an_image", formats=", ".join(FORMATS))
    return GenClassError("unusual_image", kind=kind)
