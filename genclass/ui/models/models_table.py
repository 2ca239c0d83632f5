"""All models side by side: quality against speed as pictures, and a table that sorts."""

from html import escape

from genclass.ui.common import charts, html
from genclass.ui.common.text import say
from genclass.ui.common.units import duration

COLUMNS = ("model", "kind", "data", "accuracy", "frechet", "parameters", "size", "speed", "seconds", "date")
LEAST = 1e-3  # a logarithmic axis takes nothing smaller
ACCURACY_TICKS = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 1)


def page(every, times, chosen):
    """Pictures and table.

    Args:
        every: a list of ``facts.Facts``.
        times: milliseconds for one image by name, of those measured so far.
        chosen: the name of the model whose card is open, or None.
    """
    if not every:
        return html.note(say("choose_none"))
    groups = list(dict.fromkeys(_family(one) for one in every))
    pictures = "".join(_picture(kind, every, times, groups) for kind in ("classifier", "gan"))
    return f'<div class="gc-two">{pictures}</div>{charts.legend(groups)}{_table(every, times, chosen)}'


def _family(one):
    """A data set with its small part, which makes models comparable."""
    return one.config["dataset"].removesuffix("-mini")


def _picture(kind, every, times, groups):
    shown = [one for one in every if one.kind == kind and one.quality is not None and one.name in times]
    heading = f"<h4>{say(f'choose_picture_{kind}')}</h4>"
    if not shown:
        waiting = any(one.kind == kind and one.quality is not None for one in every)
        return f"<section>{heading}{html.note(say('choose_timing' if waiting else f'choose_empty_{kind}'))}</section>"
    points = [_point(one, times, groups) for one in shown]
    across = charts.Axis(charts.decades([point.x for point in points]), say("choose_axis_speed"), _short, log=True)
    up = _accuracy_axis(points) if kind == "classifier" else _distance_axis(points)
    missing = sum(one.kind == kind and one.quality is None for one in every)
    note = html.note(say("choose_unmeasured", count=missing)) if missing else ""
    return f"<section>{heading}{charts.scatter(points, across, up, say(f'choose_picture_{kind}'))}{note}</section>"


def _point(one, times, groups):
    value, group = max(one.quality.value, LEAST), groups.index(_family(one))
    return charts.Point(one.name, times[one.name], value, group, _spoken(one, times))


def _accuracy_axis(points):
    lowest = min(point.y for point in points)
    first = max(tick for tick in ACCURACY_TICKS[:-1] if tick <= lowest)  # an axis is never a point: all may be right
    ticks = [tick for tick in ACCURACY_TICKS if tick >= first]
    return charts.Axis(ticks, say("choose_axis_accuracy"), lambda tick: f"{tick:.0%}")


def _distance_axis(points):
    ticks = charts.decades([point.y for point in points])
    return charts.Axis(ticks, say("choose_axis_distance"), _short, log=True, falling=True)


def _short(tick):
    return f"{tick:g}"


def _spoken(one, times):
    return say("choose_point", name=one.name, quality=quality(one.quality), time=f"{times[one.name]:.2g}")


def quality(figure):
    """A ``facts.Quality`` in words that say what it is."""
    values = {"value": f"{figure.value:.2%}" if figure.name == "accuracy" else f"{figure.value:.1f}"}
    return say(f"quality_{figure.name}", judge=figure.judge, **values)


def _table(every, times, chosen):
    heads = "".join(
        f'<th data-sorts tabindex="0" title="{escape(say(f"choose_about_{name}"))}">{say(f"choose_{name}")}</th>'
        for name in COLUMNS
    )
    rows = "".join(_row(one, times.get(one.name), one.name == chosen) for one in every)
    return (
        f'<div class="gc-table gc-models"><table><thead class="gc-sorts"><tr>{heads}</tr></thead>'
        f'<tbody class="gc-many">{rows}</tbody></table></div>'
    )


def _row(one, time, chosen):
    origin = say("choose_shipped" if one.shipped else "choose_own")
    name = (
        f'<button type="button" class="gc-link" data-model="{escape(one.name)}">{escape(one.name)}</button>'
        f"<small>{origin}</small>"
    )
    cells = [
        (one.name, name),
        (one.kind, say(f"choose_kind_{one.kind}")),
        (one.config["dataset"], escape(one.config["dataset"])),
        _figure(one.qualities.get("accuracy")),
        _figure(one.qualities.get("frechet"), one.qualities.get("fid")),
        (f"{one.parameters:012}", count(one.parameters)),
        (f"{one.size:012}", size(one.size)),
        ("", "…") if time is None else (f"{time:012.6f}", say("choose_milliseconds", time=f"{time:.1f}")),
        ("", "–") if one.seconds is None else (f"{one.seconds:012.2f}", _training(one)),
        (one.date or "", escape(one.date or "–")),
    ]
    shown = "".join(f'<td data-sort="{escape(key)}">{content}</td>' for key, content in cells)
    return f'<tr data-model="{escape(one.name)}"{" class=gc-on" if chosen else ""}>{shown}</tr>'


def _training(one):
    return duration(one.seconds) + (f"<small>{escape(one.gpu)}</small>" if one.gpu else "")


def _figure(*figures):
    """(what it is sorted by, HTML) of what is known of them: each value over what it was measured by."""
    known = [figure for figure in figures if figure is not None]
    if not known:
        return "", "–"
    shown = "".join(f"{_value(figure)}<small>{escape(_origin(figure))}</small>" for figure in known)
    return f"{known[0].value:015.6f}", shown


def _value(figure):
    return f"{figure.value:.2%}" if figure.name == "accuracy" else f"{figure.value:.1f}"


def _origin(figure):
    words = [say(f"quality_by_{figure.name}", judge=figure.judge)] if figure.name != "accuracy" else []
    words += [say("quality_samples", count=f"{figure.samples:,}")] if figure.samples else []
    words += [say("quality_here")] if figure.here else []
    return " · ".join(words)


def count(number):
    """A number of parameters in words."""
    return say("choose_millions", count=f"{number / 1e6:.2f}") if number >= 10_000 else f"{number:,}"


def size(number):
    """Bytes in words."""
    return say("choose_megabytes", count=f"{number / 1e6:.1f}")
