"""What a direction does, told by measures of the images alone."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from genclass import paths
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


def change_of(**measures):
    """What a direction does to ten images: by the English name of its growth, in all of them or in a list."""
    change = torch.zeros(10, len(effects.MEASURES))
    for index, measure in enumerate(effects.MEASURES):
        change[:, index] = torch.as_tensor(measures.get(measure.grows["en"].replace(" ", "_"), 0.0))
    return change


def names_of(**changes):
    return {id: effect.names["en"] for id, effect in effects.named(changes).items()}


def test_of_two_directions_that_do_the_same_the_stronger_one_has_the_name():
    assert names_of(d1=change_of(brighter=0.9), d2=change_of(brighter=1)) == {"d2": "brighter"}
    assert names_of(d1=change_of(brighter=2), d2=change_of(brighter=-1)) == {"d1": "brighter"}


def test_the_other_one_has_the_name_of_its_next_effect_if_that_is_clear():
    first = change_of(brighter=3)
    assert names_of(d1=first, d2=change_of(brighter=2, larger=-1.5)) == {"d1": "brighter", "d2": "smaller"}
    assert names_of(d1=first, d2=change_of(brighter=2, larger=0.9)) == {"d1": "brighter"}


def test_what_most_images_do_not_show_is_no_name():
    assert names_of(d1=change_of(brighter=[2.0] * 7 + [-2.0] * 3)) == {"d1": "brighter"}
    assert names_of(d1=change_of(brighter=[9.0] * 6 + [0.0] * 4)) == {}
    assert names_of(d1=change_of(brighter=0.4)) == {}  # too little to be seen


class Judge:
    """Sees more of the class "red" the redder an image is, and no "blue" ever."""

    classes = ["green", "red", "blue"]

    def predict_prepared(self, images):
        red = images[:, 0].float().mean((1, 2)).div(255)
        return torch.stack([1 - red, red, torch.zeros(len(red))], 1)


class Shades:
    """The first number of z turns an image from green to red."""

    z_dim, classes = 2, 0

    def __call__(self, z, class_weights=None):
        red = torch.sigmoid(2 * z[:, 0])[:, None, None].expand(-1, 8, 8)
        return torch.stack([red, 1 - red, torch.zeros_like(red)], 1) * 2 - 1


@pytest.mark.parametrize(
    ("sign", "name", "chinese"), [(1, "more like red", "更像red"), (-1, "less like red", "更不像red")]
)
def test_a_direction_may_be_named_after_a_class_that_a_judge_sees(sign, name, chinese):
    change = torch.cat([change_of(brighter=1), torch.tensor([0, 3.0 * sign, 0]).expand(10, 3)], 1)
    found = effects.named({"d1": change}, Judge.classes)["d1"]
    assert (found.names, found.like, found.hit) == ({"en": name, "zh": chinese}, "red", 1)


def test_what_a_judge_sees_grows_along_the_direction_that_shows_it():
    axes = {"d1": torch.eye(2)[0], "d2": torch.eye(2)[1]}
    z = torch.randn(100, 2, generator=torch.Generator().manual_seed(0))
    found = effects.changes(Shades(), axes, z, Judge())
    green, red, blue = (effects.shares(found["d1"], len(effects.MEASURES) + index, False)[0] for index in range(3))
    assert red > 0.7 and green == blue == 0
    assert not found["d2"].any()


def test_without_a_judge_no_class_is_named():
    found = effects.effects(Shades(), {"d1": torch.eye(2)[0]})
    assert {effect.like for effect in found.values()} <= {None}


def test_a_class_that_is_seen_nowhere_counts_for_nothing():
    seen = effects.measured(Shades()(torch.randn(5, 2)), Judge())
    assert len(set(seen[:, -1].tolist())) == 1


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
    said = {"d2": effects.Effect({"en": "larger", "zh": "更大"}, 0.8, 0.2),
            "d3": effects.Effect({"en": "less like cat", "zh": "更不像cat"}, 0.7, 0.1, "cat")}  # fmt: skip
    monkeypatch.setattr(directions, "effects", lambda network, found, judge: said)
    folder = save_tiny("gan")
    sampler = Sampler.load(folder)
    assert sampler.said.names == {id: effect.names for id, effect in said.items()}
    assert sampler.said.likes == {"d3": "cat"}
    with safe_open(folder / directions.FILE, framework="pt") as file:
        told = {key: json.loads(file.metadata()[key]) for key in ("names", "measured", "like")}
    measured = {"d2": {"hit": 0.8, "side": 0.2}, "d3": {"hit": 0.7, "side": 0.1}}
    assert told == {"names": sampler.said.names, "measured": measured, "like": {"d3": "cat"}}
    assert directions.said_in(folder).measured == measured


def test_the_judge_of_the_images_is_asked_where_it_fits(save_tiny, monkeypatch):
    asked = []
    monkeypatch.setattr(directions, "effects", lambda network, found, judge: asked.append(judge) or {})
    judge = save_tiny("classifier", ("a", "b", "c"), "small-airnet")
    monkeypatch.setattr(paths, "SHIPPED", judge.parent)
    for classes in (("a", "b", "c"), (), ("a", "b")):
        folder = save_tiny("gan", classes, name=f"gan-{len(classes)}")
        assert len(Sampler.load(folder).directions) == 8
    assert [found and found.name for found in asked] == ["small-airnet", "small-airnet", None]


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
    assert sampler.said.names == {"glasses": {"en": "glasses", "zh": "眼镜"}}
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
    assert sampler.said.names == {}


def test_a_strangers_name_is_shown_safely(save_tiny):
    names = json.dumps({"d1": {"en": "a\u202eb" + "x" * 99}})
    sampler = with_file(save_tiny("gan"), {"d1": torch.eye(8)[0].clone()}, names=names)
    assert sampler.said.names["d1"]["en"] == "ab" + "x" * 38
