"""Advice for every set of answers."""

import itertools

import gradio as gr
import pytest

from genclass.ui.learn import model_advisor
from genclass.ui.train import form


def test_every_set_of_answers_gets_advice_with_reasons():
    for answers in itertools.product(*model_advisor.QUESTIONS.values()):
        advice = model_advisor.advise(*answers)
        assert model_advisor.advice_html(advice).count("<p") == 1 + len(advice.reasons) >= 4
        wants_classes = answers[0] == "tell" and answers[2] == "all"
        assert advice.kind == ("classifier" if wants_classes else "gan")
        assert (advice.preset == "transfer") == (answers[1] == "few")
    with pytest.raises(gr.Error):
        model_advisor.answer("fly", "few", "all", "laptop")


def test_of_few_images_train_takes_ones_own_with_a_preset_that_it_offers():
    for task, amount in itertools.product(("tell", "make"), ("few", "some")):
        asked = model_advisor.open_train(task, amount, "all", "laptop")
        own = amount == "few"
        assert (asked["data"] == form.OWN, asked["own"]["visible"]) == (own, own)
        assert asked["preset"]["value"] in form.offered(asked["kind"], asked["data"])
