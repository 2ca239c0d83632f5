"""Small pieces of HTML: pictures as data addresses, a grid of verdicts, a bar, a table. Everything shown is escaped."""

import base64
from html import escape


def note(words, style="note"):
    """A line of text."""
    return f'<p class="gc-{style}">{escape(words)}</p>'


def picture(png, columns, alt, name="picture.png"):
    """A sheet of small images, shown crisply.

    Args:
        png: the sheet's bytes.
        columns: images in a row, which decides how large it is shown.
        name: the file name under which it is downloaded.
    """
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return (
        f'<figure class="gc-sheet" style="--columns:{columns}">'
        f'<img src="{source}" alt="{escape(alt)}" data-name="{escape(name)}"></figure>'
    )


def verdicts(cells, columns):
    """What a classifier says of each image of a sheet, in the sheet's own columns.

    Args:
        cells: dicts with ``class``, ``probability``, ``right`` (None where nothing was asked) and ``title``.
    """
    return f'<div class="gc-verdicts" style="--columns:{columns}">{"".join(map(_verdict, cells))}</div>'


def _verdict(cell):
    mark = {True: "right", False: "wrong", None: "open"}[cell["right"]]
    return (
        f'<span class="gc-{mark}" title="{escape(cell["title"])}"><b>{escape(cell["class"])}</b>'
        f"<i>{cell['probability']:.0%}</i></span>"
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
        f'<div class="gc-bar" role="progressbar" aria-valuenow="{share:.0%}"><div style="width:{share:.1%}"></div>'
        "</div></div>"
    )


def table(headings, rows):
    """A plain table of texts."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="gc-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
