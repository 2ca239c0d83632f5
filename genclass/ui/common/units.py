"""Quantities in words."""

from genclass.ui.common.text import say


def duration(seconds: float) -> str:
    """Seconds in words: short, rounded."""
    if seconds < 90:
        return say("seconds", count=max(1, round(seconds)))
    if seconds < 5400:
        return say("minutes_count", count=round(seconds / 60))
    return say("hours_count", count=f"{seconds / 3600:.1f}")


def millions(count: float) -> str:
    """A number of parameters in words."""
    return say("choose_millions", count=f"{count / 1e6:.2f}") if count >= 10_000 else f"{count:,.0f}"
