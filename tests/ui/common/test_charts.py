"""Charts as SVG and HTML."""

import pytest

from genclass.ui.common import charts


def test_labels_of_near_points_do_not_cover_one_another():
    points = [charts.Point(f"a-long-name-{index}", 1, 1, 0, "") for index in range(4)]
    places = [(100.0, 100.0 + index) for index in range(4)]
    heights = sorted(y for _, y, _ in charts._labels(points, places))
    assert all(b - a >= charts.LINE - 1e-9 for a, b in zip(heights, heights[1:]))


@pytest.mark.parametrize("values", [[3.0], [0.2, 90], [1, 1], [0.0301, 0.031]])
def test_ticks_enclose_all_values(values):
    ticks = charts.decades(values)
    assert len(ticks) >= 2 and ticks[0] <= min(values) and ticks[-1] >= max(values)


def test_names_are_escaped():
    assert "<b>" not in charts.matrix([[1, 0], [0, 1]], ["<b>x", "y"], "<b>")
