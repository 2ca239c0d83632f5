"""Small charts as SVG, drawn here: crisp at any size, in the theme's own colours, light and dark.

Coordinates are those of a view of ``WIDTH`` × ``HEIGHT``; classes of the parts are coloured in ``models.css``.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 440, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 22, 24, 42
LETTER, LINE = 7.4, 16  # how wide a letter of a label is, about, and how far lines stand apart
COLOURS = 6


@dataclass(frozen=True)
class Axis:
    """How values lie along one side.

    Attributes:
        ticks: values that are written, in order; the first and the last bound the axis.
        title: what it shows.
        show: a value in words.
        log: whether equal ratios lie equally far apart.
        falling: whether small values lie at the far end.
    """

    ticks: Sequence[float]
    title: str
    show: Callable[[float], str] = str
    log: bool = False
    falling: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, from 0 (near end) to 1."""
        scale = math.log if self.log else float
        low, high = scale(self.ticks[0]), scale(self.ticks[-1])
        share = (scale(value) - low) / (high - low)
        return 1 - share if self.falling else share


@dataclass(frozen=True)
class Point:
    """A point of a scatter: ``name`` is its label and what a click on it chooses, ``group`` decides its colour."""

    name: str
    x: float
    y: float
    group: int
    title: str


def decades(values: Sequence[float]) -> list[float]:
    """Ticks of a logarithmic axis over positive values: of 1, 2, 5, 10, 20 … those around them."""
    low, high = min(values), max(values)
    steps = [digit * 10.0**power for power in range(-4, 8) for digit in (1, 2, 5)]
    first = max(index for index, step in enumerate(steps) if step <= low)
    last = min(index for index, step in enumerate(steps) if step >= high)
    return steps[first : max(last, first + 1) + 1]


def scatter(points: Sequence[Point], across: Axis, up: Axis, title: str) -> str:
    """Labelled points, each a button with ``data-model``.

    Args:
        across, up: the ``Axis`` of x and of y.
    """
    places = [(_x(across.place(point.x)), _y(up.place(point.y))) for point in points]
    marks = "".join(map(_mark, points, places, _labels(points, places)))
    return _chart(title, _axes(across, up) + marks)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _chart(title: str, content: str) -> str:
    return (
        f'<svg class="gc-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{escape(title)}">'
        f"{content}</svg>"
    )


def _axes(across: Axis, up: Axis) -> str:
    rows = [(_y(up.place(tick)), up.show(tick)) for tick in up.ticks]
    columns = [(_x(across.place(tick)), across.show(tick)) for tick in across.ticks]
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    lines = "".join(_line(LEFT, y, right, y) for y, _ in rows) + "".join(_line(x, TOP, x, bottom) for x, _ in columns)
    words = "".join(_text(LEFT - 6, y + 4, word, "end") for y, word in rows)
    words += "".join(_text(x, bottom + 16, word, "middle") for x, word in columns)
    words += _text(6, TOP - 10, up.title, "start")
    return lines + words + _text((LEFT + right) / 2, HEIGHT - 6, across.title, "middle")


def _line(x1: float, y1: float, x2: float, y2: float, style: str = "gc-grid") -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _labels(points: Sequence[Point], places: Sequence[tuple[float, float]]) -> list[tuple[float, float, str]]:
    """(x, y, anchor) of each label: beside its point, on a side with room, else moved down past all others."""
    found, taken = {}, [(x - 8, x + 8, y) for x, y in places]
    for index in sorted(range(len(points)), key=lambda index: places[index][1]):
        (x, y), width = places[index], len(points[index].name) * LETTER
        left, y = _free(x, y, width, taken)
        taken.append((left, left + width, y))
        found[index] = (x + 9, y + 4, "start") if left > x else (x - 9, y + 4, "end")
    return [found[index] for index in range(len(points))]


def _free(x: float, y: float, width: float, taken: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Where a label of a point begins, and how high it stands, among what is ``taken``: (start, end, y) of each."""
    sides = [left for left in (x + 9, x - 9 - width) if left >= LEFT and left + width <= WIDTH] or [x - 9 - width]
    while True:
        for left in sides:
            if not any(abs(y - other) < LINE and left < end and start < left + width for start, end, other in taken):
                return left, y
        y += 2


def _mark(point: Point, place: tuple[float, float], label: tuple[float, float, str]) -> str:
    return (
        f'<g class="gc-point gc-colour-{point.group % COLOURS}" role="button" tabindex="0" '
        f'data-model="{escape(point.name)}" aria-label="{escape(point.title)}"><title>{escape(point.title)}</title>'
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="6"/>{_text(*label[:2], point.name, label[2])}</g>'
    )


def reliability(groups: Iterable[dict[str, float]], across: Axis, up: Axis, title: str) -> str:
    """How right a classifier is where it is how sure: bars, and the diagonal on which they should end.

    Args:
        groups: as ``metrics.reliability`` gives them.
        across, up: the ``Axis`` of confidence and of accuracy, both from 0 to 1.
    """
    bars = "".join(_bin(group) for group in groups)
    return _chart(title, _axes(across, up) + bars + _line(_x(0), _y(0), _x(1), _y(1), "gc-ideal"))


def _bin(group: dict[str, float], wide: float = 0.05) -> str:
    x, y = _x(max(group["confidence"] - wide / 2, 0)), _y(group["accuracy"])
    words = f"{group['confidence']:.0%} → {group['accuracy']:.0%} (n = {group['count']:,})"
    return (
        f'<rect class="gc-filled" x="{x:.1f}" y="{y:.1f}" width="{_x(wide) - _x(0):.1f}" '
        f'height="{_y(0) - y:.1f}"><title>{escape(words)}</title></rect>'
    )


def intervals(rows: Iterable[tuple[str, float, float | None, str, bool]]) -> str:
    """Shares as bars, each with its deviation as a whisker, HTML.

    Args:
        rows: (name, mean 0..1, deviation or None, words, whether it is set off) of each.
    """
    return f'<div class="gc-intervals">{"".join(_interval(*row) for row in rows)}</div>'


def _interval(name: str, mean: float, deviation: float | None, words: str, strong: bool) -> str:
    spread = "" if deviation is None else (
        f'<u style="left:{max(mean - deviation, 0):.2%};width:{min(2 * deviation, 1):.2%}"></u>'
    )  # fmt: skip
    style = ' class="gc-strong"' if strong else ""
    return (
        f'<div{style}><span>{escape(name)}</span><div><i style="width:{mean:.2%}"></i>{spread}</div>'
        f"<span>{escape(words)}</span></div>"
    )


def matrix(counts: Sequence[Sequence[int]], names: Sequence[str], corner: str, keys: Sequence[str] = ()) -> str:
    """A confusion matrix with the diagonal set off; rows are the true (or asked) classes, columns those recognised.

    Args:
        names: of the classes, as they are shown.
        corner: what rows and columns are, in words.
        keys: of the classes; with them each count is a button with ``data-true`` and ``data-found``.
    """
    head = "".join(f"<th scope='col'><span>{escape(name)}</span></th>" for name in names)
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>{_cells(line, truth, keys)}</tr>"
        for truth, (name, line) in enumerate(zip(names, counts))
    )
    return (
        f'<div class="gc-table" tabindex="0"><table class="gc-matrix{"" if keys else " gc-plain-matrix"}"><thead><tr>'
        f"<th>{escape(corner)}</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(line: Sequence[int], truth: int, keys: Sequence[str]) -> str:
    total = max(sum(line), 1)
    return "".join(
        f'<td class="{"gc-right" if found == truth else "gc-wrong"}" style="--share:{count / total:.2f}">'
        f"{_pressed(count, keys[truth], keys[found]) if keys and count else count or ''}</td>"
        for found, count in enumerate(line)
    )


def _pressed(count: int, truth: str, found: str) -> str:
    return f'<button type="button" data-true="{escape(truth)}" data-found="{escape(found)}">{count}</button>'
