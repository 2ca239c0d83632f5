"""How a batch is changed: within bounds, by its generator alone, with gradients."""

import pytest
import torch

from genclass.data.batches import augment, cut_out, flip_where, random_shift, recoloured
from genclass.files.images import to_float
from tests.stand_ins import random_images


def batch(count=64, channels=3):
    return to_float(random_images(count, channels)) * 2 - 1


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_generator_alone_decides():
    images = batch()
    assert torch.equal(augment(images, seeded()), augment(images, seeded()))
    assert not torch.equal(augment(images, seeded()), augment(images, seeded(1)))


def test_a_square_of_half_the_side_at_most_is_cut_out():
    cut = (augment(batch() + 3, seeded()) == 0).all(1).flatten(1).sum(1)
    assert cut.max() <= 16 * 16 and cut.min() >= 8 * 8 and len(cut.unique()) > 5


@pytest.mark.parametrize("side", [1, 7, 8])
def test_a_square_of_the_asked_side_is_cut_out_and_less_at_the_border(side):
    images = torch.ones(8192, 1, 32, 32)
    cut = (cut_out(images, side, seeded()) == 0).all(1)
    assert cut.flatten(1).sum(1).max() == side * side and cut.any(2).sum(1).max() == cut.any(1).sum(1).max() == side
    assert cut.any(0).all()  # every place is hit


def test_colours_move_within_their_bounds():
    images = batch(256)
    moved = recoloured(images, seeded()).mean((1, 2, 3)) - images.mean((1, 2, 3))
    assert moved.abs().max() <= 0.5001 and moved.std() > 0.2
    contrast = recoloured(images.mean(1, keepdim=True), seeded()).std((1, 2, 3)) / images.mean(1).std((1, 2))
    assert contrast.min() >= 0.499 and contrast.max() <= 1.501 and contrast.std() > 0.2


def test_gradients_pass():
    images = batch(4, 1).requires_grad_(True)
    augment(images, seeded()).square().sum().backward()
    assert images.grad.isfinite().all() and images.grad.abs().flatten(1).sum(1).min() > 0


def test_shift_moves_the_whole_image():
    images = random_images(40, size=16).float()
    shifted = random_shift(images, 2, torch.Generator().manual_seed(3))
    assert shifted.shape == images.shape
    inner = [images[:, :, 2 + dy : 14 + dy, 2 + dx : 14 + dx] for dy in range(-2, 3) for dx in range(-2, 3)]
    found = torch.stack([(shifted[:, :, 2:14, 2:14] == moved).flatten(1).all(1) for moved in inner])
    assert (found.sum(0) == 1).all() and found.any(1).sum() > 10


def test_flip_mirrors_only_the_chosen():
    images = random_images(2)
    flipped = flip_where(images, torch.tensor([True, False]))
    assert torch.equal(flipped[0], images[0].flip(2)) and torch.equal(flipped[1], images[1])
