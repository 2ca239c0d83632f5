"""The recipe that a picture or a film made here carries, found without decoding a pixel.

A PNG has it in a text chunk, a GIF in a comment, a WebP in the description of its Exif, an MP4 in the comment of its
metadata. Where the place has no key of its own, ``MARK`` comes first.
"""

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from PIL.ExifTags import Base

from genclass.errors import GenClassError
from genclass.files import decode, formats, tidy
from genclass.files.formats import Source

MARK = "genclass "
COMMENT = b"\xfe"
IN_VIDEO = ((b"moov", 0), (b"udta", 0), (b"meta", 4), (b"ilst", 0), (b"\xa9cmt", 0), (b"data", 8))  # (box, its header)


def text(source: Source) -> str:
    """The text that a file carries.

    Raises:
        GenClassError: ``no_recipe`` where there is none, else as ``decode``.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    kind = formats.kind_of(data[: formats.START])
    with contextlib.suppress(*tidy.BROKEN):
        found = tidy.png(data).texts.get(tidy.TEXT_KEY) if kind == "PNG" else _marked(data, kind)
        if found is not None:
            return found
    decode.read(data)  # tells what is wrong with a file that is no picture at all
    raise GenClassError("no_recipe")


def exif(words: str) -> Image.Exif:
    """An Exif block that carries a text."""
    found = Image.Exif()
    found[Base.ImageDescription] = MARK + words
    return found


def _marked(data: bytes, kind: str | None) -> str | None:
    """What comes after the mark, in the first place that has it."""
    places = {"GIF": _gif_comments, "WEBP": _webp_descriptions}.get(kind or "", _video_comments)(data)
    return next((place[len(MARK) :] for place in places if place.startswith(MARK)), None)


def _gif_comments(data: bytes) -> Iterator[str]:
    """Those before the first image."""
    data = data[: tidy.MOST_TEXT]
    place = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[place : place + 1] == b"!":
        kind, place, parts = data[place + 1 : place + 2], place + 2, list[bytes]()
        while size := data[place]:
            parts.append(data[place + 1 : place + 1 + size])
            place += 1 + size
        place += 1
        if kind == COMMENT:
            yield b"".join(parts).decode()


def _webp_descriptions(data: bytes) -> Iterator[str]:
    place = 12
    for _ in range(tidy.MOST_CHUNKS):
        kind, size = struct.unpack_from("<4sI", data, place)
        if kind == b"EXIF" and size <= tidy.MOST_TEXT:
            block = Image.Exif()
            block.load(data[place + 8 : place + 8 + size])
            yield str(block.get(Base.ImageDescription, ""))
        place += 8 + size + size % 2


def _video_comments(data: bytes) -> Iterator[str]:
    start, end = 0, len(data)
    for kind, header in IN_VIDEO:
        start, end = _box(data, start, end, kind)
        start += header
    if end - start <= tidy.MOST_TEXT:
        yield data[start:end].decode()


def _box(data: bytes, start: int, end: int, kind: bytes) -> tuple[int, int]:
    """Where the content of the first box of a kind lies; raises ``LookupError`` where there is none."""
    for _ in range(tidy.MOST_CHUNKS):
        if start + 8 > end:
            break
        size, found = struct.unpack_from(">I4s", data, start)
        if found == kind:
            return start + 8, min(start + size, end)
        start += max(size, 8)
    raise LookupError(kind)
