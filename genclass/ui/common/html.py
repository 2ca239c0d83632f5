"""Small pieces of HTML: pictures as data addresses, a grid of verdicts, a bar, a table. Everything shown is escaped."""

import base64
from html import escape

from genclass.ui.common.text import class_name


def note(words, style="note"):
    """A line of text."""
    return f'<p class="gc-{style}">{escape(words)}</p>'


def empty(title, words):
    """A place where something will be."""
    return f'<div class="gc-empty"><p><strong>{escape(title)}</strong></p><p>{escape(words)}</p></div>'


def picture(png, columns, alt, name="picture.png"):
    """A sheet of small images, shown crisply.

    Args:
        png: the sheet's bytes.
        columns: images in a row, which decides how large it is shown.
        name: the file name under which it is downloaded.
    """
    return (
        f'<figure class="gc-sheet" style="--columns:{columns}">'
        f'<img src="{data_url(png)}" alt="{escape(alt)}" data-name="{escape(name)}"></figure>'
    )


def sheet(png, columns, count, alt, name):
    """The sheet whose images can be chosen: ``page.js`` marks one, and lays the live tile over it."""
    rows = -(-count // columns)
    return (
        f'<figure class="gc-sheet gc-choose" style="--columns:{columns};--rows:{rows}" data-columns="{columns}" '
        f'data-count="{count}" tabindex="0" aria-label="{escape(alt)}"><div class="gc-frame"><img '
        f'src="{data_url(png)}" '
        f'alt="{escape(alt)}" data-name="{escape(name)}" draggable="false"><i class="gc-mark"></i></div></figure>'
    )


def data_url(content, mime="image/png"):
    """Bytes as a data address."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def strip(png, alt, name):
    """A thin row of images over a slider."""
    return f'<img class="gc-row" src="{data_url(png)}" alt="{escape(alt)}" data-name="{escape(name)}">'


def verdicts(cells, columns):
    """What is said of each image of a sheet, in the sheet's own columns.

    Args:
        cells: dicts with ``class`` and ``probability`` (None without a classifier), ``right`` (None where nothing was
            asked), ``real`` (words or None), ``near`` (a PNG or None) and ``title``.
    """
    return f'<div class="gc-verdicts" style="--columns:{columns}">{"".join(map(_verdict, cells))}</div>'


def _verdict(cell):
    mark = {True: "right", False: "wrong", None: "open"}[cell["right"]]
    said = (
        "" if cell["class"] is None else f"<b>{escape(class_name(cell['class']))}</b><i>{cell['probability']:.0%}</i>"
    )
    said += "" if cell["real"] is None else f"<i>{escape(cell['real'])}</i>"
    near = "" if cell["near"] is None else f'<img src="{data_url(cell["near"])}" alt="">'
    return f'<span class="gc-{mark}" title="{escape(cell["title"])}">{near}{said}</span>'


def card(pictures, facts, tops):
    """Pictures side by side, each with a caption, over bars of probabilities and lines of facts.

    Args:
        pictures: (PNG, caption, file name) of each.
        tops: dicts with ``class`` and ``probability``.
    """
    shown = "".join(
        f'<figure><img src="{data_url(png)}" alt="{escape(caption)}" data-name="{escape(name)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for png, caption, name in pictures
    )
    bars = "".join(
        f'<li style="--share:{entry["probability"]:.3f}"><b>{escape(class_name(entry["class"]))}</b>'
        f"<i>{entry['probability']:.0%}</i></li>"
        for entry in tops
    )
    lines = "".join(f"<p>{escape(fact)}</p>" for fact in facts)
    return f'<div class="gc-card"><div class="gc-pictures">{shown}</div><div><ul>{bars}</ul>{lines}</div></div>'


def compare(sides):
    """Sheets side by side: for each (heading, PNG, images in a row, lines below)."""
    shown = "".join(
        f'<div><h4>{escape(heading)}</h4><img src="{data_url(png)}" alt="{escape(heading)}" '
        f'style="--columns:{columns}">'
        f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}</div>"
        for heading, png, columns, lines in sides
    )
    return f'<div class="gc-compare">{shown}</div>'


def walk(png, moving, alt, name):
    """A path: the moving picture beside its strip, which scrolls where it is long."""
    return (
        f'<div class="gc-walk"><img class="gc-moving" src="{moving}" alt=""><div class="gc-long">'
        f'<img src="{data_url(png)}" alt="{escape(alt)}" data-name="{escape(name)}"></div></div>'
    )


def progress(state, state_name, share, facts):
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


def classes(rows):
    """Classes one below the other: for each (name, its count in words, PNG of a row of pictures)."""
    shown = "".join(
        f'<div class="gc-class"><b title="{escape(name)}">{escape(name)}</b><i>{escape(count)}</i>'
        f'<img src="{data_url(png)}" alt=""></div>'
        for name, count, png in rows
    )
    return f'<div class="gc-classes">{shown}</div>'


def table(headings, rows):
    """A plain table of texts."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="gc-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
