"""What a classifier says of pictures and whether it is to be believed: one preparation, one answer, for all ways in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from PIL import Image

from genclass.errors import GenClassError
from genclass.models import known_kinds, store
from genclass.models.classifier import Classifier

TINY = 32  # pixels on the shorter side: below, a picture shows too little
ENLARGED = 1.5  # times: from here on it makes a difference

Load = Callable[[str], Classifier]
Ask = Callable[[Classifier, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]  # as ``Classifier.answer``


@dataclass(frozen=True, eq=False)
class Seen:
    """One picture as the networks get it.

    Attributes:
        small: uint8 [C, S, S].
        inverted: whether dark on light was turned into light on black.
        large: what the one that knows most gets, uint8 [3, 224, 224]; None where it is not asked.
        notes: what there is to know of it, as errors that nobody raises: ``tiny_picture``.
    """

    small: torch.Tensor
    inverted: bool = False
    large: torch.Tensor | None = None
    notes: tuple[GenClassError, ...] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """What is said of one picture.

    Attributes:
        probabilities: float32 [classes].
        unfamiliar: whether it is unlike the training data; of a photo, whether it shows none of the kinds that the
            classifier knows, by the one that knows most.
        unsure: whether the likeliest class is less likely than is needed to name it.
    """

    probabilities: torch.Tensor
    unfamiliar: bool
    unsure: bool

    @property
    def doubt(self) -> str | None:
        """``unfamiliar``, ``unsure`` or None: why the likeliest class is not to be believed."""
        return "unfamiliar" if self.unfamiliar else "unsure" if self.unsure else None


@dataclass(frozen=True, eq=False)
class Answerer:
    """A classifier, and the one that is asked beside it whether a photo shows any of its kinds.

    Attributes:
        large: the one that knows most; None where nobody is asked.
        ask: instead of ``Classifier.answer``, such as a function that shares batches with others.
    """

    classifier: Classifier
    large: Classifier | None = None
    ask: Ask = Classifier.answer

    @classmethod
    def of(cls, classifier: Classifier, ask: Ask = Classifier.answer, load: Load | None = None) -> Self:
        """With the network that knows most, if the classifier has a limit for it and this machine has it.

        Args:
            load: from its name to it; by default from its folder.
        """
        try:
            large = (load or _load)(store.KNOWS_MOST) if known_kinds.has_limit(classifier) else None
        except GenClassError:  # not here, or spoilt, which is told where models are listed
            large = None
        return cls(classifier, large, ask)

    def see(self, photo: Image.Image, how: str = "crop") -> Seen:
        """An upright picture as the networks get it; ``how`` as for ``Classifier.see``."""
        small, inverted = self.classifier.see(photo, how)
        return Seen(small, inverted, self._large(photo, how), self._notes(photo))

    def _large(self, photo: Image.Image, how: str) -> torch.Tensor | None:
        """What the one that knows most gets, as the limit was measured."""
        if self.large is None or min(photo.size) < known_kinds.LEAST:
            return None
        if known_kinds.has_weights(self.classifier):
            return known_kinds.as_large(self.large, photo, how)
        return self.large.see(photo, how)[0]

    def _notes(self, photo: Image.Image) -> tuple[GenClassError, ...]:
        (width, height), size = photo.size, self.classifier.image_size
        if min(width, height) >= least_side(self.classifier):
            return ()
        return (GenClassError("tiny_picture", width=width, height=height, size=size),)

    def answers(self, seen: Sequence[Seen]) -> Iterator[Answer]:
        """What is said of each; those of a call go through the networks together."""
        if not seen:
            return
        probabilities, unlike = self.ask(self.classifier, torch.stack([each.small for each in seen]))
        none = self._show_none([each.large for each in seen])
        limit = self.classifier.config.get("unsure", {"probability": 0.0})["probability"]
        for index, each in enumerate(probabilities):
            yield Answer(each, none.get(index, bool(unlike[index])), bool(each.max() < limit))

    def _show_none(self, photos: Sequence[torch.Tensor | None]) -> dict[int, bool]:
        """Of the photos that are there, by their place, whether they show none of the kinds."""
        there = {place: photo for place, photo in enumerate(photos) if photo is not None}
        if self.large is None or not there:
            return {}
        probabilities, _ = self.ask(self.large, torch.stack(list(there.values())))
        found = known_kinds.share(self.large, self.classifier.config, probabilities)
        return dict(zip(there, (found < self.classifier.config["kinds"]["share"]).tolist()))


def least_side(classifier: Classifier) -> float:
    """Pixels on the shorter side of a picture below which there is a note of it."""
    return min(TINY, classifier.image_size / ENLARGED)


def _load(name: str) -> Classifier:
    return Classifier.load(store.find_named(name))
