"""What a run will take of time and memory, told before it is started."""

import math
from dataclasses import dataclass
from typing import Any

import psutil

from genclass.data import catalog, sources
from genclass.data.catalog import DataSet
from genclass.data.reading import notes
from genclass.files import sizes
from genclass.jobs import drafts
from genclass.train import footprint, loop, machine
from genclass.train.machine import Shape
from genclass.train.settings import Request
from genclass.ui.common import html
from genclass.ui.common.text import say, sentence, together
from genclass.ui.common.units import duration
from genclass.ui.train import start

OWN = ""  # the choice of one's own images instead of a named set
COLOURS = 3  # channels that one's own images are taken to have: whether they are grey is seen when they are packed


@dataclass(frozen=True)
class _Images:
    """What is learnt from: how many images, of which shape."""

    count: int
    shape: Shape


def told(kind: Any, source: Any, draft: Any, preset: Any, minutes: Any, epochs: Any, seed: Any,
         fields: dict[str, Any]) -> str:  # fmt: skip
    """Notes in HTML of what is asked for in raw values.

    Raises:
        GenClassError: as they are checked.
    """
    request = start.request_of(kind, source or start.OWN, preset, minutes, epochs, seed, fields)
    row = catalog.find(request.data)
    if row is not None:
        images = _named(row)
        taken = together(_time(request, images), _memory(request, images), _download(row))
        return html.note(taken) + _short(request, images)
    return _of_own(request, drafts.outline(draft))


def first(request: Request, row: DataSet) -> str:
    """The same of a named set before anything is chosen, less memory, which takes two seconds when it is first told:
    the page would open later."""
    return html.note(together(_time(request, _named(row)), _download(row)))


def _named(row: DataSet) -> _Images:
    return _Images(row.images, machine.named_shape(row.name))


def _of_own(request: Request, known: drafts.Outline) -> str:
    if not known.sides:
        return html.note(say("estimate_own"))
    asked = request.settings().image_size
    side = min(asked, known.side)
    images = _Images(math.ceil(len(known.sides) * 0.8), (COLOURS, side, known.classes if known.classes > 1 else 0))
    smaller = [html.note(sentence(note)) for note in notes.smaller(known.sides, side)]
    return (
        html.note(together(_time(request, images), _memory(request, images), _kept(side, asked)))
        + _short(request, images)
        + "".join(smaller)
    )


def _time(request: Request, images: _Images) -> str:
    own = catalog.find(request.data) is None
    seconds = footprint.seconds_per_step(request, images.shape) if own else machine.seconds_known(request, images.shape)
    if seconds is None:
        return say("estimate_own" if own else "estimate_unknown")
    settings = request.settings()
    batch = min(settings.batch, images.count)
    steps = loop.steps_of(request, settings.epochs * (images.count // batch), seconds)
    return say("estimate", time=duration(steps * seconds), steps=f"{steps:,}",
               passes=f"{steps * batch / images.count:.3g}", images=f"{images.count:,}")  # fmt: skip


def _memory(request: Request, images: _Images) -> str:
    taken = footprint.memory(request, images.shape, images.count)
    return "" if taken is None else say("estimate_memory", size=sizes.in_words(taken))


def _short(request: Request, images: _Images) -> str:
    """A warning where this machine has not so much memory left."""
    taken, free = footprint.memory(request, images.shape, images.count), psutil.virtual_memory().available
    return html.note(say("estimate_short", size=sizes.in_words(free)), "warning") if taken and taken > free else ""


def _download(row: DataSet) -> str:
    """What has to come to this machine first; nothing where it is here."""
    if sources.is_at_hand(row):
        return ""
    if not row.megabytes:
        return say("estimate_drawn")
    return say("estimate_download", size=sizes.in_words(row.megabytes * 1e6), licence=row.licence)


def _kept(side: int, asked: int) -> str:
    """That pictures are kept smaller than a run would take them."""
    return "" if side >= asked else say("estimate_kept", side=side)
