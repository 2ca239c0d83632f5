"""Charts as SVG and HTML."""

import pytest

from genclass.ui.common import charts


def test_labels_of_near_points_do_not_cover_one_another():
    points = [charts.Point(f"a-long-name-{index}", 1, 1, 0, "") for index in range(4)]
    places = [(100.0, 100.0 + index) for index in range(4)]
    heights = sorted(y for _, y, _ in charts._labels(points, places))
    assert all(b - a >= charts.LINE - 1e-9 for a, b in zip(heights, heights[1:]))


def test_a_label_stands_beside_its_own_point_where_one_of_the_sides_is_free():
    points = [charts.Point("left-one", 1, 1, 0, ""), charts.Point("right-one", 1, 1, 0, "")]
    labels = charts._labels(points, [(200.0, 100.0), (220.0, 101.0)])
    assert labels == [(191.0, 104.0, "end"), (229.0, 105.0, "start")]


@pytest.mark.parametrize("values", [[3.0], [0.2, 90], [1, 1], [0.0301, 0.031]])
def test_ticks_enclose_all_values(values):
    ticks = charts.decades(values)
    assert len(ticks) >= 2 and ticks[0] <= min(values) and ticks[-1] >= max(values)


def test_names_are_escaped():
    assert "<b>" not in charts.matrix([[1, 0], [0, 1]], ["<b>x", "y"], "<b>")
