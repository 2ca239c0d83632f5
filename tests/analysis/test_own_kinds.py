"""How a classifier of one's own kinds learns to say that a photo shows none of them."""

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from genclass.analysis import own_kinds
from genclass.models import known_kinds


def seen(count, kind, seed=0):
    """Scores of photos of a kind, each a little different; those of all kinds lie in a space of 100 dimensions."""
    draw = lambda count, seed: torch.randn(count, 100, generator=torch.Generator().manual_seed(seed))
    scores = (draw(1, 1000 + kind) + draw(count, seed) / 2) @ draw(1000, 999).T
    return F.normalize(scores - scores.mean(1, keepdim=True), dim=1)


@pytest.fixture
def strange():
    return torch.cat([seen(1, kind, kind) for kind in range(100, 300)])


def share(config, photos):
    return known_kinds.share(None, config, photos.exp())  # of which the logarithms are the scores again


def test_photos_of_the_kinds_are_above_the_limit_and_others_below(strange):
    found = own_kinds.limit(torch.cat([seen(12, 3), seen(12, 7, 1)]), strange)
    new, others = torch.cat([seen(20, 3, 5), seen(20, 7, 6)]), torch.cat([seen(20, 400, 8), seen(20, 900, 9)])
    assert (share({"kinds": found}, new) >= found["share"]).float().mean() > 0.9
    assert (share({"kinds": found}, others) < found["share"]).all()
    assert "24 photos of its own" in found["measured"] and "200 of other things" in found["measured"]


def test_what_is_said_of_a_photo_left_out_is_worse_than_with_it(strange):
    own = seen(9, 3)
    weights, left_out = own_kinds.divided(own, strange)
    assert weights.shape == (1001,) and left_out.shape == (209,)
    assert left_out[:9].mean() > 0.5 > left_out[9:].mean()
    fitted = own @ weights[:-1] + weights[-1]
    assert ((1 - left_out[:9]).abs() > (1 - fitted).abs()).all(), "who was there is told better"


def test_photos_of_other_things_are_those_beside_the_large_network(tmp_path, strange):
    assert own_kinds.others(tmp_path) is None
    save_file({"scores": strange.half()}, tmp_path / own_kinds.FILE)
    assert torch.allclose(own_kinds.others(tmp_path), strange, atol=1e-3)


def test_small_pictures_are_no_photos():
    assert own_kinds.seen(torch.zeros(4, 3, 95, 95, dtype=torch.uint8)) is None
