"""A run on another machine, whose clock differs from the one here."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from genclass.train.run import signs_of_life

DIFFER = (0, 5, -5, 300, -300)  # seconds


@pytest.fixture
def clock(monkeypatch):
    """The time here, which stands still until it is set."""
    now = SimpleNamespace(monotonic=1000.0, time=1e9)
    monkeypatch.setattr(signs_of_life, "time", SimpleNamespace(time=lambda: now.time, monotonic=lambda: now.monotonic))
    monkeypatch.setattr(signs_of_life, "_seen", {})
    return now


def passes(clock, seconds):
    clock.monotonic, clock.time = clock.monotonic + seconds, clock.time + seconds


def looks(heartbeat, host="far", pid=7):
    return signs_of_life.is_stale(Path("run"), {"heartbeat": heartbeat, "host": host, "pid": pid})


def watched(clock, differ, seconds=60, every=20):
    """A run that goes on is looked at once a second; whether it was ever taken for dead after its first beats."""
    found = []
    for second in range(seconds):
        found.append(looks(clock.time + differ - second % every))
        passes(clock, 1)
    return any(found[every + 1 :])


@pytest.mark.parametrize("differ", DIFFER)
def test_a_run_that_beats_lives_whatever_its_clock_says(clock, differ):
    assert not watched(clock, differ)


@pytest.mark.parametrize("differ", DIFFER)
def test_a_run_that_beats_no_more_is_stale_within_two_minutes_whatever_its_clock_says(clock, differ):
    watched(clock, differ)
    last = clock.time + differ
    assert not looks(last)
    passes(clock, 119)
    assert not looks(last)
    passes(clock, 2)
    assert looks(last)


@pytest.mark.parametrize("differ", (0, 300))
def test_one_never_seen_moving_is_stale_after_two_minutes_too(clock, differ):
    last = clock.time + differ
    assert not looks(last)
    passes(clock, 121)
    assert looks(last)


def test_at_first_sight_the_clocks_are_believed_to_agree(clock):
    assert looks(clock.time - 121)


def test_one_that_ended_while_nobody_looked_is_stale_at_once(clock):
    watched(clock, 0)
    beat = clock.time + 100
    passes(clock, 3600)
    assert looks(beat)


def test_a_run_taken_up_on_a_machine_with_another_clock_lives_from_the_first_moment(clock):
    assert not looks(clock.time, host=None, pid=None)
    passes(clock, 1)
    assert not looks(clock.time - 300)


def test_a_clock_here_that_is_set_changes_nothing_of_a_run_that_beats(clock):
    there = clock.time
    for second in range(100):
        clock.time += 3600 * (second == 50)
        assert not looks(there + second)
        clock.monotonic += 1


def test_the_time_is_the_real_one():
    assert not signs_of_life.is_stale(Path("another"), {"heartbeat": time.time(), "host": "far", "pid": 1})
