"""The panel Compare."""

import re

import gradio as gr
import pytest

from genclass.ui.classify import compare_models
from tests.ui.classify.helpers import MODEL


def test_models_are_compared_side_by_side(file):
    shown = compare_models.compare(file, [MODEL, "abc-airnet"], "crop")
    assert shown.count("<section") == 2 and len(re.findall(r"[\d.]+ ms for this image", shown)) == 2
    assert "Choose at least one model" in compare_models.compare(file, [], "crop")
    with pytest.raises(gr.Error, match="no model called nope"):
        compare_models.compare(file, ["nope"], "crop")


def test_models_are_compared_that_know_the_kind_of_images_asked_about(lab):
    beside = compare_models.models_beside
    assert beside("fashion-mnist-classic-cnn", ["abc-airnet"]) == ["fashion-mnist-classic-cnn", MODEL]
    assert beside("abc-airnet", [MODEL])[0] == "abc-airnet" and len(beside("abc-airnet", None)) == 2
    for model, chosen in (("abc-airnet", [MODEL, "abc-airnet"]), ("nope", []), (None, [])):
        with pytest.raises(gr.Error) as caught:  # left as it is
            beside(model, chosen)
        assert not caught.value.visible
