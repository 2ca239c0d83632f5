"""Answers to many images as a table, a CSV and a confusion matrix. Names of files are text, whatever they hold."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import torch

from genclass.analysis.batch_classify import Verdict
from genclass.analysis.metrics import confusion
from genclass.errors import GenClassError
from genclass.models.classifier import Classifier
from genclass.ui.common import charts, decoded_upload, figures, html, text
from genclass.ui.common.text import class_name, say

if TYPE_CHECKING:
    from genclass.ui.classify.batch_panel import Item

FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the beginning of a formula
COLUMNS = ("file", "label", "probability", "warning", "folder")


@dataclass(frozen=True)
class Row:
    """One image: ``thumbnail`` is a data URL, ``truth`` the class whose folder it lay in; empty where unknown."""

    name: str
    thumbnail: str
    label: str
    probability: float | None
    warning: str
    truth: str


def row(classifier: Classifier, item: "Item", verdict: Verdict | None) -> Row:
    """The row of a file; ``verdict`` is None for an empty one."""
    name = printable(item.name)
    truth = next((folder for folder in reversed(item.folders) if folder in classifier.classes), "")
    if verdict is None or verdict.small is None or verdict.answer is None:
        return Row(name, "", "", None, text.sentence(_fault(verdict)), truth)
    best = classifier.top(verdict.answer.probabilities.numpy(), 1)[0]
    doubts = [say(f"doubt_{verdict.answer.doubt}")] if verdict.answer.doubt else []
    warning = " ".join([*doubts, *map(text.sentence, verdict.notes)])
    thumbnail = figures.source(decoded_upload.channels_last(verdict.small))
    return Row(name, thumbnail, best["class"], best["probability"], warning, truth)


def _fault(verdict: Verdict | None) -> GenClassError:
    error = (verdict and verdict.error) or GenClassError("broken_image")
    return GenClassError("upload_gone") if error.code == "missing_file" else error  # its path is the server's


def printable(name: str) -> str:
    """A name with control characters made visible, as in ``\\x07``."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in name)


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """A CSV with a heading, in UTF-8 with a mark of its encoding; no cell is taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for one in rows:
        share = "" if one.probability is None else f"{one.probability:.6f}"
        writer.writerow([harmless(cell) for cell in (one.name, one.label, share, one.warning, one.truth)])
    return buffer.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as text."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA) else cell


def page(classifier: Classifier, rows: Sequence[Row]) -> str:
    """Everything about many images, as HTML: a sentence, figures where classes are known, the table."""
    return _summary(rows) + _agreement(classifier, rows) + _table(rows)


def _summary(rows: Sequence[Row]) -> str:
    bad = sum(one.probability is None for one in rows)
    odd = sum(one.probability is not None and one.warning.startswith(say("doubt_unfamiliar")) for one in rows)
    words = [say("many_answered", count=len(rows) - bad)]
    words += [say("many_bad", count=bad)] if bad else []
    words += [say("many_odd", count=odd)] if odd else []
    return html.note(text.together(*words), "summary")


def _agreement(classifier: Classifier, rows: Sequence[Row]) -> str:
    """Accuracy and confusion matrix over the images whose folder is named like a class."""
    known = [one for one in rows if one.truth and one.label]
    if not known:
        return ""
    named = {one.truth for one in known} | {one.label for one in known}
    classes = [name for name in classifier.classes if name in named]
    truth, label = (torch.tensor([classes.index(getattr(one, part)) for one in known]) for part in ("truth", "label"))
    right = int((truth == label).sum())
    words = say("many_accuracy", right=right, count=len(known), share=f"{right / len(known):.1%}")
    counts = confusion(label, truth, len(classes)).tolist()
    matrix = charts.matrix(counts, [class_name(name) for name in classes], say("matrix_corner"), keys=classes)
    return f"{html.note(words, 'summary')}<details open><summary>{say('matrix')}</summary>{matrix}</details>"


def _table(rows: Sequence[Row]) -> str:
    heads = "".join(f'<th data-sorts tabindex="0">{say(f"many_{name}")}</th>' for name in COLUMNS)
    body = "".join(map(_line, rows))
    shown = say("many_shown", shown=f'<span class="gc-shown">{len(rows)}</span>', count=len(rows))
    return (
        f'<div class="gc-tools"><input class="gc-filter" type="search" placeholder="{say("many_filter")}" '
        f'aria-label="{say("many_filter")}"><span class="gc-note">{shown}</span></div>'
        f'<div class="gc-table gc-tall"><table><thead class="gc-sorts"><tr><th></th>{heads}</tr></thead>'
        f'<tbody class="gc-many">{body}</tbody></table></div>'
    )


def _line(one: Row) -> str:
    picture = f'<img src="{one.thumbnail}" alt="">' if one.thumbnail else ""
    share = "" if one.probability is None else f"{one.probability:.1%}"
    style = "gc-bad" if one.probability is None else ("gc-odd" if one.warning else "")
    return (
        f'<tr class="{style}" data-true="{escape(one.truth)}" data-found="{escape(one.label)}"><td>{picture}</td>'
        f"<td>{escape(one.name)}</td><td>{escape(class_name(one.label))}</td>"
        f'<td data-sort="{-1 if one.probability is None else one.probability:.6f}">{share}</td>'
        f"<td>{escape(one.warning)}</td><td>{escape(class_name(one.truth))}</td></tr>"
    )
