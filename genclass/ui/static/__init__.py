"""Scripts and styles of the page."""

from pathlib import Path

STATIC = Path(__file__).parent


def static(name: str) -> str:
    """The text of a script or style by its file name."""
    return (STATIC / name).read_text(encoding="utf-8")
