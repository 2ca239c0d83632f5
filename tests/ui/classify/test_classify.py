"""The tab Classify, its handlers called as events call them."""

import base64
import csv
import io
import re
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio.processing_utils import save_bytes_to_cache
from PIL import Image

import genclass
from genclass.analysis.batch_classify import Verdict
from genclass.data.corruptions import RANGES
from genclass.errors import GenClassError
from genclass.files import images
from genclass.ui.classify import batch_panel, batch_table, compare_models, drawing_pad, explain_panel, fragility_panel
from genclass.ui.classify import tab as classify_tab
from genclass.ui.common import decoded_upload, model_cache
from genclass.ui.server import uploads

MODEL = "fashion-mnist-airnet"
NOTHING = [0] * len(RANGES)


def uploaded(data, name="photo.png"):
    """A file as the page hands it over."""
    return {"path": save_bytes_to_cache(data, name, str(uploads.folder())), "meta": {"_type": "gradio.FileData"}}


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def file(lab, photo):
    return uploaded(encoded(photo))


def pictures(piece):
    """Every picture in a piece of HTML: uint8 [H, W] or [H, W, C]."""
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(found)))) for found in re.findall('base64,([^"]+)', piece)
    ]


def test_the_answer_is_what_python_gives(file, photo):
    answer = classify_tab.answer(file, MODEL, "crop")
    label, closer = answer["answer"], answer["closer"]
    expected = genclass.load(MODEL).predict([photo])[0]
    assert list(label.values()) == pytest.approx(sorted(expected, reverse=True)[:5], abs=1e-6)
    assert answer["evidence"]["value"] == next(iter(label)) and answer["target"]["value"] == list(label)[1]
    assert closer["visible"] and answer["doubts"] == ""


def test_the_small_image_is_shown_as_the_network_got_it(file, photo):
    for how in images.FITS:
        square, small = pictures(classify_tab.answer(file, MODEL, how)["seen"])
        assert np.array_equal(small, genclass.load(MODEL).see(photo, how)[0][0])
        assert square.shape == (60, 60, 3)


def test_without_an_image_everything_is_empty(lab):
    answer = classify_tab.answer(None, MODEL, "crop")
    assert answer["answer"] is None and answer["doubts"] == "" and not answer["closer"]["visible"]
    explained = classify_tab.explain_answer(None, MODEL, "crop", None, "grad-cam", None, "fgsm", 0, *NOTHING)
    assert explained["nearest"] == "" and "<img" not in "".join(explained.values())


@pytest.mark.parametrize("file", [{"path": "/etc/passwd"}, {"path": "http://x/y.png"}, "x", {}, {"path": 5}])
def test_only_uploads_are_opened(lab, file):
    with pytest.raises(gr.Error, match="Upload the image itself|no image yet"):
        classify_tab.answer(file, MODEL, "crop")


def test_an_upload_that_is_gone_is_told(lab, photo):
    file = uploaded(encoded(photo.rotate(45)))
    Path(file["path"]).unlink()
    with pytest.raises(gr.Error, match="upload it again"):
        classify_tab.answer(file, MODEL, "crop")


def test_the_first_image_of_many_is_told(lab, photo):
    animation = encoded(photo, "GIF", save_all=True, append_images=[photo.rotate(90)])
    assert "only the first image" in classify_tab.answer(uploaded(animation, "a.gif"), MODEL, "crop")["doubts"]


def test_inversion_is_told(lab):
    paper = Image.new("L", (60, 60), 255)
    paper.paste(0, (20, 20, 40, 40))
    assert "light on black" in classify_tab.answer(uploaded(encoded(paper)), MODEL, "crop")["doubts"]


def test_the_unfamiliar_is_warned_of(file, monkeypatch):
    classifier = model_cache.load(MODEL, "classifier")
    monkeypatch.setitem(classifier.config, "unfamiliar", {"energy": -1e9, "roughness": 9})
    decoded_upload._classify.cache_clear()
    doubts = classify_tab.answer(file, MODEL, "crop")["doubts"]
    decoded_upload._classify.cache_clear()
    assert "I only know these 10 things: class-0, class-1" in doubts


def test_a_change_of_the_class_changes_the_heat(file):
    first, second = (explain_panel.draw_heat(file, MODEL, "crop", name, "grad-cam") for name in ("class-0", "class-5"))
    assert "class-0" in first and "class-5" in second
    assert np.array_equal(pictures(first)[0], pictures(second)[0])
    assert not np.array_equal(pictures(first)[1], pictures(second)[1])
    with pytest.raises(gr.Error, match="has no class called"):
        explain_panel.draw_heat(file, MODEL, "crop", "zebra", "grad-cam")


def test_each_stage_is_pictured(file):
    shown = explain_panel.stage_pictures(decoded_upload.classify(file, MODEL))
    assert len(pictures(shown)) == 4 and "Stage 1: 27×27" in shown


def test_neighbours_come_from_the_bundled_set_where_the_full_one_is_not(file, monkeypatch, tmp_path):
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    explain_panel.known_images.cache_clear()
    found = explain_panel.find_nearest(file, MODEL, "crop")
    explain_panel.known_images.cache_clear()
    assert len(pictures(found)) == 6 and "Nearest of 5,000 training images (fashion-mnist-mini)" in found


@pytest.mark.parametrize("method", ["fgsm", "pgd"])
def test_a_step_is_shown_with_its_noise(file, method):
    image, noise, changed = pictures(fragility_panel.fool(file, MODEL, "crop", "class-3", method, 4))
    difference = changed.astype(int) - image
    assert 0 < np.abs(difference).max() <= 4
    assert np.array_equal(noise.astype(int) - 127, difference * (127 // np.abs(difference).max()))


def test_no_step_changes_nothing(file):
    image, noise, changed = pictures(fragility_panel.fool(file, MODEL, "crop", "class-3", "fgsm", 0))
    assert np.array_equal(image, changed) and (noise == 127).all()


def test_a_flip_of_the_label_is_told(file):
    look = decoded_upload.classify(file, MODEL)
    for step in (4, 16):
        shown = fragility_panel.fool(file, MODEL, "crop", "class-3", "pgd", step)
        changed = pictures(shown)[2][None, ..., None]
        after = look.classifier.classes[int(look.classifier.predict(changed).argmax())]
        before = look.classifier.classes[look.best()]
        assert (f"{before} has become {after}" if after != before else f"Still {before}") in shown


@pytest.mark.parametrize("step", [-1, 17, None, "x", float("nan")])
def test_refuses_steps_out_of_range(file, step):
    with pytest.raises(gr.Error, match="step must be"):
        fragility_panel.fool(file, MODEL, "crop", "class-3", "fgsm", step)


def test_damage_is_shown_and_asked_about(file):
    image, damaged = pictures(fragility_panel.damage(file, MODEL, "crop", 0, 40, 0, 0))
    assert np.abs(damaged.astype(int) - image).mean() > 10
    with pytest.raises(gr.Error, match="rotation must be between"):
        fragility_panel.damage(None, MODEL, "crop", 0, 0, 400, 0)


def test_models_are_compared_side_by_side(file):
    shown = compare_models.compare(file, [MODEL, "abc-airnet"], "crop")
    assert shown.count("<section") == 2 and len(re.findall(r"[\d.]+ ms for this image", shown)) == 2
    assert "Choose at least one model" in compare_models.compare(file, [], "crop")
    with pytest.raises(gr.Error, match="no model called nope"):
        compare_models.compare(file, ["nope"], "crop")


def test_models_are_compared_that_know_the_kind_of_images_asked_about(lab):
    beside = compare_models.models_beside
    assert beside("fashion-mnist-classic-cnn", ["abc-airnet"]) == ["fashion-mnist-classic-cnn", MODEL]
    assert beside("abc-airnet", [MODEL]) == ["abc-airnet"] == beside("abc-airnet", None)
    for model, chosen in (("abc-airnet", [MODEL, "abc-airnet"]), ("nope", []), (None, [])):
        with pytest.raises(gr.Error) as caught:  # left as it is
            beside(model, chosen)
        assert not caught.value.visible


def drawing(box=(100, 40, 130, 240)):
    paper = Image.new("L", (280, 280), 255)
    paper.paste(0, box)
    return drawing_pad.PREFIX + base64.b64encode(encoded(paper)).decode()


def test_a_drawing_is_trimmed_to_its_strokes(lab):
    trimmed = np.asarray(Image.open(io.BytesIO(drawing_pad.trimmed(drawing()))))
    assert trimmed.shape == (280, 280) and (trimmed[40:240, 125:155] == 0).all() and trimmed[:39].min() == 255


@pytest.mark.parametrize(
    "bad", [None, 5, "", "data:text/html;base64,PGI+", drawing_pad.PREFIX + "!!", drawing_pad.PREFIX + "AAAA"]
)
def test_what_is_no_drawing_is_refused(lab, bad):
    with pytest.raises(GenClassError):
        drawing_pad.trimmed(bad)


def test_blank_paper_is_no_drawing(lab):
    with pytest.raises(GenClassError, match="no image yet"):
        drawing_pad.trimmed(drawing((0, 0, 0, 0)))


def test_a_drawing_asks_the_model_of_digits_instead_of_one_of_photos(lab, monkeypatch):
    sent = drawing()
    assert "model" not in drawing_pad.take_drawing(sent, MODEL)
    monkeypatch.setattr(model_cache.load(MODEL, "classifier"), "channels", 3)
    assert "model" not in drawing_pad.take_drawing(sent, MODEL)  # no model of digits is shipped here
    monkeypatch.setattr(drawing_pad, "DIGITS", "abc-airnet")
    assert drawing_pad.take_drawing(sent, MODEL)["model"] == "abc-airnet"


# Many images

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
