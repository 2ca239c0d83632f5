"""The table of all models, which sorts by each of its columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from genclass.data import catalog
from genclass.files import sizes
from genclass.models.facts import Facts, Quality
from genclass.ui.common.text import name_of, say
from genclass.ui.common.units import duration, millions


@dataclass(frozen=True)
class Row:
    """A model, and milliseconds for one image, or None where that is not measured yet."""

    one: Facts
    time: float | None


@dataclass(frozen=True)
class Cell:
    """What is shown, HTML, and the text by which the column is sorted; what is not known is sorted before all else."""

    shown: str
    order: str = ""


def table(every: Sequence[Facts], times: Mapping[str, float], chosen: str | None) -> str:
    """All models as HTML, a row of each.

    Args:
        times: milliseconds for one image by name, of those measured so far.
        chosen: the name of the model whose card is open, or None.
    """
    heads = "".join(
        f'<th data-sorts tabindex="0" title="{escape(name_of("choose_about", key))}">{name_of("choose", key)}</th>'
        for key in COLUMNS
    )
    rows = "".join(_row(Row(one, times.get(one.name)), one.name == chosen) for one in every)
    return (
        f'<div class="gc-table gc-models"><table><thead class="gc-sorts"><tr>{heads}</tr></thead>'
        f'<tbody class="gc-many">{rows}</tbody></table></div>'
    )


def _row(row: Row, chosen: bool) -> str:
    cells = [cell(row) for cell in COLUMNS.values()]
    shown = "".join(f'<td data-sort="{escape(cell.order)}">{cell.shown}</td>' for cell in cells)
    family, mark = escape(catalog.whole_name(row.one.config["dataset"])), " class=gc-on" if chosen else ""
    return f'<tr data-model="{escape(row.one.name)}" data-family="{family}"{mark}>{shown}</tr>'


def _number(value: float | None, shown: Callable[[float], str], unknown: str = "–") -> Cell:
    """A number's cell; padded, so that numbers sort as texts."""
    return Cell(unknown) if value is None else Cell(shown(value), f"{value:020.6f}")


def _name(row: Row) -> Cell:
    name, origin = escape(row.one.name), say("choose_shipped" if row.one.shipped else "choose_own")
    button = f'<button type="button" class="gc-link" data-model="{name}">{name}</button>'
    return Cell(f"{button}<small>{origin}</small>", row.one.name)


def _data(row: Row) -> Cell:
    return Cell(escape(row.one.config["dataset"]), row.one.config["dataset"])


def _accuracy(row: Row) -> Cell:
    return _measured(row, "accuracy")


def _distance(row: Row) -> Cell:
    return _measured(row, "frechet", "fid")


def _measured(row: Row, *names: str) -> Cell:
    """What is known of some figures: each value over what it was measured by."""
    known = [row.one.qualities[name] for name in names if name in row.one.qualities]
    shown = "".join(f"{_value(figure)}<small>{escape(_origin(figure))}</small>" for figure in known)
    return _number(known[0].value if known else None, lambda _: shown)


def _value(figure: Quality) -> str:
    return f"{figure.value:.2%}" if figure.name == "accuracy" else f"{figure.value:.1f}"


def _origin(figure: Quality) -> str:
    words = [say(f"quality_by_{figure.name}", judge=figure.judge)] if figure.name != "accuracy" else []
    words += samples(figure)
    words += [say("quality_here")] if figure.here else []
    return " · ".join(words)


def samples(figure: Quality) -> list[str]:
    """How many images a figure is of, where that is known: 100 % of six says less than of a thousand."""
    if not figure.samples:
        return []
    count = f"{figure.samples:,}"
    if figure.name != "accuracy":
        return [say("quality_samples", count=count)]
    return [say("quality_right", right=f"{round(figure.value * figure.samples):,}", count=count)]


def quality(figure: Quality) -> str:
    """A figure in words that say what it is."""
    return say(f"quality_{figure.name}", judge=figure.judge, value=_value(figure))


def _time(row: Row) -> Cell:
    return _number(row.time, lambda time: say("choose_milliseconds", time=f"{time:.1f}"), unknown="…")


def _training(row: Row) -> Cell:
    gpu = f"<small>{escape(row.one.gpu)}</small>" if row.one.gpu else ""
    return _number(row.one.seconds, lambda seconds: duration(seconds) + gpu)


# A column: its cell, by the key of its words: ``choose_<key>`` is the heading, ``choose_about_<key>`` explains it.
COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "model": _name,
    "kind": lambda row: Cell(say(f"choose_kind_{row.one.kind}"), row.one.kind),
    "data": _data,
    "accuracy": _accuracy,
    "frechet": _distance,
    "parameters": lambda row: _number(row.one.parameters, millions),
    "size": lambda row: _number(row.one.size, sizes.in_words),
    "speed": _time,
    "seconds": _training,
    "date": lambda row: Cell(escape(row.one.date or "–"), row.one.date or ""),
}
