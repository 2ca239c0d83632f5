"""Sizes of files and memory in words, the same in every language."""


def in_words(count: float) -> str:
    """Bytes in words, as ``28.4 MB``, ``497 MB`` or ``2.0 GB``: no more digits than tell anyone anything."""
    unit, size = ("GB", 1e9) if count >= 999.5e6 else ("MB", 1e6) if count >= 1e5 else ("KB", 1e3)
    value = count / size
    return f"{value:.0f} {unit}" if value >= 99.95 or value == round(value) and unit != "GB" else f"{value:.1f} {unit}"
