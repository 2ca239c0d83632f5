"""What follows live is decided by the time that drawing takes."""

import pytest

from genclass.ui.common import draw_pace


class Model:
    """Stands for a sampler, of which nothing is asked here."""


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand: ``clock[0]`` in seconds."""
    now = [0.0]
    monkeypatch.setattr(draw_pace.time, "perf_counter", lambda: now[0])
    return now


def draw(model, clock, count, seconds):
    with draw_pace.timed(model, count):
        clock[0] += seconds


def test_of_a_model_that_has_not_drawn_yet_one_image_follows():
    assert draw_pace.fitting(Model(), 16) == 1 == draw_pace.fitting(Model(), 1)


@pytest.mark.parametrize("share, fits", [(2.5, 1), (0.75, 1), (0.23, 4), (0.075, 8), (0.05, 16), (0.002, 16)])
def test_as_many_follow_as_fit_into_the_budget(clock, share, fits):
    model = Model()
    draw(model, clock, 4, 4 * share * draw_pace.BUDGET)
    assert draw_pace.fitting(model, 16) == fits


def test_it_settles_where_a_draw_takes_between_half_the_budget_and_all_of_it(clock):
    model, cost = Model(), lambda count: draw_pace.BUDGET * (0.25 + 0.05 * count)
    draw(model, clock, 64, cost(64))
    for _ in range(60):
        count = draw_pace.fitting(model, 64)
        draw(model, clock, count, cost(count))
    assert draw_pace.BUDGET / 2 <= cost(draw_pace.fitting(model, 64)) <= draw_pace.BUDGET


def test_one_slow_draw_is_got_over(clock):
    model = Model()
    draw(model, clock, 16, 0.016)
    draw(model, clock, 16, 2.0)
    assert draw_pace.fitting(model, 16) < 16
    for _ in range(30):
        count = draw_pace.fitting(model, 16)
        draw(model, clock, count, draw_pace.BUDGET * count / 20)
    assert draw_pace.fitting(model, 16) == 16


def test_a_failed_draw_is_not_measured(clock):
    model = Model()
    with pytest.raises(ValueError), draw_pace.timed(model, 1):
        raise ValueError
    assert draw_pace.fitting(model, 16) == 1
