"""What a direction does, told by measures of the images alone."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from genclass.models import checkpoint, directions, effects
from genclass.models.sampler import Sampler


def drawing(size=16, channels=3):
    """A grey square on black, [1, channels, size, size] in 0..1."""
    x = torch.zeros(1, channels, size, size)
    x[:, :, 5:11, 5:11] = 0.5
    return x


class Painter:
    """Draws the square; each number of z changes it in a way of its own."""

    z_dim, classes = 4, 0

    def __call__(self, z, class_weights=None):
        x = drawing().repeat(len(z), 1, 1, 1)
        x = x + 0.05 * z[:, 0, None, None, None]  # all of it
        x[:, 0] += 0.05 * z[:, 1, None, None]
        x[:, -1] -= 0.05 * z[:, 1, None, None]
        for index, by in enumerate((z[:, 2] * 1.5).round().int().clamp(-5, 5).tolist()):
            x[index] = x[index].roll(by, 2)
        return x * 2 - 1


def test_a_direction_is_named_by_what_it_does():
    axes = {f"d{index + 1}": axis for index, axis in enumerate(torch.eye(4))}
    found = effects.effects(Painter(), axes)
    assert {id: effect.names["en"] for id, effect in found.items()} == {
        "d1": "brighter", "d2": "warmer", "d3": "further right"}  # fmt: skip
    assert all(effect.hit >= 0.6 and 0 <= effect.side <= 1 and effect.names["zh"] for effect in found.values())


def test_the_other_way_it_has_the_opposite_name():
    axes = {f"d{index + 1}": -axis for index, axis in enumerate(torch.eye(4))}
    told = {id: effect.names["en"] for id, effect in effects.effects(Painter(), axes).items()}
    assert told == {"d1": "darker", "d2": "cooler", "d3": "further left"}


def test_of_two_directions_that_do_the_same_the_clearer_one_has_the_name():
    strong, weak = torch.zeros(10, len(effects.MEASURES)), torch.zeros(10, len(effects.MEASURES))
    strong[:, 0], weak[:7, 0] = 1, 1
    assert list(effects.named({"d1": weak, "d2": strong})) == ["d2"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda x: x * 1.5, "more contrast"),
        (lambda x: torch.nn.functional.max_pool2d(x, 5, 1, 2), "larger"),
        (lambda x: x.roll(3, 2), "further down"),
        (lambda x: x + 0.3 * torch.rand(x.shape, generator=torch.Generator().manual_seed(0)), "busier background"),
        (lambda x: x * torch.tensor([1.4, 1, 0.6]).view(1, 3, 1, 1), "more colourful"),
    ],
)
def test_each_measure_grows_with_what_it_is_named_after(change, name):
    index = next(index for index, measure in enumerate(effects.MEASURES) if measure[2]["en"] == name)
    before, after = (effects.measured(x * 2 - 1)[0, index] for x in (drawing(), change(drawing())))
    assert after > before + 0.01


def test_grey_images_have_no_names_of_colour():
    found = effects.measured(drawing(channels=1) * 2 - 1)
    colour = torch.tensor([measure[1] for measure in effects.MEASURES])
    assert found.isfinite().all() and (found[:, colour] == 0).all()


def test_names_are_kept_with_the_directions(save_tiny, monkeypatch):
    said = {"d2": effects.Effect({"en": "larger", "zh": "更大"}, 0.8, 0.2)}
    monkeypatch.setattr(directions, "effects", lambda network, found: said)
    folder = save_tiny("gan")
    assert Sampler.load(folder).direction_names == {"d2": {"en": "larger", "zh": "更大"}}
    with safe_open(folder / directions.FILE, framework="pt") as file:
        told = {key: json.loads(file.metadata()[key]) for key in ("names", "measured")}
    assert told == {"names": {"d2": {"en": "larger", "zh": "更大"}}, "measured": {"d2": {"hit": 0.8, "side": 0.2}}}
    assert directions.measured(folder) == told["measured"]


def with_file(folder, vectors, **told):
    config = checkpoint.read_config(folder)
    metadata = {"model": config["sha256"]["model.safetensors"], **told}
    save_file(vectors, folder / directions.FILE, metadata)
    return Sampler.load(folder)


def test_a_direction_may_have_a_word_for_an_id(save_tiny):
    axes = torch.eye(8)
    vectors = {"d1": axes[0].clone(), "hair-length": axes[1].clone(), "glasses": axes[2].clone()}
    sampler = with_file(save_tiny("gan"), vectors, names=json.dumps({"glasses": {"en": "glasses", "zh": "眼镜"}}))
    assert list(sampler.directions) == ["glasses", "hair-length", "d1"]
    assert sampler.direction_names == {"glasses": {"en": "glasses", "zh": "眼镜"}}
    moved = sampler.latents({"model": "tiny", "directions": {"glasses": 2}})
    assert torch.allclose(moved - sampler.latents({"model": "tiny"}), 2 * axes[2], atol=1e-6)


@pytest.mark.parametrize("id", ["Glasses", "g", "a" * 25, "d0", "d100", "hair_length", "-x", "z1"])
def test_no_other_id_is_taken(save_tiny, id):
    folder = save_tiny("gan")
    with_file(folder, {id: torch.eye(8)[0].clone()})
    assert directions.stored(folder, checkpoint.read_config(folder), 8) is None


@pytest.mark.parametrize("names", ["[", "[]", "7", '{"d1": 5}', '{"d1": {"en": 5}}', '{"../x": {"en": "a"}}', "null"])
def test_a_strangers_names_are_left_out_where_they_are_none(save_tiny, names):
    sampler = with_file(save_tiny("gan"), {"d1": torch.eye(8)[0].clone()}, names=names)
    assert sampler.direction_names == {}


def test_a_strangers_name_is_shown_safely(save_tiny):
    names = json.dumps({"d1": {"en": "a\u202eb" + "x" * 99}})
    sampler = with_file(save_tiny("gan"), {"d1": torch.eye(8)[0].clone()}, names=names)
    assert sampler.direction_names["d1"]["en"] == "ab" + "x" * 38
