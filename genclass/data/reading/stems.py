"""Classes by how the names of files begin: ``cat.0.jpg``, ``cat_001.jpg``, ``great dane (3).jpg``."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePath

# What cameras, telephones and programs begin names with.
DEVICES = frozenset(
    "img image images dsc dscn dscf dcim imag pxl vid mvi p pic pics picture photo photos pict scan scanned screenshot "
    "screen frame file sample untitled copy download whatsapp signal wechat mmexport fb received snapchat gopr sam "
    "cimg hpim kimg pano burst snap capture unsplash pexels pixabay flickr thumb out output result face id no nr num "
    "number page slide 图片 照片 微信图片".split()
)
# A class that ends with a digit is told from the number by what stands between: ``n01440764_10026``.
NUMBERED = re.compile(r"(?P<class>.*?(\D|\d(?=[ _.([-])))[ _.-]*(\d+|\(\d+\)|\[\d+\])")
WORD = re.compile(r"(?P<class>[^ _.-]+)[ _.-].+")
SERIAL = re.compile(r"[\d_ .-]{3,}")  # a date or a number, but no digit that is a class
NAMED = 0.9  # of all files, at least


def classes(names: Sequence[str]) -> Callable[[str], str | None] | None:
    """How these names of files tell their classes, as a function of a name; None if they do not.

    Nearly all must begin like at least one other, in at least two ways, none of which is a camera's.
    """
    for pattern in (NUMBERED, WORD):
        counts = Counter(filter(None, (_begins(pattern, name) for name in names)))
        shared = {begin for begin, count in counts.items() if count > 1}
        if len(shared) > 1 and sum(counts[begin] for begin in shared) >= NAMED * len(names) and _are_classes(shared):
            return functools.partial(_class_of, pattern, shared)
    return None


def _class_of(pattern: re.Pattern[str], shared: set[str], name: str) -> str | None:
    begin = _begins(pattern, name)
    return begin if begin in shared else None


def _begins(pattern: re.Pattern[str], name: str) -> str | None:
    found = pattern.fullmatch(PurePath(name).stem)
    return found and found["class"]


def _are_classes(names: set[str]) -> bool:
    words = [re.split(r"[\W\d_]+", name.lower())[0] for name in names]
    return not any(word in DEVICES for word in words) and not any(SERIAL.fullmatch(name) for name in names)
