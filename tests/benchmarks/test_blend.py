"""A generator averaged with the one that it was trained on from."""

import pytest
import torch

from benchmarks.blend import blend
from genclass.models import checkpoint
from tests.stand_ins import config_of, save_network

SMALL = {"z_dim": 8, "width": 4, "discriminator": {"width": 8}}


def drawn(folder):
    network, _ = checkpoint.load_network(folder)
    z = torch.randn(3, 8, generator=torch.Generator().manual_seed(0))
    return network.eval()(z, torch.eye(3))


@pytest.fixture
def pair(tmp_path):
    """Folders of a generator of ``gan`` and of one of ``projected-gan``."""
    for name in ("gan", "projected-gan"):
        training = {"seconds": len(name)}
        config = config_of("gan", {"name": name, **SMALL}, ("a", "b", "c"), name=name)
        save_network(tmp_path, name, config | {"training": training})
    return tmp_path / "gan", tmp_path / "projected-gan"


@pytest.mark.parametrize("share", [0, 1])
def test_at_either_end_it_is_one_of_the_two(pair, share, tmp_path):
    out = blend(*pair, share, tmp_path / "out")
    assert torch.allclose(drawn(out), drawn(pair[share]), atol=2e-3)


def test_between_them_it_is_neither_and_says_how_it_came_about(pair, tmp_path):
    out = blend(*pair, 0.5, tmp_path / "out")
    assert all((drawn(out) - drawn(one)).abs().max() > 1e-2 for one in pair)
    assert checkpoint.read_config(out)["training"] == {"seconds": 13, "before": {"seconds": 3}, "share": 0.5}
    checkpoint.load_network(out, "discriminator")
