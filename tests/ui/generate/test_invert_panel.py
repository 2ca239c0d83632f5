"""The tool Invert."""

import io
import json

import gradio as gr
import pytest

from genclass.ui.common import text
from genclass.ui.generate import invert_panel
from genclass.ui.server import uploads
from tests.ui.generate.helpers import asked


def upload(name, content):
    path = uploads.folder() / name
    path.write_bytes(content)
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_an_image_is_inverted_and_no_image_is_refused(lab, photo, monkeypatch):
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    first, *_, last = invert_panel.invert(asked(), upload("photo.png", buffer.getvalue()))
    assert "progressbar" in first["bar"] and first["found"] == ""
    assert "200 of 200" in last["bar"] and "Wanted" in last["compare"] and json.loads(last["found"])["count"] == 1
    for file in (upload("no.png", b"no image"), None, {"path": "/etc/passwd"}):
        with pytest.raises(gr.Error) as caught:
            list(invert_panel.invert(asked(), file))
        assert text.say("server_error") not in str(caught.value)
