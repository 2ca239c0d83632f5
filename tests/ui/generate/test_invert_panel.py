"""The tool Invert."""

import io
import json

import gradio as gr
import pytest

from genclass.ui.common import text
from genclass.ui.generate import invert_panel
from genclass.ui.server import uploads
from tests.ui.generate.helpers import GAN


def upload(name, content):
    path = uploads.folder() / name
    path.write_bytes(content)
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_an_image_is_inverted_and_no_image_is_refused(lab, photo, monkeypatch):
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    *_, last = invert_panel.invert(upload("photo.png", buffer.getvalue()), GAN)
    assert "200 of 200" in last["bar"] and "Wanted" in last["compare"] and json.loads(last["found"])["count"] == 1
    for file in (upload("no.png", b"no image"), None, {"path": "/etc/passwd"}):
        with pytest.raises(gr.Error) as caught:
            next(invert_panel.invert(file, GAN))
        assert text.say("server_error") not in str(caught.value)
