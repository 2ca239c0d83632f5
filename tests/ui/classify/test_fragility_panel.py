"""The panel How fragile."""

import gradio as gr
import numpy as np
import pytest

from genclass.ui.classify import fragility_panel
from genclass.ui.common import decoded_upload
from tests.ui.classify.helpers import MODEL, pictures


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
