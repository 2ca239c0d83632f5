"""The directory of a TIFF: read, and written again with nothing but what makes pixels."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from PIL.ExifTags import Base

# What makes pixels, with the tables of JPEGs inside.
PIXELS = {
    *range(254, 260), 262, 266, 273, *range(277, 280), 284, 292, 293, 317, 320, *range(322, 326), 332, 338, 339, 347,
    *range(512, 522), *range(529, 533),
}  # fmt: skip
WHOLE = {1: "B", 3: "H", 4: "I", 7: "B", 16: "Q"}  # types of entries that are read here
LONG = 4


@dataclass
class Directory:
    """The first one of a TIFF.

    Attributes:
        entries: {tag: (type, count, its field)}; the field holds the values or tells where they lie.
        following: where the next directory lies; 0: there is none.
    """

    data: bytes
    entries: dict[int, tuple[int, int, bytes]] = field(init=False, default_factory=dict)
    following: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        place = struct.unpack_from(self.order + ("Q" if self.big else "I"), self.data, 8 if self.big else 4)[0]
        number, entry, pointer = ("Q", "HHQ8s", "Q") if self.big else ("H", "HHI4s", "I")
        count = struct.unpack_from(self.order + number, self.data, place)[0]
        place += struct.calcsize(number)
        for _ in range(min(count, 65535)):
            tag, kind, length, content = struct.unpack_from(self.order + entry, self.data, place)
            self.entries.setdefault(tag, (kind, length, content))
            place += struct.calcsize("<" + entry)
        if place + struct.calcsize(pointer) <= len(self.data):
            self.following = struct.unpack_from(self.order + pointer, self.data, place)[0]

    @cached_property
    def order(self) -> str:
        """As ``struct`` calls it."""
        return "<" if self.data[:2] == b"II" else ">"

    @cached_property
    def big(self) -> bool:
        """Whether it is a BigTIFF."""
        return 43 in self.data[2:4]

    def values(self, tag: int, *default: int) -> tuple[int, ...]:
        """Whole numbers; none where the tag is of another type.

        Raises:
            struct.error: they lie outside of the file.
        """
        kind, count, content = self.entries.get(tag, (0, 0, b""))
        if kind not in WHOLE or not count:
            return default
        letters = f"{self.order}{count}{WHOLE[kind]}"
        if count * struct.calcsize(WHOLE[kind]) <= len(content):
            return struct.unpack_from(letters, content)
        return struct.unpack_from(letters, self.data, self._place(content))

    def profile(self) -> bytes | None:
        """The ICC profile, or None."""
        kind, count, content = self.entries.get(Base.InterColorProfile, (0, 0, b""))
        place = self._place(content) if kind in (1, 7) else 0
        return self.data[place : place + count] if place else None

    def _place(self, content: bytes) -> int:
        return struct.unpack(self.order + ("Q" if self.big else "I"), content)[0]

    def changed(self, new: Mapping[int, Sequence[int]], without: Sequence[int] = ()) -> bytes:
        """The file with a directory of ``PIXELS`` alone, some of them new; all else stays where it is."""
        kept = {tag: entry for tag, entry in self.entries.items() if tag in PIXELS - {*new, *without}}
        pointer, width = ("Q", 8) if self.big else ("I", 4)
        head, start = (16, 8) if self.big else (8, 4)
        place = len(self.data) + len(self.data) % 2
        number = struct.pack(self.order + ("Q" if self.big else "H"), len(kept) + len(new))
        after = place + len(number) + (len(kept) + len(new)) * (4 + 2 * width) + width
        more = b""
        for tag, numbers in new.items():
            packed = struct.pack(f"{self.order}{len(numbers)}I", *numbers)
            fits = len(packed) <= width
            kept[tag] = (LONG, len(numbers), packed.ljust(width, b"\0") if fits
                         else struct.pack(self.order + pointer, after + len(more)))  # fmt: skip
            more += b"" if fits else packed
        table = b"".join(struct.pack(f"{self.order}HH{pointer}", tag, kind, count) + content
                         for tag, (kind, count, content) in sorted(kept.items()))  # fmt: skip
        header = self.data[:start] + struct.pack(self.order + pointer, place)
        pad = bytes(place - len(self.data))
        return b"".join([header, self.data[head:], pad, number, table, bytes(width), more])
