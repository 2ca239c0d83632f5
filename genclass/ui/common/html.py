"""Small pieces of HTML: pictures as data URLs, a grid of verdicts, a bar, a table. Everything shown is escaped."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from genclass.data.reading.names import shortened
from genclass.ui.common.text import class_name


def note(words: str, style: str = "note") -> str:
    """A line of text."""
    return f'<p class="gc-{style}">{escape(words)}</p>'


def empty(title: str, words: str) -> str:
    """A place where something will be."""
    return f'<div class="gc-empty"><p><strong>{escape(title)}</strong></p><p>{escape(words)}</p></div>'


def picture(png: bytes, columns: int, alt: str) -> str:
    """A sheet of small images, shown crisply.

    Args:
        png: the sheet's bytes.
        columns: images in a row, which decides how large it is shown.
    """
    return (
        f'<figure class="gc-sheet" style="--columns:{columns}"><img src="{data_url(png)}" alt="{escape(alt)}"></figure>'
    )


def sheet(png: bytes, columns: int, count: int, alt: str, tiles: Sequence[str] = ()) -> str:
    """The sheet whose images can be chosen: ``page.js`` marks one, and lays the live tile over it.

    Args:
        tiles: for a PNG of one long row, which is shown in rows of ``columns``, the words under each image.
    """
    rows = -(-count // columns)
    kind = " gc-tiled" if tiles else ""
    return (
        f'<figure class="gc-sheet gc-choose{kind}" style="--columns:{columns};--rows:{rows}" data-columns="{columns}" '
        f'data-count="{count}" tabindex="0" aria-label="{escape(alt)}"><div class="gc-frame"><img '
        f'src="{data_url(png)}" alt="{escape(alt)}" draggable="false">'
        f'{_tiles(png, tiles) if tiles else ""}<i class="gc-mark"></i></div></figure>'
    )


def _tiles(png: bytes, words: Sequence[str]) -> str:
    shown = "".join(f'<span style="--i:{index}">{escape(word)}</span>' for index, word in enumerate(words))
    return f'<div class="gc-tiles" style="--sheet:url({data_url(png)});--n:{len(words)}">{shown}</div>'


def data_url(content: bytes, mime: str = "image/png") -> str:
    """Bytes as a data URL."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def strip(png: bytes, alt: str) -> str:
    """A thin row of images over a slider."""
    return f'<img class="gc-row" src="{data_url(png)}" alt="{escape(alt)}">'


def verdicts(cells: Iterable[dict[str, Any]], columns: int, summary: str) -> str:
    """What is said of each image of a sheet, in the sheet's own columns.

    Args:
        cells: dicts with ``class`` and ``probability`` (None without a classifier), ``right`` (None where nothing was
            asked), ``real`` (words or None), ``image`` (its PNG) and ``title``.
        summary: what they come to; ``page.js`` opens and closes what is below it.
    """
    grid = f'<div class="gc-verdicts" style="--columns:{columns}">{"".join(map(_verdict, cells))}</div>'
    return f'<details class="gc-fold"><summary>{escape(summary)}</summary>{grid}</details>'


def _verdict(cell: dict[str, Any]) -> str:
    mark = {True: "right", False: "wrong", None: "open"}[cell["right"]]
    said = (
        ""
        if cell["class"] is None
        else f"<b>{escape(shortened(class_name(cell['class']), 40))}</b><i>{cell['probability']:.0%}</i>"
    )
    said += "" if cell["real"] is None else f"<i>{escape(cell['real'])}</i>"
    image = f'<img src="{data_url(cell["image"])}" alt="">'
    return f'<span class="gc-{mark}" title="{escape(cell["title"])}">{image}{said}</span>'


def card(pictures: Iterable[tuple[bytes, str]], facts: Iterable[str], tops: Iterable[dict[str, Any]]) -> str:
    """Pictures side by side, each with a caption, over bars of probabilities and lines of facts.

    Args:
        pictures: (PNG, caption) of each.
        tops: dicts with ``class`` and ``probability``.
    """
    shown = "".join(
        f'<figure><img src="{data_url(png)}" alt="{escape(caption)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for png, caption in pictures
    )
    bars = "".join(
        f'<li style="--share:{entry["probability"]:.3f}"><b>{escape(shortened(class_name(entry["class"]), 40))}</b>'
        f"<i>{entry['probability']:.0%}</i></li>"
        for entry in tops
    )
    lines = "".join(f"<p>{escape(fact)}</p>" for fact in facts)
    return f'<div class="gc-card"><div class="gc-pictures">{shown}</div><div><ul>{bars}</ul>{lines}</div></div>'


@dataclass(frozen=True)
class Side:
    """A sheet beside another: a heading, the PNG with so many images in a row, and lines below."""

    heading: str
    png: bytes
    columns: int
    lines: Sequence[str]


def compare(sides: Iterable[Side]) -> str:
    """Sheets side by side."""
    return f'<div class="gc-compare">{"".join(map(_side, sides))}</div>'


def _side(side: Side) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in side.lines)
    return (
        f'<div><h4>{escape(side.heading)}</h4><img src="{data_url(side.png)}" alt="{escape(side.heading)}" '
        f'style="--columns:{side.columns}">{lines}</div>'
    )


def walk(png: bytes, moving: str, alt: str) -> str:
    """A path: the moving picture (a data URL) beside its strip, which scrolls where it is long."""
    return (
        f'<div class="gc-walk"><img class="gc-moving" src="{moving}" alt=""><div class="gc-long">'
        f'<img src="{data_url(png)}" alt="{escape(alt)}"></div></div>'
    )


def moving(url: str, alt: str) -> str:
    """An animation in the place of a sheet, by its data URL."""
    return (
        f'<figure class="gc-sheet" style="--columns:1;--rows:1"><div class="gc-frame"><img src="{url}" '
        f'alt="{escape(alt)}"></div></figure>'
    )


def progress(state: str, state_name: str, share: float, facts: Iterable[str]) -> str:
    """A run at a glance: its state, a bar, and facts in words.

    Args:
        share: 0 to 1.
    """
    told = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<div class="gc-run"><div class="gc-facts"><strong class="gc-state-{escape(state)}">{escape(state_name)}'
        f"</strong>{told}</div>"
        f'<div class="gc-bar" role="progressbar" aria-label="{escape(state_name)}" aria-valuenow="{share * 100:.0f}">'
        f'<div style="width:{share:.1%}"></div></div></div>'
    )


def classes(rows: Iterable[tuple[str, str, bytes]]) -> str:
    """Classes one below the other: for each (name, its count in words, PNG of a row of pictures)."""
    shown = "".join(
        f'<div class="gc-class"><b title="{escape(name)}">{escape(shortened(name, 40))}</b><i>{escape(count)}</i>'
        f'<img src="{data_url(png)}" alt=""></div>'
        for name, count, png in rows
    )
    return f'<div class="gc-classes">{shown}</div>'


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A plain table of texts."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="gc-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
