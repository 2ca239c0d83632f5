"""Advice for every set of answers."""

import itertools

import gradio as gr
import pytest

from genclass.ui.learn import model_advisor


def test_every_set_of_answers_gets_advice_with_reasons():
    for answers in itertools.product(*model_advisor.QUESTIONS.values()):
        advice = model_advisor.advise(*answers)
        assert model_advisor.advice_html(advice).count("<p") == 1 + len(advice.reasons) >= 4
        wants_classes = answers[0] == "tell" and answers[2] == "all"
        assert advice.kind == ("classifier" if wants_classes else "gan")
    with pytest.raises(gr.Error):
        model_advisor.answer("fly", "few", "all", "laptop")
