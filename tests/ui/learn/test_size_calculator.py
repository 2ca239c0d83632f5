"""Sizes of maps."""

import gradio as gr
import pytest
import torch
from torch import nn

from genclass.ui.learn import size_calculator


def test_sizes_are_torchs():
    for size, kernel, stride, padding in ((7, 3, 2, 1), (9, 5, 3, 2), (8, 2, 1, 0)):
        x = torch.zeros(1, 1, size, size)
        plain = nn.Conv2d(1, 1, kernel, stride, padding)(x).shape[-1]
        turned = nn.ConvTranspose2d(1, 1, kernel, stride, padding, output_padding=stride - 1)(x).shape[-1]
        assert size_calculator.side(size, kernel, stride, padding, "plain") == plain
        assert size_calculator.side(size, kernel, stride, padding, "transposed") == turned
    assert size_calculator.chain(7, 3, 2, 1, "plain") == [7, 4, 2]
    assert size_calculator.chain(7, 3, 2, 1, "transposed") == [7, 14, 28]
    with pytest.raises(gr.Error):
        size_calculator.show(7, 2, 2, 2, "plain")
