"""Whether a run on another machine goes on, as its heartbeats tell: the clock there may differ from the one here."""

import time
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

STALE_SECONDS = 120


class _Seen(NamedTuple):
    """What a reader has seen of a run's heartbeat; moments are those of ``time.monotonic``.

    Attributes:
        who: which process wrote it.
        beat: the heartbeat, by that machine's clock.
        since: when it was first seen.
        looked: when the run was last looked at.
        ahead: by how much that clock is ahead of ``time.monotonic`` here, at least; None until it is seen moving.
    """

    who: Hashable
    beat: float
    since: float
    looked: float
    ahead: float | None


_seen: dict[Path, _Seen] = {}


def is_stale(path: Path, status: Mapping[str, Any]) -> bool:
    """Whether a run has given no sign of life for two minutes.

    A heartbeat that this process has seen moving is compared with others of the same clock. Until then it is believed
    that the clocks agree, and in any case one that stays the same for two minutes is stale.
    """
    now = time.monotonic()
    seen = _seen[path] = _look(_seen.get(path), status, now)
    age = time.time() - seen.beat if seen.ahead is None else now - (seen.beat - seen.ahead)
    return max(age, now - seen.since) > STALE_SECONDS


def _look(before: _Seen | None, status: Mapping[str, Any], now: float) -> _Seen:
    who, beat = tuple(status.get(key) for key in ("host", "pid", "job")), status["heartbeat"]
    if before is None or who == before.who and beat < before.beat:  # that clock was set back
        return _Seen(who, beat, now, now, None)
    ahead = before.ahead if who == before.who else None
    if (who, beat) == (before.who, before.beat):
        return before._replace(looked=now)
    if now - before.looked < STALE_SECONDS:  # so recent is this heartbeat
        ahead = beat - now if ahead is None else max(ahead, beat - now)
    return _Seen(who, beat, now, now, ahead)
