"""A run's pictures, newest and earlier: samples on fixed latents, or test images and what is wrong about them."""

from html import escape
from pathlib import Path
from typing import Any

from genclass.analysis.recognised_by import COLUMNS as COLUMNS_OF_HEAT
from genclass.files import records
from genclass.files.records import a_list, an_object, is_count, is_number, is_text
from genclass.ui.common import charts, html
from genclass.ui.common.text import class_name, say

COLUMNS = 10
MATRIX_CLASSES = 20  # more would not fit
Picture = tuple[int, Path]  # the step that it shows, and where it lies
RECORD = {"classes": a_list(is_text), "confusion": a_list(a_list(is_count)),
          "wrong": a_list(an_object({"truth": is_count, "said": is_count, "probability": is_number}))}  # fmt: skip


def shown(status: dict[str, Any] | None, pictures: list[Picture], index: int) -> tuple[str, str]:
    """(picture, what is wrong and for what it is taken) of one of a run's pictures, as HTML.

    Args:
        status: as ``runs.status`` gives it.
        pictures: as ``runs.pictures`` gives them.
        index: which; one that is not there counts as the newest.
    """
    if status is None or not pictures:
        return "", ""
    number, path = pictures[index] if 0 <= index < len(pictures) else pictures[-1]
    step = f"{number:,}"
    caption = say(f"picture_{status['kind']}", step=step)
    try:
        picture = html.picture(path.read_bytes(), COLUMNS, caption)
        return picture + html.note(caption), _heat(path) + _mistakes(path, step)
    except OSError:  # a resume cuts pictures back; or the disk is damaged
        return "", ""


def _heat(path: Path) -> str:
    """What each class was recognised by, where the run has drawn that: a row a class, in the order of the names."""
    file = path.with_name(f"{path.stem}-heat.png")
    if not file.exists():
        return ""
    title = say("recognised_by")
    picture = html.picture(file.read_bytes(), COLUMNS_OF_HEAT, title)
    return f"<h3>{escape(title)}</h3>{picture}{html.note(say('recognised_by_info'))}"


def _mistakes(path: Path, step: str) -> str:
    try:
        record = records.read(path.with_suffix(".json"), RECORD)
        return _wrong(record, path.with_name(f"{path.stem}-wrong.png"), step) + _matrix(record, step)
    except (OSError, ValueError, IndexError):  # a GAN's picture has none; or it is damaged
        return ""


def _wrong(record: dict[str, Any], sheet: Path, step: str) -> str:
    """The images it is most wrong about: each a window onto one sheet."""
    if not record["wrong"]:
        return html.note(say("none_wrong"))
    tiles = "".join(
        f'<figure><i style="--i:{index}" role="img" aria-label="{escape(_named(record, "truth", entry))}"></i>'
        f"<figcaption><b>{escape(_named(record, 'said', entry))}</b> {entry['probability']:.0%}"
        f"<br>{escape(say('really', name=_named(record, 'truth', entry)))}</figcaption></figure>"
        for index, entry in enumerate(record["wrong"])
    )
    style = f"--n:{len(record['wrong'])};--sheet:url({html.data_url(sheet.read_bytes())})"
    return f"<h3>{escape(say('most_wrong', step=step))}</h3>" + f'<div class="gc-wrongs" style="{style}">{tiles}</div>'


def _named(record: dict[str, Any], key: str, entry: dict[str, Any]) -> str:
    return class_name(record["classes"][entry[key]])


def _matrix(record: dict[str, Any], step: str) -> str:
    names, rows = [class_name(name) for name in record["classes"]], record["confusion"]
    if len(names) > MATRIX_CLASSES:
        return ""
    return f"<h3>{escape(say('confusion', step=step))}</h3>{charts.matrix(rows, names, say('confusion_corner'))}"
