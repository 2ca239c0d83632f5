"""Quality against speed."""

import pytest

from genclass.models import facts
from genclass.ui.common import charts
from genclass.ui.models import models_plot


def test_better_lies_higher_in_both_pictures():
    points = [charts.Point("a", 1, 0.9, 0, ""), charts.Point("b", 2, 0.7, 0, "")]
    up = models_plot.accuracy_axis(points)
    assert up.place(0.9) > up.place(0.7)
    down = models_plot.distance_axis([charts.Point("a", 1, 5, 0, ""), charts.Point("b", 2, 50, 0, "")])
    assert down.place(5) > down.place(50)


@pytest.mark.parametrize("accuracy", [0, 0.5, 1])
def test_one_model_alone_has_a_place_however_right_it_is(accuracy):
    found = {"accuracy": facts.Quality("accuracy", accuracy)}
    one = facts.Facts("mine", None, {"kind": "classifier", "dataset": "mine"}, 1, 1, found, None, None, None, False)
    assert 'data-model="mine"' in models_plot.picture("classifier", [one], {"mine": 2.0}, ["mine"])
