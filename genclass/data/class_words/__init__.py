"""What people call the classes of known data sets: a file for each language, a class, a tab and its name a line.

In English only classes are there that need another name than their own; a language without a file has none.
"""

import functools
from pathlib import Path


@functools.cache
def of(language: str) -> dict[str, str]:
    """``{class: what people call it}``; what is missing is called by its own name."""
    path = Path(__file__).parent / f"{language}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines)
