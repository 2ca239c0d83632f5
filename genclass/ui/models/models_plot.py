"""All models in two pictures: quality against speed."""

from collections.abc import Mapping, Sequence

from genclass.models.facts import Facts, Quality
from genclass.ui.common import charts, html
from genclass.ui.common.text import say
from genclass.ui.models.best_models import families_filter, family
from genclass.ui.models.models_table import quality

LEAST = 1e-3  # a logarithmic axis takes nothing smaller
ACCURACY_TICKS = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 1)


def pictures(every: Sequence[Facts], times: Mapping[str, float]) -> str:
    """Classifiers and GANs, as HTML.

    Args:
        times: milliseconds for one image by name, of those measured so far.
    """
    groups = list(dict.fromkeys(family(one) for one in every))
    both = "".join(picture(kind, every, times, groups) for kind in ("classifier", "gan"))
    return f'{families_filter(groups)}<div class="gc-two">{both}</div>'


def picture(kind: str, every: Sequence[Facts], times: Mapping[str, float], groups: list[str]) -> str:
    """Models of one kind; ``groups`` are the data sets, in the order of their colours."""
    mine = [one for one in every if one.kind == kind]
    known = [(one, one.quality) for one in mine if one.quality is not None]
    shown = [_point(one, figure, times[one.name], groups) for one, figure in known if one.name in times]
    heading = f"<h4>{say(f'choose_picture_{kind}')}</h4>"
    if not shown:
        return f"<section>{heading}{html.note(say('choose_timing' if known else f'choose_empty_{kind}'))}</section>"
    across = charts.Axis(charts.decades([point.x for point in shown]), say("choose_axis_speed"), _short, log=True)
    up = accuracy_axis(shown) if kind == "classifier" else distance_axis(shown)
    missing = len(mine) - len(known)
    note = html.note(say("choose_unmeasured", count=missing)) if missing else ""
    return f"<section>{heading}{charts.scatter(shown, across, up, say(f'choose_picture_{kind}'))}{note}</section>"


def _point(one: Facts, figure: Quality, time: float, groups: list[str]) -> charts.Point:
    words = say("choose_point", name=one.name, quality=quality(figure), time=f"{time:.2g}")
    return charts.Point(one.name, time, max(figure.value, LEAST), groups.index(family(one)), words)


def accuracy_axis(points: Sequence[charts.Point]) -> charts.Axis:
    """From a round number below the lowest accuracy to 1."""
    lowest = min(point.y for point in points)
    first = max(tick for tick in ACCURACY_TICKS[:-1] if tick <= lowest)  # an axis is never a point: all may be right
    ticks = [tick for tick in ACCURACY_TICKS if tick >= first]
    return charts.Axis(ticks, say("choose_axis_accuracy"), lambda tick: f"{tick:.0%}")


def distance_axis(points: Sequence[charts.Point]) -> charts.Axis:
    """Around all distances; the smallest, which are the best, lie highest."""
    ticks = charts.decades([point.y for point in points])
    return charts.Axis(ticks, say("choose_axis_distance"), _short, log=True, falling=True)


def _short(tick: float) -> str:
    return f"{tick:g}"
