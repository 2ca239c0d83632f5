"""Handlers answer by name."""

import gradio as gr
import pytest

from genclass.ui.common.events import answers, parts_of


class Panel:
    def __init__(self):
        self.seed, self.picture, self.strips = gr.Number(), gr.HTML(), [gr.HTML(), gr.HTML()]


@pytest.fixture
def panel():
    with gr.Blocks():
        yield Panel()


def test_a_handler_fills_the_components_it_names(panel):
    event = answers(lambda seed: {"picture": f"of {seed}"}, parts_of(panel, "seed", "picture"))
    assert event["outputs"] == [panel.seed, panel.picture]
    assert event["fn"](3) == {panel.picture: "of 3"}


def test_a_name_may_stand_for_several_components_or_for_a_panel(panel):
    found = {"card": panel.picture, "panel": parts_of(panel, "seed", "strips")}
    event = answers(lambda: {"panel": {"strips": ["a", "b"]}, "card": "c"}, found)
    assert event["outputs"] == [panel.picture, panel.seed, *panel.strips]
    assert event["fn"]() == {panel.strips[0]: "a", panel.strips[1]: "b", panel.picture: "c"}


def test_a_handler_that_yields_fills_them_each_time(panel):
    def count():
        yield {"seed": 1}
        yield {"seed": 2, "picture": "done"}

    event = answers(count, parts_of(panel, "seed", "picture"))
    assert list(event["fn"]()) == [{panel.seed: 1}, {panel.seed: 2, panel.picture: "done"}]


def test_no_name_at_all_leaves_everything_as_it_is(panel):
    assert answers(dict, parts_of(panel, "seed", "picture"))["fn"]() == gr.skip()


@pytest.mark.parametrize("answer", [{"nothing": 1}, {"strips": ["one of two"]}])
def test_a_wrong_name_or_number_of_values_is_a_fault(panel, answer):
    with pytest.raises((KeyError, ValueError)):
        answers(lambda: answer, parts_of(panel, "strips"))["fn"]()
