"""Files without what does not decide about pixels: metadata may be large, broken or crafted, and no decoder sees it.

What a picture is shown by — profile, orientation, its own recipe — is taken out here and carried beside.
"""

import contextlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PIL import Image

from genclass.files import colour, profiles

TEXT_KEY = "genclass"  # of a recipe in a PNG
MOST_TEXT = 1_000_000  # bytes of it
MOST_CHUNKS = 100_000  # honest pictures have some thousand
ORIENTATION = 0x0112
PNG_MARK = b"\x89PNG\r\n\x1a\n"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
BESIDE = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL")
TEXTS = (b"iTXt", b"tEXt", b"zTXt")
MORE = 1 << 20  # zeros after a WebP that is cut short: its decoder wants to read to an end
BROKEN = (struct.error, zlib.error, ValueError, LookupError, OSError, SyntaxError, TypeError, OverflowError)


@dataclass
class Tidy:
    """A file as its decoder gets it.

    Attributes:
        data: the bytes.
        profile: an ICC profile, or None.
        orientation: as Exif has it, 1 to 8; None: not known here.
        texts: {key: text} of a PNG, its recipe only.
        animated: whether there are more images, where it is known here.
        cut: whether the end is missing.
    """

    data: bytes
    profile: bytes | None = None
    orientation: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
    animated: bool = False
    cut: bool = False


def png(data: bytes) -> Tidy:
    """A PNG of the chunks that make its pixels. Others with a wrong checksum count as if they were not there."""
    kept, others, seen = [PNG_MARK], dict[bytes, bytes](), b""
    for kind, start, end in _png_chunks(data):
        seen = kind
        if kind in PIXELS and (kind != b"tRNS" or _is_transparency(data, start, end)):
            kept.append(data[start - 8 : end + 4])
        elif kind in BESIDE or kind in TEXTS and data.startswith(TEXT_KEY.encode() + b"\0", start, end):
            others.setdefault(kind, data[start:end] if _is_sound(data, start, end) else b"")
    frames = others.get(b"acTL", b"\0\0\0\0")[:4]
    return Tidy(b"".join(kept), _png_profile(others), _exif_orientation(others.get(b"eXIf", b"")), _texts(others),
                animated=int.from_bytes(frames) > 1, cut=seen != b"IEND")  # fmt: skip


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of the contents of each; the last may end beyond the file."""
    place = len(PNG_MARK)
    for _ in range(MOST_CHUNKS):
        if place + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, place)
        if not kind.isalpha():
            return
        yield kind, place + 8, place + 8 + length
        if kind == b"IEND":
            return
        place += length + 12
    raise OSError("too many pieces")


def _is_sound(data: bytes, start: int, end: int) -> bool:
    """Whether the checksum of a chunk is right."""
    return data[end : end + 4] == zlib.crc32(data[start - 4 : end]).to_bytes(4)


def _is_transparency(data: bytes, start: int, end: int) -> bool:
    """Whether a tRNS is sound and fits the kind of colours that the header tells."""
    fits = {0: end - start == 2, 2: end - start == 6, 3: 0 < end - start <= 256}
    return fits.get(data[25], False) and _is_sound(data, start, end)


def _png_profile(others: dict[bytes, bytes]) -> bytes | None:
    """By what counts more than what: cICP, iCCP, sRGB, gAMA with cHRM."""
    with contextlib.suppress(*BROKEN):
        if found := profiles.numbered(*struct.unpack("BB2x", others.get(b"cICP", b""))):
            return found
    with contextlib.suppress(*BROKEN):
        packed = others[b"iCCP"].split(b"\0", 1)[1][1:]
        return _unpacked(packed, colour.LARGEST)
    with contextlib.suppress(*BROKEN):
        if b"sRGB" not in others:
            gamma = struct.unpack(">I", others[b"gAMA"])[0] / 100_000
            places = struct.unpack(">8I", others[b"cHRM"]) if b"cHRM" in others else None
            return profiles.of_png(gamma, places and tuple(place / 100_000 for place in places))
    return None


def _texts(others: dict[bytes, bytes]) -> dict[str, str]:
    """The recipe, if there is one: nothing else that is packed is ever unpacked."""
    after = len(TEXT_KEY) + 1
    with contextlib.suppress(*BROKEN):
        if content := others.get(b"iTXt"):
            text = content[after + 2 :].split(b"\0", 2)[2]
            return {TEXT_KEY: (_unpacked(text, MOST_TEXT) if content[after] else text).decode()}
        if content := others.get(b"tEXt"):
            return {TEXT_KEY: content[after:].decode("latin-1")}
        return {TEXT_KEY: _unpacked(others[b"zTXt"][after + 1 :], MOST_TEXT).decode("latin-1")}
    return {}


def _unpacked(data: bytes, most: int) -> bytes:
    """Raises:
    ValueError: it is more than ``most`` bytes.
    """
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise ValueError("too large")
    return found


def _exif_orientation(block: bytes) -> int | None:
    """Of an Exif block, or None: damaged ones tell nothing."""
    with contextlib.suppress(*BROKEN):
        exif = Image.Exif()
        exif.load(block)
        return exif.get(ORIENTATION)
    return None


def heif(data: bytes) -> Tidy:
    """A HEIF or AVIF whose metadata belong to no image: they turn nothing, and a block that thousands of images share
    would be copied for each."""
    start, end = _meta_box(data)
    return Tidy(data[:start] + data[start:end].replace(b"cdsc", b"none") + data[end:])


def _meta_box(data: bytes) -> tuple[int, int]:
    place = 0
    while place + 16 <= len(data):
        size, kind, large = struct.unpack_from(">I4sQ", data, place)
        size = large if size == 1 else size or len(data)
        if kind == b"meta":
            return place, min(place + size, len(data))
        place += max(size, 8)
    return 0, 0


def webp(data: bytes) -> Tidy:
    """A WebP; one that is cut short goes on with zeros, which its decoder takes for plain areas."""
    size = int.from_bytes(data[4:8], "little") + 8
    return Tidy(data) if size <= len(data) else Tidy(_with_zeros(data), cut=True)


def _with_zeros(data: bytes) -> bytes:
    longer, place = bytearray(data), 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        if place + 8 + size > len(data):
            longer[place + 4 : place + 8] = (len(data) - place - 8 + MORE).to_bytes(4, "little")
            longer += bytes(MORE)
            break
        place += 8 + size + size % 2
    longer += bytes(len(longer) % 2)
    longer[4:8] = (len(longer) - 8).to_bytes(4, "little")
    return bytes(longer)


def jpeg(data: bytes) -> Tidy:
    """A JPEG without metadata but its orientation, for one that can't be opened with them."""
    kept, place, orientation = [data[:2]], 2, None
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:  # there the picture begins
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        segment, marker = data[place:end], data[place + 1]
        if marker == 0xE1 and orientation is None:
            orientation = _exif_orientation(segment[4:])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or segment[4:9] == b"Adobe" and len(segment) >= 16:
            kept.append(segment)
        place = end
    return Tidy(b"".join([*kept, data[place:]]), orientation=orientation)


TIDY: dict[str, Callable[[bytes], Tidy]] = {"PNG": png, "HEIF": heif, "AVIF": heif, "WEBP": webp}
