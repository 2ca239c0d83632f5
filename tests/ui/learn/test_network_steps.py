"""The look into the textbook network, number by number."""

import gradio as gr
import pytest
import torch

from genclass.ui.learn import network_pictures as pictures
from genclass.ui.learn import network_steps

TEXTBOOK = "fashion-mnist-classic-cnn"


def test_the_pictures_number_is_the_networks(file):
    told = network_steps.look_at(file, TEXTBOOK, 0, 0.01)
    sliders = [told[name] for name in network_steps.NUMBERS]
    index, channel, row, column = (slider["value"] for slider in sliders)
    layer = network_steps._open(file, TEXTBOOK, 0).layer
    assert [slider["maximum"] for slider in sliders] == [32, 2, 26, 26]
    assert [slider["interactive"] for slider in sliders] == [True, False, True, True]
    for slider in sliders:
        gr.Slider(1, maximum=slider["maximum"], value=slider["value"])  # as the page builds it
    assert f"Together: {layer.sums[index - 1, row - 1, column - 1]:.3f}." in told["picture"]
    assert told["name"]["value"] in told["scores"] and told["name"]["value"] in told["taught"]


def test_a_press_on_a_map_chooses_the_position(file):
    at = (file, TEXTBOOK, 1, 3, 2, 1, 1)
    for name, row, column, chosen in (("sums", 4, 5, [5, 6]), ("input", 4, 5, [4, 5]), ("pooled", 2, 0, [5, 1])):
        told = network_steps.press({"name": name, "row": row, "column": column}, *at)
        assert [told["row"], told["column"]] == chosen
        assert told["picture"] == network_steps.position(*at[:5], *chosen)


@pytest.mark.parametrize(
    "asked, words",
    [
        ((0, 33, 1, 1, 1), "between 1 and 32"),
        ((3, 1, 1, 1, 1), "between 0 and 2"),
        ((0, 1, 1, 1.5, 1), "whole number"),
        ((0, 1, 1, None, 1), "must be a number"),
    ],
)
def test_positions_beyond_a_map_are_refused(file, asked, words):
    with pytest.raises(gr.Error, match=words):
        network_steps.position(file, TEXTBOOK, *asked)


def test_another_architecture_is_refused(lab, file):
    with pytest.raises(gr.Error, match="no textbook network"):
        network_steps.position(file, "fashion-mnist-airnet", 0, 1, 1, 1, 1)


def test_the_lesson_lists_textbook_networks_only(lab):
    assert network_steps.names() == [TEXTBOOK]


def test_a_picture_of_signs_is_green_above_zero_and_orange_below():
    colours = pictures.signed(torch.tensor([[1.0, -1.0], [0.5, 0.0]]))
    assert colours.shape == (2, 2, 4) and tuple(colours[0, 0]) == (*pictures.PLUS, 255)
    assert tuple(colours[0, 1]) == (*pictures.MINUS, 255) and colours[1, 0, 3] == 128 and colours[1, 1, 3] == 0
