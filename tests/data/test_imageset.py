"""Image sets: packed and read again, with a part held out."""

import dataclasses

import pytest
import torch

from genclass.data.imageset import hold_out, load_packed, save_packed
from genclass.errors import GenClassError
from tests.stand_ins import small_set


def test_what_was_skipped_is_packed_too(tmp_path):
    imageset = dataclasses.replace(small_set(), skipped=["a/broken.png"])
    save_packed(imageset, tmp_path / "x.safetensors")
    assert load_packed(tmp_path / "x.safetensors").skipped == ["a/broken.png"]


def test_held_out_images_are_training_images_kept_away():
    whole = small_set(count=60)
    held = hold_out(whole, 10)
    assert len(held.train_images) == 20 and len(held.test_images) == 10
    rejoined = torch.cat([held.train_images, held.test_images]).flatten(1)
    assert {tuple(row) for row in rejoined.tolist()} == {tuple(row) for row in whole.train_images.flatten(1).tolist()}
    assert torch.equal(held.test_images, hold_out(whole, 10).test_images)


def test_holding_out_everything_is_refused():
    with pytest.raises(GenClassError) as caught:
        hold_out(small_set(count=60), 29)
    assert caught.value.code == "out_of_range"
