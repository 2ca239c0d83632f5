"""Which model to take, at a glance: of each data set the best that tells images apart, and the best that makes them."""

from collections.abc import Iterable, Sequence
from html import escape

from genclass.data import catalog
from genclass.models.facts import Facts
from genclass.ui.common import charts
from genclass.ui.common.text import name_of, say
from genclass.ui.models.models_table import quality


def family(one: Facts) -> str:
    """A data set with its small part, which makes models comparable."""
    return catalog.whole_name(one.config["dataset"])


def best(every: Sequence[Facts]) -> str:
    """A card for each data set, as HTML; in each the best model of a kind, a button that opens its card."""
    groups: dict[str, list[Facts]] = {}
    for one in every:
        groups.setdefault(family(one), []).append(one)
    # First what knows most kinds: most come with a photo of anything.
    widest = sorted(groups, key=lambda name: -max(len(one.config["classes"]) for one in groups[name]))
    cards = "".join(_card(name, groups[name]) for name in widest)
    return f'<div class="gc-best">{cards}</div>'


def _card(name: str, every: Sequence[Facts]) -> str:
    lines = "".join(_line(kind, [one for one in every if one.kind == kind]) for kind in ("classifier", "gan"))
    return f"<section><h4>{escape(name_of('family', name))}</h4>{lines}</section>"


def _line(kind: str, every: Sequence[Facts]) -> str:
    known = [(one, one.quality) for one in every if one.quality is not None]
    if not known:
        return ""
    better = max if kind == "classifier" else min  # accuracy, or distance to real images
    one, figure = better(known, key=lambda pair: pair[1].value)
    words = say(f"best_{kind}", share=f"{figure.value:.1%}")
    return (
        f'<p title="{escape(quality(figure))}"><span>{escape(words)}</span> <button type="button" class="gc-link" '
        f'data-shows="{escape(one.name)}">{escape(one.name)}</button></p>'
    )


def families_filter(names: Iterable[str]) -> str:
    """Buttons that leave one data set's models in the pictures and the table, in the colours of the pictures."""
    buttons = "".join(
        f'<button type="button" data-family="{escape(name)}" aria-pressed="false">'
        f'<i class="gc-colour-{index % charts.COLOURS}"></i>{escape(name)}</button>'
        for index, name in enumerate(names)
    )
    every = f'<button type="button" data-family="" aria-pressed="true">{escape(say("choose_every_set"))}</button>'
    return f'<div class="gc-legend" role="group" aria-label="{escape(say("choose_data"))}">{every}{buttons}</div>'
