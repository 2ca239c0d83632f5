"""A visitor's own images: a zip, or classes made in the page, and a preview of both before anything is trained.

What has been added lies in a draft on this server; the browser keeps its id, so that a reload loses nothing.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from gradio.events import Dependency

from genclass.data import split
from genclass.data.reading import notes
from genclass.data.reading.readings import Reading
from genclass.errors import GenClassError, check_choice
from genclass.files import images
from genclass.jobs import draft_warnings, drafts
from genclass.train.presets import PRESETS
from genclass.train.run.layout import Owner
from genclass.ui.common import camera as cameras
from genclass.ui.common import html
from genclass.ui.common.events import HIDDEN, RAW, Event, Parts, answers, from_script, parts_of, safely, tell_script
from genclass.ui.common.text import say, sentence, together
from genclass.ui.server import gradio_patches, uploads, visitors
from genclass.ui.train import start

SHOWN_CLASSES = 40
EMPTIED = ("zipped", "files")  # once what they hold is in the draft
UNSAID = ("set_by_hand", "set_no_classes", "set_smaller")  # the rows of classes say it, or what a run will take
MIRRORED = {"auto": None, "yes": True, "no": False}  # what is asked of the setting flip
SHOWN_IMAGES = 8
DRAFTS: Event = {"concurrency_id": "drafts", "concurrency_limit": 2}


@dataclass
class OwnImagesPanel:
    """The components; ``draft`` stands outside the tabs."""

    draft: gr.BrowserState
    box: gr.Column
    zipped: gr.File
    name: gr.Textbox
    files: gr.File
    camera: gr.HTML
    preview: gr.HTML
    mirror: gr.Radio
    read_as: gr.Radio
    doomed: gr.Dropdown
    remove: gr.Button
    discard: gr.Button

    def following(self) -> Parts:
        """What follows the draft, by the names of ``_told``."""
        return parts_of(self, "draft", "preview", "read_as", "doomed", "zipped", "files")


def build_memory() -> gr.BrowserState:
    """Where the browser keeps the draft's id."""
    return gr.BrowserState(None, storage_key="genclass-draft", secret="genclass")


def build(draft: gr.BrowserState) -> OwnImagesPanel:
    """Lay the panel out, hidden until one's own images are chosen; ``draft`` is as ``build_memory`` made it."""
    with gr.Column(visible=False, elem_id="own", elem_classes="gc-own") as box:
        name = gr.Textbox(label=say("own_name"), placeholder=say("own_name_hint"), max_lines=1, elem_id="own-name")
        files = gr.File(label=say("own_files"), file_types=["image"], file_count="multiple", height=120,
                        elem_id="own-files")  # fmt: skip
        preview = gr.HTML(html.note(say("own_nothing")), elem_id="own-preview")
        with gr.Accordion(say("own_camera"), open=False, elem_id="own-camera-fold"):
            words = {
                key: say(f"own_camera_{key}", count="{count}")
                for key in ("on", "nameless", "recorded", "added", "failed")
            }
            camera = cameras.build("own-camera", "burst.js", say("own_camera_hold"), **words)
        zipped = gr.File(label=say("own_zip"), file_types=[".zip"], height=44, elem_id="train-zip",
                         elem_classes="gc-drop-line")  # fmt: skip
        read_as = gr.Radio([], label=say("own_read_as"), visible=False, elem_id="own-read-as")
        mirror = gr.Radio([(say(f"own_mirror_{choice}"), choice) for choice in MIRRORED], value="auto",
                          label=say("own_mirror"), info=say("about_own_mirror"), elem_id="own-mirror")  # fmt: skip
        with gr.Row(elem_classes="gc-buttons", elem_id="own-remove-row"):
            doomed = gr.Dropdown([], label=say("own_doomed"), min_width=130, elem_id="own-doomed")
            remove = gr.Button(say("own_remove"), min_width=90, elem_id="own-remove")
            discard = gr.Button(say("own_discard"), min_width=90, elem_id="own-discard")
    return OwnImagesPanel(draft, box, zipped, name, files, camera, preview, mirror, read_as, doomed, remove, discard)


def connect(panel: OwnImagesPanel, kind: gr.Radio, preset: gr.Radio) -> Callable[[Dependency], Dependency]:
    """Connect the panel's events; ``preset`` follows what is fit for so many images.

    Returns:
        A function that fills the panel after an event that may have chosen one's own images.
    """
    # What is dropped while what came before is still looked at counts too: Gradio would let it go without a word.
    shown: Event = {"show_progress": "minimal", "show_progress_on": panel.preview}
    busy: Event = {**RAW, "trigger_mode": "multiple", **shown, **DRAFTS}
    quiet: Event = {**RAW, **HIDDEN, **DRAFTS}
    draft, name, parts = panel.draft, panel.name, panel.following()
    filling = lambda handler: answers(_advising(handler), {**parts, "preset": preset})
    zipped = panel.zipped.upload(**filling(add_zip), inputs=[draft, panel.zipped, kind], **busy)
    added = panel.files.upload(**filling(add_files), inputs=[draft, name, panel.files, kind], **busy)
    taken = panel.camera.submit(**filling(add_burst), **from_script(panel.camera, draft, kind), **quiet)
    tell_script(panel.camera, submit=taken)
    panel.read_as.input(**filling(read_as), inputs=[draft, panel.read_as, kind], **quiet)
    panel.remove.click(**filling(remove), inputs=[draft, panel.doomed, kind], **quiet)
    panel.discard.click(**answers(discard, parts), inputs=draft, **quiet)
    overtaken = functools.partial(panel.discard.click, None, **RAW)  # or what is discarded comes back with its answer
    overtaken(cancels=[zipped, added, taken])

    def fill(chosen: Dependency) -> Dependency:
        kept = {name: part for name, part in parts.items() if name not in EMPTIED}
        told = chosen.then(**answers(_told_again, kept), inputs=draft, **quiet)
        overtaken(cancels=told)
        return told

    return fill


def _advising(handler: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """``handler``, asked with the kind too, whose answer has the preset that is fit for so many images: what came later
    would undo a choice made meanwhile."""

    def advising(*asked: Any) -> dict[str, Any]:
        *own, kind = asked
        told = handler(*own)
        return {**told, "preset": advised(told["draft"], kind)}

    return advising


@safely
def add_zip(draft_id: Any, file: Any) -> dict[str, Any]:
    """The draft with the classes of a zip."""
    path = uploads.uploaded(file)
    return _told(drafts.add_zip(draft_id, path, path.stem, _asking()))


@safely
def add_files(draft_id: Any, name: Any, files: Any) -> dict[str, Any]:
    """The draft with more pictures of one class."""
    if not isinstance(files, list) or not files:
        raise GenClassError("nothing_given")
    if len(files) > drafts.MOST:  # before the first is looked for
        raise GenClassError("too_many_images", most=drafts.MOST)
    given = [(_name(file), uploads.uploaded(file)) for file in files]
    return _told(drafts.add(draft_id, name, given, _asking()))


@safely
def add_burst(burst: Any, draft_id: Any) -> dict[str, Any]:
    """The draft with the pictures that the camera recorded, in the class that was named as it began to."""
    given = burst if isinstance(burst, dict) else {}
    return add_files(draft_id, given.get("name"), given.get("files"))


def _asking() -> Owner | None:
    request = gradio_patches.asker()
    return None if request is None else visitors.mark(request)


def _name(file: Any) -> str:
    given = file.get("orig_name") if isinstance(file, dict) else None
    return Path(given).name if isinstance(given, str) else "?"


@safely
def read_as(draft_id: Any, source: Any) -> dict[str, Any]:
    """The draft with another reading of its classes."""
    return _told(drafts.read_as(draft_id, source))


@safely
def remove(draft_id: Any, name: Any) -> dict[str, Any]:
    """The draft without a class."""
    return _told(drafts.remove(draft_id, name))


@safely
def discard(draft_id: Any) -> dict[str, Any]:
    """A new, empty draft."""
    return _told(drafts.discard(draft_id))


@safely
def _told_again(draft_id: Any) -> dict[str, Any]:
    """What there is, while files may be on their way: nothing is emptied."""
    return _shown(drafts.read(draft_id))


def _told(draft: drafts.Draft) -> dict[str, Any]:
    return {**_shown(draft), **dict.fromkeys(EMPTIED)}


def _shown(draft: drafts.Draft) -> dict[str, Any]:
    names = list(draft.counts())
    doomed = gr.update(choices=names, value=names[-1] if names else None)
    return {"draft": draft.id, "preview": preview(draft), "read_as": _ways(draft), "doomed": doomed}


def _ways(draft: drafts.Draft) -> dict[str, Any]:
    """The readings of its classes to choose among, where there are several."""
    ways = draft.pictures.readings
    if len(ways) == 1:
        return gr.update(choices=[], value=None, visible=False)
    choices = sorted((_way(reading), reading.source) for reading in ways)
    return gr.update(choices=choices, value=ways[0].source, visible=True)


def _way(reading: Reading) -> str:
    counts, (kind, _, name) = reading.counts(), reading.source.partition("-")
    return say(f"own_by_{kind}", name=name, count=len(counts), classes=notes.counted(counts))


def mirrored(choice: Any, field: Any) -> bool | None:
    """What is asked of the setting ``flip``: True or False, or None where the images are to decide.

    Args:
        choice: of the panel.
        field: whether the form's own field, which begins as the preset has it, is ticked.
    """
    asked = MIRRORED[check_choice("flip", choice, tuple(MIRRORED))]
    return False if asked is None and field is False else asked


@safely
def advised(draft_id: Any, kind: Any) -> dict[str, Any]:
    """The preset that is fit for so many images."""
    return gr.update(value=usual_preset(kind, draft_id))


def usual_preset(kind: Any, draft_id: Any) -> str:
    """What is fit for the images of a draft."""
    kind = check_choice("kind", kind, tuple(PRESETS))
    return start.usual_preset(kind, sum(drafts.read(draft_id).counts().values()))


def preview(draft: drafts.Draft) -> str:
    """HTML: each class with its count and some of its pictures, then what is doubtful."""
    counts = draft.counts()
    if not counts:
        return html.note(say("own_nothing"))
    total = say("own_total", images=sum(counts.values()), classes=len(counts))
    rows = [(name, f"{count:,}", _strip(draft, name))
            for name, count in list(counts.items())[:SHOWN_CLASSES]]  # fmt: skip
    more = len(counts) - len(rows)
    told = [sentence(note) for note in split.about(draft.pictures) if note["code"] not in UNSAID]
    found = draft_warnings.warnings(draft)
    if len(counts) > 1 and "own_twins" not in dict(found):
        told.append(say("own_no_twins"))
    doubts = [say(code, **values) for code, values in found]
    return (
        html.note(total)
        + html.classes(rows)
        + (html.note(say("own_more", count=more)) if more else "")
        + "".join(map(html.note, told))
        + (html.note(together(*doubts), "warning") if doubts else "")
    )


def _strip(draft: drafts.Draft, name: str) -> bytes:
    """A PNG of the first pictures of a class in a row."""
    chosen = [index for index, label in enumerate(draft.pictures.taken.labels) if label == name][:SHOWN_IMAGES]
    small = images.resized(torch.from_numpy(draft.pictures.images[chosen]), drafts.SMALL)
    return images.png_bytes(images.sheet(small.permute(0, 2, 3, 1).numpy(), len(chosen), gap=1))
