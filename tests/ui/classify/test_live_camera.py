"""The live camera's frames: answered as any photo is, and kept nowhere."""

import base64
from pathlib import Path

import gradio as gr
import pytest

from genclass.ui.classify import live_camera, verdict
from genclass.ui.classify import tab as classify_tab
from genclass.ui.common import decoded_upload, model_cache
from genclass.ui.server import quota, uploads
from tests.ui.classify.helpers import MODEL, encoded, uploaded


def frame(image):
    return live_camera.PREFIX + base64.b64encode(encoded(image, "JPEG")).decode()


@pytest.mark.parametrize(
    "limits", [{}, {"unfamiliar": {"energy": -1e9, "roughness": 9}}, {"unsure": {"probability": 1.1}}]
)
def test_a_frame_is_answered_as_the_same_photo_is(lab, photo, monkeypatch, limits):
    for name, limit in limits.items():
        monkeypatch.setitem(model_cache.load(MODEL, "classifier").config, name, limit)
    decoded_upload._classify.cache_clear()
    whole = classify_tab.answer(uploaded(encoded(photo, "JPEG"), "a.jpg"), MODEL, "pad")
    decoded_upload._classify.cache_clear()
    told = live_camera.answer_frame(frame(photo), MODEL, "pad")
    shared = ("answer", "doubts", "ways_on", "ask_large")
    assert told == {**verdict.nothing(), **{name: whole[name] for name in shared}}


def test_frames_leave_nothing_behind(lab, photo):
    kept = lambda: (sorted(uploads.folder().rglob("*")), quota.now.used, len(decoded_upload._classify.known))
    before = kept()
    for turn in range(5):
        live_camera.answer_frame(frame(photo.rotate(turn)), MODEL, "crop")
    assert kept() == before


@pytest.mark.parametrize(
    "bad",
    [None, 5, {"path": "/etc/passwd"}, "data:image/png;base64,AAAA", live_camera.PREFIX, live_camera.PREFIX + "!!",
     live_camera.PREFIX + "AAAA", live_camera.PREFIX + "A" * live_camera.MOST],
)  # fmt: skip
def test_what_is_no_frame_is_told(lab, bad):
    for handler in (lambda sent: live_camera.answer_frame(sent, MODEL, "crop"), live_camera.keep_frame):
        with pytest.raises(gr.Error, match="image"):
            handler(bad)


def test_model_and_fit_of_a_frame_are_checked(lab, photo):
    for model, how in (("nonsense", "crop"), (None, "crop"), (MODEL, "stretch"), (MODEL, ["crop"])):
        with pytest.raises(gr.Error) as caught:
            live_camera.answer_frame(frame(photo), model, how)
        assert "Something went wrong" not in str(caught.value)


def test_a_frame_that_is_kept_is_an_image_like_an_upload(lab, photo):
    path = live_camera.keep_frame(frame(photo))["image"]
    assert Path(path).is_file() and uploads.own(path)
    assert classify_tab.answer({"path": path}, MODEL, "crop")["closer"]["visible"]


def test_with_the_camera_on_there_is_no_other_image(lab):
    begun = live_camera.begin()
    assert begun.pop("image") is None and begun == verdict.nothing()
