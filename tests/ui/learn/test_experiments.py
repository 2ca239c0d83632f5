"""What the lessons set in the other tabs."""

import gradio as gr
import pytest

from genclass.train.settings import Request
from genclass.ui.common import model_cache
from genclass.ui.generate import tab as generate_tab
from genclass.ui.layout import build_app
from genclass.ui.learn import experiments
from genclass.ui.server import limits

TEXTBOOK = "fashion-mnist-classic-cnn"


@pytest.mark.parametrize("name", experiments.RECIPES)
def test_an_experiment_opens_generate(lab, name):
    assert "data:image/png" in generate_tab.shown(experiments.recipe(name))["picture"]


def test_an_experiment_without_a_gan_that_can_show_it_is_told(monkeypatch):
    monkeypatch.setattr(model_cache, "listed", lambda: [{"name": "plain", "kind": "gan", "classes": []}])
    assert experiments._model_of("sheet") == "plain"
    with pytest.raises(gr.Error, match="no GAN here"):
        experiments.recipe("classes")


@pytest.mark.parametrize("name", experiments.RUNS)
def test_an_experiment_asks_for_a_run_that_there_is(name):
    told = experiments.run_values(*experiments.RUNS[name])
    preset = told["preset"]
    Request(told["kind"], told["data"], preset["value"], minutes=told["minutes"])
    assert told["own"]["visible"] is False and told["epochs"] == 0
    assert told["tabs"]["selected"] == "train" and preset["value"] in [name for _, name in preset["choices"]]


def test_without_train_there_are_no_buttons_that_lead_there(lab, monkeypatch):
    monkeypatch.setattr(limits.now, "train", True)  # as it will be again
    ids = {part["props"].get("elem_id") or "" for part in build_app(training=False).config["components"]}
    assert {name for name in ids if name.startswith("try-")} == {"try-sheet", "try-classes", "try-typical", "try-ask"}
    assert "tab-train" not in ids and "tab-models" in ids


def test_an_experiment_sends_the_image_to_classify(file):
    told = experiments.open_classify(file, TEXTBOOK)
    assert told["tabs"]["selected"] == "classify"
    assert (told["image"], told["model"]["value"]) == (file["path"], TEXTBOOK)
    assert TEXTBOOK in told["model"]["choices"], "or a page older than the model shows nothing"
    with pytest.raises(gr.Error):
        experiments.open_classify({"path": "/etc/passwd"}, TEXTBOOK)
