"""Many images at once: a table, a CSV, and with one folder for each class accuracy and a confusion matrix."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import gradio as gr

from genclass.analysis.batch_classify import CHUNK, Verdict, verdicts
from genclass.data.reading import names
from genclass.errors import GenClassError
from genclass.files import budget, decode, walk
from genclass.ui.classify import batch_table
from genclass.ui.common import decoded_upload, html, model_cache
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, answers, from_script, parts_of, safely, safely_each
from genclass.ui.common.text import say
from genclass.ui.server import quota, uploads
from genclass.ui.static import static

MOST = 2000


@dataclass(frozen=True)
class Item:
    """A file of a visitor: what it was called there, with its folders, and where it lies here (None if empty)."""

    name: str
    path: Path | None

    @property
    def folders(self) -> list[str]:
        """The names of the folders that it lay in, outermost first, as classes are called."""
        return [names.class_name(folder) for folder in self.name.split("/")[:-1]]

    def may_be_picture(self) -> bool:
        """Whether it is to be answered: every file that was given by itself, and of folders what training takes."""
        inside = PurePosixPath(self.name)
        return not self.folders or walk.may_be_picture(inside) and not walk.is_hidden(inside)


@dataclass
class BatchPanel:
    """The components."""

    model: gr.Dropdown
    zone: gr.HTML
    progress: gr.HTML
    csv: gr.DownloadButton
    table: gr.HTML


def build() -> BatchPanel:
    """Lay the panel out."""
    model = gr.Dropdown(model_cache.names("classifier"), label=say("model"), elem_id="many-model")
    zone = gr.HTML(html_template=_zone(), js_on_load=static("batch.js"), elem_id="many-drop")
    progress = gr.HTML(elem_id="many-progress")
    csv = gr.DownloadButton(say("download_csv"), visible=False, elem_id="many-csv", elem_classes="gc-alone", size="md")
    return BatchPanel(model, zone, progress, csv, gr.HTML(js_on_load=static("table.js"), elem_id="many-table"))


def connect(panel: BatchPanel, demo: gr.Blocks) -> None:
    """Connect the events."""
    answered = answers(answer, parts_of(panel, "progress", "table", "csv"))
    panel.zone.submit(**answered, **from_script(panel.zone, panel.model), **LIVE, **CLASSIFIERS)
    demo.load(_present_models, None, panel.model, **WATCH)


def _zone() -> str:
    words = {
        key: say(f"many_{key}", most=MOST, done="{done}", total="{total}") for key in ("most", "sending", "failed")
    }
    attributes = " ".join(f'data-{key}="{value}"' for key, value in words.items())
    return (
        f'<div class="gc-drop" {attributes}><p class="gc-drop-title">{say("many_drop")}</p>'
        f'<p class="gc-note">{say("many_hint")}</p>'
        f'<p><button type="button" class="gc-plain gc-choose-files">{say("choose_files")}</button> '
        f'<button type="button" class="gc-plain gc-choose-folder">{say("choose_folder")}</button></p>'
        '<p class="gc-drop-status" role="status"></p>'
        '<input type="file" multiple hidden><input type="file" webkitdirectory hidden></div>'
    )


@safely
def _present_models() -> dict[str, Any]:
    names = model_cache.names("classifier")
    return gr.update(choices=names, value=names[0] if names else None)


@safely_each
def answer(files: object, model: object) -> Iterator[dict[str, Any]]:
    """Progress while it works; then the table and the CSV."""
    classifier = model_cache.load(model, "classifier")
    items = received(files)
    paths = list(dict.fromkeys(item.path for item in items if item.path is not None))  # each is decoded once
    most = budget.pixels_for(paths)
    decode.check_together([functools.partial(Path, path) for path in paths], decode.ENOUGH, most)
    found = verdicts(decoded_upload.answerer(classifier), paths, budget.Budget(most))
    known, rows = dict[Path | None, Verdict | None]({None: None}), []
    for item in items:
        if item.path not in known:
            known[item.path] = next(found)
        rows.append(batch_table.row(classifier, item, known[item.path]))
        if len(rows) % CHUNK == 0:
            yield {"progress": _progress(len(rows), len(items))}
    path = quota.save(batch_table.csv_bytes(rows), "genclass.csv")
    yield {"progress": "", "table": batch_table.page(classifier, rows), "csv": gr.update(value=path, visible=True)}


def _progress(done: int, total: int) -> str:
    return html.progress("running", say("many_working"), done / total, [say("many_done", done=done, total=total)])


def received(files: object) -> list[Item]:
    """Check what the browser handed over.

    Raises:
        GenClassError: ``nothing_given``, ``too_many_images``, ``no_url``, or ``no_images`` where a folder holds none.
    """
    if not isinstance(files, list) or not files:
        raise GenClassError("nothing_given")
    if len(files) > MOST:
        raise GenClassError("too_many_images", most=MOST)
    found = [item for item in map(_item, files) if item.may_be_picture()]
    if not found:
        raise GenClassError("no_images")
    return found


def _item(file: Any) -> Item:
    if not isinstance(file, dict) or not isinstance(file.get("name"), str):
        raise GenClassError("nothing_given")
    return Item(file["name"], None if file.get("path") is None else uploads.uploaded(file).resolve())
