"""The panel Why."""

import gradio as gr
import numpy as np
import pytest

from genclass.ui.classify import explain_panel
from genclass.ui.common import decoded_upload
from tests.ui.classify.helpers import MODEL, pictures


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


def test_a_model_whose_training_images_are_not_here_says_so_in_a_line(file):
    assert "abc-airnet was trained on are not kept on this machine" in explain_panel.find_nearest(
        file, "abc-airnet", "crop"
    )
