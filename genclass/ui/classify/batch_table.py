"""Answers to many images as a table, a CSV and a confusion matrix. Names of files are text, whatever they hold."""

import csv
import io
from dataclasses import dataclass
from html import escape

import torch

from genclass.analysis.metrics import confusion
from genclass.errors import GenClassError
from genclass.ui.common import decoded_upload, figures, html, text
from genclass.ui.common.text import class_name, say

FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the beginning of a formula
COLUMNS = ("file", "label", "probability", "warning", "folder")


@dataclass(frozen=True)
class Row:
    """One image: ``thumbnail`` is a data address, ``truth`` the class whose folder it lay in; empty where unknown."""

    name: str
    thumbnail: str
    label: str
    probability: float | None
    warning: str
    truth: str


def row(classifier, item, verdict):
    """The row of a file.

    Args:
        item: a ``many.Item``.
        verdict: its ``genclass.many.Verdict``, or None for an empty file.
    """
    name, truth = printable(item.name), item.folder if item.folder in classifier.classes else ""
    error = GenClassError("broken_image") if verdict is None else verdict.error
    if error is not None:
        error = GenClassError("upload_gone") if error.code == "missing_file" else error  # its path is the server's
        return Row(name, "", "", None, text.sentence(error), truth)
    best = classifier.top(verdict.probabilities.numpy(), 1)[0]
    warning = say("unlike") if verdict.out_of_distribution else ""
    thumbnail = figures.source(decoded_upload.pixels(verdict.small))
    return Row(name, thumbnail, best["class"], best["probability"], warning, truth)


def printable(name):
    """A name with control characters made visible, as in ``\\x07``."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in name)


def csv_bytes(rows):
    """A CSV with a heading, in UTF-8 with a mark of its encoding; no cell is taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for one in rows:
        share = "" if one.probability is None else f"{one.probability:.6f}"
        writer.writerow([harmless(cell) for cell in (one.name, one.label, share, one.warning, one.truth)])
    return buffer.getvalue().encode("utf-8-sig")


def harmless(cell):
    """A cell that a spreadsheet shows as text."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA) else cell


def page(classifier, rows):
    """Everything about many images, as HTML: a sentence, figures where classes are known, the table."""
    return _summary(rows) + _agreement(classifier, rows) + _table(rows)


def _summary(rows):
    bad = sum(one.probability is None for one in rows)
    odd = sum(one.probability is not None and bool(one.warning) for one in rows)
    words = [say("many_answered", count=len(rows) - bad)]
    words += [say("many_bad", count=bad)] if bad else []
    words += [say("many_odd", count=odd)] if odd else []
    return html.note(" ".join(words), "summary")


def _agreement(classifier, rows):
    """Accuracy and confusion matrix over the images whose folder is named like a class."""
    known = [one for one in rows if one.truth and one.label]
    if not known:
        return ""
    classes = [
        name for name in classifier.classes if name in {one.truth for one in known} | {one.label for one in known}
    ]
    truth, label = (torch.tensor([classes.index(getattr(one, part)) for one in known]) for part in ("truth", "label"))
    right = int((truth == label).sum())
    words = say("many_accuracy", right=right, count=len(known), share=f"{right / len(known):.1%}")
    return html.note(words, "summary") + _matrix(confusion(label, truth, len(classes)).tolist(), classes)


def _matrix(counts, classes):
    head = "".join(f"<th>{escape(class_name(name))}</th>" for name in classes)
    body = "".join(_matrix_row(name, line, classes) for name, line in zip(classes, counts))
    return (
        f'<details open><summary>{say("matrix")}</summary><div class="gc-table"><table class="gc-matrix"><thead><tr>'
        f"<th>{say('matrix_corner')}</th>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _matrix_row(truth, counts, classes):
    cells = "".join(_cell(truth, label, count, sum(counts)) for label, count in zip(classes, counts))
    return f"<tr><th>{escape(class_name(truth))}</th>{cells}</tr>"


def _cell(truth, label, count, total):
    if not count:
        return "<td></td>"
    kind = "right" if truth == label else "wrong"
    return (
        f'<td class="gc-{kind}" style="--share:{count / total:.2f}"><button type="button" data-true="{escape(truth)}" '
        f'data-found="{escape(label)}">{count}</button></td>'
    )


def _table(rows):
    heads = "".join(f'<th data-sorts tabindex="0">{say(f"many_{name}")}</th>' for name in COLUMNS)
    body = "".join(map(_line, rows))
    shown = say("many_shown", shown=f'<span class="gc-shown">{len(rows)}</span>', count=len(rows))
    return (
        f'<div class="gc-tools"><input class="gc-filter" type="search" placeholder="{say("many_filter")}" '
        f'aria-label="{say("many_filter")}"><span class="gc-note">{shown}</span></div>'
        f'<div class="gc-table gc-tall"><table><thead class="gc-sorts"><tr><th></th>{heads}</tr></thead>'
        f'<tbody class="gc-many">{body}</tbody></table></div>'
    )


def _line(one):
    picture = f'<img src="{one.thumbnail}" alt="">' if one.thumbnail else ""
    share = "" if one.probability is None else f"{one.probability:.1%}"
    style = "gc-bad" if one.probability is None else ("gc-odd" if one.warning else "")
    return (
        f'<tr class="{style}" data-true="{escape(one.truth)}" data-found="{escape(one.label)}"><td>{picture}</td>'
        f"<td>{escape(one.name)}</td><td>{escape(class_name(one.label))}</td>"
        f'<td data-sort="{-1 if one.probability is None else one.probability:.6f}">{share}</td>'
        f"<td>{escape(one.warning)}</td><td>{escape(class_name(one.truth))}</td></tr>"
    )
