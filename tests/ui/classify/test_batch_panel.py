"""Many images at once."""

import csv
import io
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

import genclass
from genclass.analysis.batch_classify import Verdict
from genclass.errors import GenClassError
from genclass.files import decode
from genclass.ui.classify import batch_panel, batch_table
from genclass.ui.common import decoded_upload, model_cache
from tests.ui.classify.helpers import MODEL, encoded, uploaded

NAMES = ["=cmd|' /C calc'!A0.png", "<img src=x onerror=alert(1)>.png", "tab\there\x07.png", "+1.png", "@sum.png"]


def asked(files):
    """What the event ends with, and what it said on the way."""
    *progress, last = batch_panel.answer(files, MODEL)
    return last, progress


def entry(file, name):
    return {"name": name, "path": file["path"]}


@pytest.fixture
def folders(file):
    """Two folders of classes, with three bad files among them."""
    text = uploaded(b"<svg/>", "drawing.png")
    return [
        *(entry(file, f"set/class-{index % 2}/{index}.png") for index in range(6)),
        entry(text, "set/class-0/drawing.png"),
        {"name": "set/class-1/empty.png", "path": None},
        entry(file, "set/nothing-known/x.png"),
    ]


def test_bad_files_have_a_sentence_each_and_the_good_are_answered(folders):
    last, _ = asked(folders)
    page, download = last["table"], last["csv"]
    assert last["progress"] == "" and "7 images answered. 2 could not be read." in page
    assert page.count('<tr class="gc-bad"') == 2 and "This is not an image" in page and "empty, cut off" in page
    rows = list(csv.DictReader(io.StringIO(open(download["value"], encoding="utf-8-sig").read())))
    assert len(rows) == 9 and [row["file"] for row in rows] == [file["name"] for file in folders]
    assert rows[6]["label"] == "" and "not an image" in rows[6]["warning"]
    assert 0 < float(rows[0]["probability"]) <= 1


def test_a_file_that_goes_while_others_are_answered_shows_no_path_of_the_server(lab):
    path = Path("/srv/uploads/a.png")
    verdict = Verdict(path, error=GenClassError("missing_file", path=str(path)))
    row = batch_table.row(model_cache.load(MODEL, "classifier"), batch_panel.Item("a.png", path), verdict)
    assert "upload it again" in row.warning and "/srv" not in row.warning


def test_accuracy_and_confusion_where_folders_are_classes(folders):
    page = asked(folders)[0]["table"]
    found = genclass.load(MODEL).classes[decoded_upload.classify(folders[0], MODEL).best()]
    right = 3 * (found in ("class-0", "class-1"))
    assert f"{right} of 6 images are what their folder says" in page
    assert page.count("<button") == 2 and f'data-true="class-0" data-found="{found}">3</button>' in page


@pytest.mark.parametrize("name", NAMES)
def test_names_are_text_everywhere(file, name):
    last, _ = asked([entry(file, name)])
    page, download = last["table"], last["csv"]
    assert "<img src=x" not in page and "\x07" not in page
    row = list(csv.reader(io.StringIO(open(download["value"], encoding="utf-8-sig").read())))[1]
    assert not row[0].startswith(batch_table.FORMULA) and "\x07" not in row[0]
    assert row[0].lstrip("'").startswith(name[0])


def test_a_thousand_files_are_answered_in_chunks(file):
    last, progress = asked([entry(file, f"{index}.png") for index in range(1000)])
    assert "1000 images answered." in last["table"]
    assert len(progress) == 15 and "512 of 1000" in progress[7]["progress"]


NEVER_UPLOADED = [None, [], "x", [None], [{"name": 5, "path": "x"}], [{"name": "x", "path": "/etc/passwd"}],
                  [{"name": "x", "path": {}}], [{"name": "x", "path": None}] * 2001]  # fmt: skip


@pytest.mark.parametrize("files", NEVER_UPLOADED)
def test_what_was_never_uploaded_is_refused(lab, files):
    with pytest.raises(gr.Error) as caught:
        list(batch_panel.answer(files, MODEL))
    assert "not your fault" not in str(caught.value)


def test_the_same_upload_named_sixty_times_is_decoded_once(file, monkeypatch):
    decoded, read = [], decode._read
    monkeypatch.setattr(decode, "_read", lambda image: decoded.append(image) or read(image))
    path = Path(file["path"])
    again = {"path": str(path.parent / ".." / path.parent.name / path.name)}
    last, _ = asked([entry(file, "first.png"), *(entry(again, f"{index}.png") for index in range(59))])
    assert "60 images answered." in last["table"] and len(decoded) == 1


def test_images_too_large_together_are_refused_before_one_is_decoded(lab, monkeypatch):
    monkeypatch.setattr(decode, "_read", None)
    large = [uploaded(encoded(Image.new("1", (6000, 4000 - index)))) for index in range(22)]
    with pytest.raises(gr.Error, match="too large together"):
        list(batch_panel.answer([entry(file, "x.png") for file in large], MODEL))


def test_of_a_folder_what_is_never_a_picture_is_not_answered(file, lab):
    junk = ["set/desktop.ini", "set/labels.csv", "set/.hidden/1.png", "set/__MACOSX/1.png", "set/a/Thumbs.db"]
    found = batch_panel.received([entry(file, name) for name in ("set/a/1.png", *junk, "notes.txt")])
    assert [item.name for item in found] == ["set/a/1.png", "notes.txt"]
    with pytest.raises(GenClassError) as caught:
        batch_panel.received([entry(file, name) for name in junk])
    assert caught.value.code == "no_images"


def test_what_lies_deeper_belongs_to_its_class(file, lab):
    last, _ = asked([entry(file, f"set/class-{index % 2}/images/{index}.png") for index in range(4)])
    assert "of 4 images are what their folder says" in last["table"]
