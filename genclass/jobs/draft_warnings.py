"""What is doubtful about a set in the making, before it is trained on."""

from typing import Any

from genclass.data import mirroring, split
from genclass.data.folders import Pictures
from genclass.data.reading.notes import some
from genclass.jobs.drafts import Draft

Doubt = tuple[str, dict[str, Any]]  # a code of the page's words and the values in them
FEW = 10  # images of a class: below, what is learnt depends on luck
UNEVEN = 3  # times as many images in one class as in another


def warnings(draft: Draft) -> list[Doubt]:
    """(code, values) of each doubt.

    Codes are ``own_one_class``, ``own_few``, ``own_uneven``, ``own_copies``, ``own_both`` and ``own_twins``.
    """
    counts = draft.counts()
    found: list[Doubt] = []
    if len(counts) == 1:
        found.append(("own_one_class", {}))
    few = [name for name, count in counts.items() if count < FEW]
    if few:
        found.append(("own_few", {"names": some(few), "least": FEW}))
    if counts and max(counts.values()) > UNEVEN * min(counts.values()):
        most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
        found.append(("own_uneven", {"most": most, "many": counts[most], "least": least, "few": counts[least]}))
    settled = draft.pictures.settled()
    twins = mirroring.twins_by_name(settled.images, settled.labels)
    found += [("own_twins", {"first": twins[0], "second": twins[1]})] if twins else []
    return found + _about_copies(settled)


def _about_copies(pictures: Pictures) -> list[Doubt]:
    same = split.copies(pictures.images)
    again = [index for index, first in enumerate(same) if first != index]
    both = [index for index in again if pictures.labels[index] != pictures.labels[same[index]]]
    found: list[Doubt] = [("own_copies", {"count": len(again)})] if again else []
    if both:
        first, second = pictures.labels[same[both[0]]], pictures.labels[both[0]]
        found.append(("own_both", {"count": len(both), "first": first, "second": second}))
    return found
