"""What runs and their models are called where nobody gave them a name."""

import contextlib
import re
import unicodedata
from collections.abc import Sequence

from genclass.errors import GenClassError
from genclass.models.store import check_name

NAMED_CLASSES = 3  # in a name
MOST = 36  # letters, which leaves room for a number behind


def slug(words: str, most: int = MOST) -> str:
    """Words made to fit the rules for names; empty where nothing of them does."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-")


def name_of_classes(kind: str, classes: Sequence[str]) -> str | None:
    """What a model of images without a title is called: after its classes, ``cup-pen``; None where they are written in
    other letters than a name may have, or it is taken.
    """
    words = [slug(name) for name in classes]
    if not words or not all(words) or any(map(_is_other, "".join(classes))):
        return None
    shown = words if len(words) <= NAMED_CLASSES else [*words[:2], f"{len(words) - 2}-more"]
    tail = "-gan" if kind == "gan" else ""
    with contextlib.suppress(GenClassError):
        return check_name(slug("-".join(shown), MOST - len(tail)) + tail)
    return None


def _is_other(letter: str) -> bool:
    """Whether ``slug`` loses a letter or digit."""
    return letter.isalnum() and not unicodedata.normalize("NFKD", letter)[0].isascii()
