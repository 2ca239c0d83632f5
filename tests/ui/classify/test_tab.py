"""The tab Classify: one image and its answer."""

from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import genclass
from genclass.data.corruptions import RANGES
from genclass.files import images
from genclass.ui.classify import known_classes, verdict
from genclass.ui.classify import tab as classify_tab
from genclass.ui.common import decoded_upload, model_cache
from tests.ui.classify.helpers import MODEL, encoded, pictures, uploaded

NOTHING = [0] * len(RANGES)


def test_the_answer_is_what_python_gives(file, photo):
    answer = classify_tab.answer(file, MODEL, "crop")
    label, closer = answer["answer"], answer["closer"]
    expected = genclass.load(MODEL).predict([photo])[0]
    assert list(label.values()) == pytest.approx(sorted(expected, reverse=True)[:5], abs=1e-6)
    assert answer["evidence"]["value"] == next(iter(label)) and answer["target"]["value"] == list(label)[1]
    assert closer["visible"] and answer["doubts"] == ""


def test_the_classes_are_sent_only_where_another_models_were_offered(file):
    first = classify_tab.answer(file, MODEL, "crop", "")
    again = classify_tab.answer(file, MODEL, "crop", first["offered"])
    for name in ("evidence", "target"):
        assert len(first[name]["choices"]) == 10 and "choices" not in again[name]
        assert first[name]["value"] == again[name]["value"]
    other = classify_tab.answer(file, "abc-airnet", "crop", first["offered"])
    assert [value for _, value in other["evidence"]["choices"]] == list("abc") and other["offered"] != first["offered"]


def test_where_the_large_model_is_missing_a_sentence_says_so(lab):
    with pytest.raises(gr.Error, match="no model called"):
        classify_tab.large_model()


def test_the_small_image_is_shown_as_the_network_got_it(file, photo):
    for how in images.FITS:
        square, small = pictures(classify_tab.answer(file, MODEL, how)["seen"])
        assert np.array_equal(small, genclass.load(MODEL).see(photo, how)[0][0])
        assert square.shape == (60, 60, 3)


def test_without_an_image_everything_is_empty(lab):
    answer = classify_tab.answer(None, MODEL, "crop")
    assert answer["answer"] is None and answer["doubts"] == "" and not answer["closer"]["visible"]
    explained = classify_tab.explain_answer(None, MODEL, "crop", None, "grad-cam", None, "fgsm", 0, *NOTHING)
    shown = [explained[name] for name in ("heat", "maps", "fooled", "damaged", "seen", "doubts")]
    assert "<img" not in "".join(shown)
    assert explained["answer"] is None and not explained["closer"]["visible"]


@pytest.mark.parametrize("name, target", [("a", "bag"), ("bag", "a"), ([], None)])
def test_the_panels_wait_for_the_answer_of_a_model_chosen_since(file, name, target):
    with pytest.raises(gr.Error) as silent:
        classify_tab.explain_answer(file, MODEL, "crop", name, "grad-cam", target, "fgsm", 0, *NOTHING)
    assert not silent.value.visible


@pytest.mark.parametrize("file", [{"path": "/etc/passwd"}, {"path": "http://x/y.png"}, "x", {}, {"path": 5}])
def test_only_uploads_are_opened(lab, file):
    with pytest.raises(gr.Error, match="Upload the image itself|no image yet"):
        classify_tab.answer(file, MODEL, "crop")


def test_an_upload_that_is_gone_is_told(lab, photo):
    file = uploaded(encoded(photo.rotate(45)))
    Path(file["path"]).unlink()
    with pytest.raises(gr.Error, match="upload it again"):
        classify_tab.answer(file, MODEL, "crop")


def test_in_place_of_an_answer_it_is_told_why_there_is_none_and_the_next_can_come(lab):
    told = verdict.unread(uploaded(b"no picture at all"))
    assert told["answer"] == "I can’t read this" and told["image"] is None
    assert "gc-error" in told["doubts"] and "not an image" in told["doubts"]


def test_a_picture_that_can_be_read_stays_whatever_else_went_wrong(file):
    told = verdict.unread(file)
    assert "image" not in told and told["answer"] is None and told["doubts"] == ""


def test_a_photo_cut_short_is_answered_with_a_word(lab, photo):
    whole = encoded(photo.resize((300, 200)), "JPEG")
    answer = classify_tab.answer(uploaded(whole[: len(whole) // 2], "a.jpg"), MODEL, "crop")
    assert answer["answer"] and "read as far as it goes" in answer["doubts"]


@pytest.mark.parametrize("kind", ["HEIF", "TIFF", "PPM"])
def test_what_browsers_can_not_show_is_shown_as_a_png_and_answered_alike(lab, photo, kind):
    file = uploaded(encoded(photo.resize((1700, 1300)), kind), "IMG_0001")
    shown = {"path": decoded_upload._as_png(file)["image"]}
    assert Path(shown["path"]).read_bytes().startswith(b"\x89PNG")
    before, after = (classify_tab.answer(one, MODEL, "crop")["answer"] for one in (file, shown))
    assert before == after


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP"])
def test_what_browsers_show_stays_as_it_is(lab, photo, kind):
    assert decoded_upload._as_png(uploaded(encoded(photo, kind), "x.heic")) == {}


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


def test_what_a_model_does_not_know_is_no_class(file, monkeypatch):
    classifier = model_cache.load(MODEL, "classifier")
    monkeypatch.setitem(classifier.config, "unfamiliar", {"energy": -1e9, "roughness": 9})
    decoded_upload._classify.cache_clear()
    answer = classify_tab.answer(file, MODEL, "crop")
    decoded_upload._classify.cache_clear()
    assert answer["answer"].startswith("None of the ten kinds I know (closest: class-")
    assert answer["ways_on"]["visible"] and "gc-bars" in answer["doubts"]


def test_a_model_of_two_kinds_says_neither():
    answer = SimpleNamespace(unfamiliar=True)
    upload = SimpleNamespace(
        answer=answer, classifier=SimpleNamespace(classes=["cup", "pen"]), top=lambda most: [{"class": "pen"}]
    )
    assert verdict.headline(upload) == "Neither of the two kinds I know (closest: pen)"


def test_a_model_says_that_it_is_not_sure(file, monkeypatch):
    classifier = model_cache.load(MODEL, "classifier")
    for limit, unsure in ((1.1, True), (0.0, False)):
        monkeypatch.setitem(classifier.config, "unsure", {"probability": limit})
        decoded_upload._classify.cache_clear()
        answer = classify_tab.answer(file, MODEL, "crop")
        assert str(answer["answer"]).startswith("I am not sure (closest: class-") == unsure
        assert not answer["ways_on"]["visible"]
    decoded_upload._classify.cache_clear()


def test_few_classes_are_a_line_and_many_a_list_to_search(lab):
    assert classify_tab.what_it_knows(MODEL).startswith('<p class="gc-note">It tells apart: class-0')
    assert known_classes.told(knowing(1000)).count("<li ") == 1000
    assert "It knows 1,000 kinds of things" in known_classes.told(knowing(1000))


def knowing(count):
    """A stand-in that has classes, and nothing else."""
    return SimpleNamespace(classes=[f"class-{index}" for index in range(count)])
