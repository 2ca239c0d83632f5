"""What runs and their models are called where nobody named them."""

import pytest

from genclass.models.store import NAME
from genclass.train.naming import name_of_classes


@pytest.mark.parametrize(
    ("kind", "classes", "name"),
    [
        ("classifier", ["Cup", "pen"], "cup-pen"),
        ("gan", ["cup", "pen"], "cup-pen-gan"),
        ("gan", ["Café au lait"], "cafe-au-lait-gan"),
        ("classifier", list("abcde"), "a-b-3-more"),
        ("classifier", ["a" * 30, "b" * 30], f"{'a' * 30}-{'b' * 5}"),
        ("gan", ["a" * 60], f"{'a' * 32}-gan"),
        ("classifier", ["杯子1", "笔2"], None),
        ("classifier", ["cup", "!?"], None),
        ("gan", [], None),
        ("classifier", ["cifar10", "airnet"], None),
    ],
)
def test_a_model_of_classes_made_by_hand_is_called_after_them(kind, classes, name):
    assert name_of_classes(kind, classes) == name
    assert name is None or NAME.match(f"{name}-12")
