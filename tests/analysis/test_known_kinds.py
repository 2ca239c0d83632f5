"""Whether a photo shows any of the few kinds that a classifier knows."""

from types import SimpleNamespace

import pytest
import torch

from genclass.analysis import known_kinds
from genclass.data import catalog
from genclass.models import checkpoint, store

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
    assert known_kinds.share(large, "cifar10", probabilities).tolist() == [0.75, 0, 1]


@pytest.mark.parametrize(
    ("config", "size", "asked"),
    [({"dataset": "cifar10", "kinds": {"share": 0.5}}, (400, 300), True),
     ({"dataset": "cifar10", "kinds": {"share": 0.5}}, (400, 32), False), ({"dataset": "cifar10"}, (400, 300), False),
     ({"dataset": "mine", "kinds": {"share": 0.5}}, (400, 300), False)],
)  # fmt: skip
def test_only_photos_are_asked_about(config, size, asked):
    assert known_kinds.can_tell(SimpleNamespace(config=config), size) == asked
