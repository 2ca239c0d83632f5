"""Names of classes: whole, whatever the folder or the visitor called them; cleaned only of what can't be shown."""

import hashlib
import unicodedata
from collections.abc import Iterable

from genclass.errors import printable

MAX_CLASSES = 200
SHOWN = 60  # letters
LONGEST = 255  # letters, which no file system's names exceed; a zip's may


def class_name(text: str) -> str:
    """A class name that can be shown: no control characters, never empty. Names longer than ``LONGEST`` stay apart."""
    name = printable(text, len(text)).strip() or "?"
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}~{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"


def class_names(texts: Iterable[str]) -> dict[str, str]:
    """``{text: class_name}`` of several; different texts get different ones, but for letters composed or not."""
    found: dict[str, str] = {}
    taken: dict[str, str] = {}  # by name, the letters that it stands for
    for text in sorted(set(texts)):
        plain = unicodedata.normalize("NFC", text).strip()
        shown, number = class_name(text), 1
        while taken.setdefault(name := shown if number == 1 else f"{shown} ({number})", plain) != plain:
            number += 1
        found[text] = name
    return found


def shortened(name: str, most: int = SHOWN) -> str:
    """A long name with its middle left out, where names that begin alike still differ: for the eye alone."""
    half = (most - 1) // 2
    return name if len(name) <= most else f"{name[:half]}…{name[-half:]}"
