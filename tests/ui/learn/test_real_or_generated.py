"""The game in which the visitor is the discriminator."""

import gradio as gr
import numpy as np
import pytest

from genclass.ui.learn import real_or_generated


def test_a_round_is_half_real_and_the_same_for_its_seed(lab):
    dealt = [real_or_generated.deal_round("fashion-mnist-gan", 5) for _ in range(2)]
    assert dealt[0].generated.sum() == 4 and np.array_equal(dealt[0].pictures, dealt[1].pictures)
    assert not np.array_equal(dealt[0].pictures, real_or_generated.deal_round("fashion-mnist-gan", 6).pictures)
    assert len(dealt[0].seen) == 8 and dealt[0].realness.shape == (8,)


def test_the_truth_is_told_with_a_score(lab):
    generated = real_or_generated.deal_round("fashion-mnist-gan", 5).generated
    picks = [place for place, is_generated in zip(real_or_generated.PLACES, generated) if is_generated]
    assert "You were right about 8 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, picks)
    assert "You were right about 4 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, [])
    assert "You were right about 4 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, {"not": "a list"})


def test_only_gans_with_real_pictures_here_are_played_with(lab):
    assert real_or_generated.playable() == ["fashion-mnist-gan"]
    with pytest.raises(gr.Error):
        real_or_generated.deal("plain-gan", 1)
