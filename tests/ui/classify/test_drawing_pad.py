"""The drawing pad."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from genclass.errors import GenClassError
from genclass.ui.classify import drawing_pad
from genclass.ui.common import model_cache
from tests.ui.classify.helpers import MODEL, encoded


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
    assert drawing_pad.take_drawing(sent, MODEL)["model"]["value"] == "abc-airnet"
