"""The closed loop on the page."""

import gradio as gr
import pytest

from genclass.data import sources
from genclass.train import closed_loop
from genclass.ui.models import closed_loop_panel
from tests.ui.helpers import fashion


@pytest.fixture
def short(monkeypatch, at_hand):
    for name, value in {"STEPS": 4, "TRAINING_IMAGES": 40, "TEST_IMAGES": 20, "PROBED": 40, "FEW_REAL": 20,
                        "ADDED": (20,), "AGREEMENT_IMAGES": 30, "CHUNK": 15}.items():  # fmt: skip
        monkeypatch.setattr(closed_loop, name, value)


def test_the_closed_loop_fills_every_section(lab, short):
    *_, last = closed_loop_panel.experiment("fashion-mnist-gan", list(closed_loop_panel.ASKED), 2)
    assert "Done: fashion-mnist-gan" in last["bar"]
    for name in closed_loop_panel.ASKED:
        section = last["results"].split(f'id="loop-{name}"')[1].split("</section>")[0]
        assert 'class="gc-summary"' in section, name
    assert "(2 seeds)" in last["results"]


def test_a_model_without_classes_is_told_what_it_lacks(lab, short, monkeypatch):
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: fashion())
    *_, last = closed_loop_panel.experiment("plain-gan", ["transfer"], 1)
    assert "was trained without classes" in last["results"]


def test_an_experiment_that_is_asked_for_often_runs_once(lab, short):
    reports = list(closed_loop_panel.experiment("fashion-mnist-gan", ["transfer"] * 1000, 1))
    assert "experiment 1 of 1" in reports[0]["bar"] and len(reports) < 100


@pytest.mark.parametrize("asked, seeds", [([], 1), ("transfer", 1), (["nothing"], 1), (["transfer"], 0),
                                          (["transfer"], 6), (["transfer"], None), ([{}], 1)])  # fmt: skip
def test_wrong_questions_are_refused(lab, short, asked, seeds):
    with pytest.raises(gr.Error):
        list(closed_loop_panel.experiment("fashion-mnist-gan", asked, seeds))
