"""Whether a photo shows any of the few kinds that a classifier knows."""

from types import SimpleNamespace

import pytest
import torch

from genclass.data import catalog
from genclass.models import checkpoint, known_kinds, store

CLASSES = tuple(checkpoint.read_config(store.find("imagenet-efficientnet-lite0"))["classes"])


def test_every_kind_but_the_deer_has_classes_of_its_own():
    found = known_kinds.indices(CLASSES, "cifar10")
    assert len(found) == len(set(found)) == 219
    assert set(known_kinds.KINDS["cifar10"]) == set(catalog.SETS["cifar10"].classes) - {"deer"}


def test_the_share_is_that_of_all_its_classes():
    large = SimpleNamespace(classes=list(CLASSES))
    probabilities = torch.zeros(3, 1000)
    probabilities[0, CLASSES.index("pug")], probabilities[0, CLASSES.index("tabby")] = 0.5, 0.25
    probabilities[1, CLASSES.index("daisy")] = probabilities[2, CLASSES.index("Mexican hairless")] = 1
    assert known_kinds.share(large, {"dataset": "cifar10"}, probabilities).tolist() == [0.75, 0, 1]


@pytest.mark.parametrize(
    ("config", "asked"),
    [({"dataset": "cifar10", "kinds": {"share": 0.5}}, True), ({"dataset": "cifar10"}, False),
     ({"dataset": "mine", "kinds": {"share": 0.5}}, False),
     ({"dataset": "mine", "kinds": {"share": 0.5, "weights": "AA=="}}, True)],
)  # fmt: skip
def test_what_has_no_limit_asks_nobody(config, asked):
    assert known_kinds.has_limit(SimpleNamespace(config=config)) == asked
