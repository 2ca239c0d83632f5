import numpy as np
import torch

from genclass.analysis import heat_palette


def test_overlay_leaves_the_picture_where_nothing_is_hot():
    picture = np.full((64, 96, 3), 100, np.uint8)
    heat = torch.zeros(32, 32)
    heat[:, 24:] = 1
    laid = heat_palette.overlay(picture, heat, 0.6)
    assert laid.shape == picture.shape and (laid[:, :60] == 100).all() and (laid[:, 80:] != 100).all()
    assert np.array_equal(heat_palette.overlay(picture, heat, 0), picture)


def test_a_layer_is_the_more_opaque_the_hotter_in_the_palettes_own_colours():
    layer = heat_palette.layer(torch.tensor([[0.0, 1.0]]))
    assert layer[0, :, 3].tolist() == [0, 255]
    assert layer[0, :, :3].tolist() == [list(heat_palette.STOPS[0]), list(heat_palette.STOPS[-1])]
