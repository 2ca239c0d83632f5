"""Whether a photo shows any of the few kinds that a classifier knows: the one that knows 1,000 is asked.

A small network gives one of its classes whatever it sees, and from 32×32 pixels hardly anything tells it that it should
not. The large one knows the kinds of CIFAR-10 by many names: 59 birds, 118 dogs. Kinds of one's own it may have no name
for: there its scores for all names tell photos of them from photos of other things, by weights that stand in the
model's config.json.
"""

import functools
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from genclass.files.images import fit
from genclass.files.records import unpacked
from genclass.models.classifier import Classifier

# Of the kinds of a data set, the classes of ImageNet that are of the kind. It has no deer: antelopes are none.
CIFAR10: dict[str, str | tuple[str, str]] = {
    "airplane": "airliner, warplane",
    "automobile": "ambulance, beach wagon, cab, convertible, jeep, limousine, minivan, Model T, racer, sports car",
    "bird": "cock, hen, ostrich, brambling, goldfinch, house finch, junco, indigo bunting, robin, bulbul, jay, magpie, "
    "chickadee, water ouzel, kite, bald eagle, vulture, great grey owl, black grouse, ptarmigan, ruffed grouse, "
    "prairie chicken, peacock, quail, partridge, African grey, macaw, sulphur-crested cockatoo, lorikeet, coucal, "
    "bee eater, hornbill, hummingbird, jacamar, toucan, drake, red-breasted merganser, goose, black swan, white stork, "
    "black stork, spoonbill, flamingo, little blue heron, American egret, bittern, crane bird, limpkin, "
    "European gallinule, American coot, bustard, ruddy turnstone, red-backed sandpiper, redshank, dowitcher, "
    "oystercatcher, pelican, king penguin, albatross",
    "cat": "tabby, tiger cat, Persian cat, Siamese cat, Egyptian cat",
    "dog": ("Chihuahua", "Mexican hairless"),  # all from the first to the last, in the order of the classes
    "frog": "bullfrog, tree frog, tailed frog",
    "horse": "sorrel",
    "ship": "aircraft carrier, catamaran, container ship, fireboat, lifeboat, liner, pirate, schooner, speedboat, "
    "submarine, trimaran, wreck, yawl",
    "truck": "fire engine, garbage truck, moving van, pickup, police van, recreational vehicle, tow truck, "
    "trailer truck",
}
KINDS = {"cifar10": CIFAR10}
LEAST_PROBABILITY = 1e-30
LEAST = 96  # pixels on the shorter side of a photo: in a smaller picture the large network finds little


def has_limit(classifier: Classifier) -> bool:
    """Whether the large network can be asked for a classifier."""
    kinds = classifier.config.get("kinds", {})
    return "weights" in kinds or "share" in kinds and classifier.config["dataset"] in KINDS


def has_weights(classifier: Classifier) -> bool:
    """Whether that is by weights of its own."""
    return "weights" in classifier.config.get("kinds", {})


def share(large: Classifier, config: dict[str, Any], probabilities: torch.Tensor) -> torch.Tensor:
    """How far photos show any kind of a classifier.

    Args:
        large: the classifier of ImageNet's classes.
        config: the other's, whose data set is a key of ``KINDS`` where its ``kinds`` have no weights.
        probabilities: float32 [N, 1000], what ``large`` says of the photos.

    Returns:
        float32 [N], 0 to 1.
    """
    if "weights" not in config.get("kinds", {}):
        return probabilities[:, indices(tuple(large.classes), config["dataset"])].sum(1)
    weights = torch.from_numpy(unpacked(config["kinds"]["weights"]))
    return (scores(probabilities) @ weights[:-1] + weights[-1]).clamp(0, 1)


def as_large(large: Classifier, photo: Image.Image, how: str) -> torch.Tensor:
    """An upright photo as one's own are kept, uint8 [3, S, S]: the large network has seen those so."""
    return torch.from_numpy(np.array(fit(photo, large.image_size, large.channels, how)))


def scores(probabilities: torch.Tensor) -> torch.Tensor:
    """float32 [N, classes]: what a network gives each class of photos, of which it has made these probabilities: their
    logarithms, less their mean and as long as 1. The direction alone tells kinds better than with its length."""
    logarithms = probabilities.clamp(min=LEAST_PROBABILITY).log()
    return F.normalize(logarithms - logarithms.mean(1, keepdim=True), dim=1)


@functools.cache
def indices(classes: tuple[str, ...], dataset: str) -> list[int]:
    """Where the classes of a data set's kinds stand among those of the large network."""
    found = list[int]()
    for names in KINDS[dataset].values():
        if isinstance(names, tuple):
            found += range(classes.index(names[0]), classes.index(names[1]) + 1)
        else:
            found += [classes.index(name) for name in names.split(", ")]
    return found
