"""The GAN in the plane: it learns, it repeats, it collapses where it should, and it refuses nonsense."""

import pytest
import torch

from genclass.errors import GenClassError
from genclass.networks import toy_gan
from genclass.networks.toy_gan import ToySettings


def trained(shape, rules, steps, seed=0):
    game = toy_gan.begin(shape, rules, seed)
    for _ in range(steps):
        game.step()
    return game


def test_it_learns_the_ring():
    game = trained("ring", ToySettings(), 1000)
    covered, good = game.found()
    assert game.modes() == 8 and covered > 0.9 and good > 0.6
    assert toy_gan.begin("ring", ToySettings()).modes() < 3  # untrained


def test_the_same_seed_gives_the_same_game():
    games = [trained("moons", ToySettings(), 20, seed=3) for _ in range(2)]
    assert torch.equal(games[0].samples(), games[1].samples()) and games[0].losses == games[1].losses
    assert not torch.equal(games[0].samples(), trained("moons", ToySettings(), 20, seed=4).samples())


def test_modes_are_lost_without_the_penalty_and_come_back_with_it():
    game = trained("grid", ToySettings(penalty=0), 1500)
    lost, covered = game.modes(), game.found()[0]
    game.settings = ToySettings(penalty=0.02)
    for _ in range(2000):
        game.step()
    assert lost <= 9 and game.modes() > lost and game.found()[0] > covered + 0.1


def test_its_optimizer_is_torchs_adam():
    networks = [torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)]
    networks[1].load_state_dict(networks[0].state_dict())
    ours, theirs = toy_gan.Adam(networks[0]), torch.optim.Adam(networks[1].parameters(), lr=0.01, betas=toy_gan.BETAS)
    for step in range(5):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        ours.step(networks[0](x).square().mean(), 0.01)
        theirs.zero_grad()
        networks[1](x).square().mean().backward()
        theirs.step()
    assert torch.allclose(networks[0].weight, networks[1].weight, atol=1e-6)


@pytest.mark.parametrize("shape", toy_gan.SHAPES)
def test_shapes_fill_the_square_and_stay_inside(shape):
    points = toy_gan.points_of(shape)
    assert points.shape == (toy_gan.POINTS, 2) and points.dtype == torch.float32
    assert 0.5 < points.abs().amax(0).min() and points.abs().max() < 1.1


@pytest.mark.parametrize("loss", ["non-saturating", "saturating", "hinge"])
def test_every_loss_and_several_steps_of_the_discriminator_move_both_players(loss):
    game = toy_gan.begin("ring", ToySettings(loss=loss, discriminator_steps=2, penalty=0))
    before = game.samples(), game.field(8)
    game.step()
    assert not torch.equal(game.samples(), before[0]) and not torch.equal(game.field(8), before[1])


def test_the_field_is_the_discriminators_opinion_with_the_top_row_first():
    game = toy_gan.begin("ring", ToySettings())
    corner = torch.tensor([[-0.75, 0.75]])  # the middle of the first of sixteen cells
    field = game.field(4)
    assert field.shape == (4, 4) and torch.allclose(field[0, 0], game.discriminator(corner).sigmoid()[0, 0])


def test_a_drawing_becomes_points_near_it():
    drawn = [[x / 50 - 0.5, 0.2] for x in range(50)]
    points = toy_gan.points_drawn(drawn)
    assert points.shape == (toy_gan.POINTS, 2) and (points[:, 1] - 0.2).abs().max() < 0.15


@pytest.mark.parametrize(
    "drawn, code",
    [
        (None, "few_points"),
        ([[0, 0]] * 5, "few_points"),
        ([[0, 0]] * 5000, "few_points"),
        ([[0]] * 50, "not_a_number"),
        ([[0, "x"]] * 50, "not_a_number"),
        ([[0, float("nan")]] * 50, "not_a_number"),
        ([[0, 2]] * 50, "out_of_range"),
    ],
)
def test_what_is_no_drawing_is_refused(drawn, code):
    with pytest.raises(GenClassError) as refusal:
        toy_gan.points_drawn(drawn)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "rules",
    [{"loss": "x"}, {"rate": 1}, {"discriminator_steps": 1.5}, {"penalty": -1}, {"discriminator_rate": None}],
)
def test_rules_beyond_reason_are_refused(rules):
    with pytest.raises(GenClassError):
        ToySettings(**rules)
