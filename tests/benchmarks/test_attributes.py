"""Attributes of avatars: told from their options, learnt, found as directions, kept only where these are faithful."""

import json
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from benchmarks import attributes, boundaries
from benchmarks import directions as command
from genclass.data import sources
from genclass.data.imageset import ABSENT
from genclass.models import checkpoint, directions
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

IDS = ["left", "right", "top"]
SIDE = 8


@pytest.fixture(scope="module")
def avatars():
    return sources.load("avatars-mini")


def few(avatars, count):
    """``count`` training images in turn from all styles, and as many to test on."""
    some = attributes.asked(avatars, slice(0, None, len(avatars.train_images) // count))
    some.test_images, some.test_labels = some.test_images[::50], some.test_labels[::50]
    return some


@pytest.mark.parametrize("name", attributes.NETWORKS)
def test_a_network_is_trained_and_kept_as_a_checkpoint_whose_outputs_are_independent(name, avatars, tmp_path):
    settings = attributes.dataclasses.replace(attributes.NETWORKS[name], epochs=1, batch=10)
    folder = attributes.train(few(avatars, 20), settings, tmp_path / name)
    images = avatars.test_images[:4]
    classifier = Classifier.load(folder)
    assert classifier.classes == attributes.IDS
    assert torch.allclose(classifier.predict_prepared(images), classifier.logits(images).sigmoid())


def test_of_what_cannot_be_told_nothing_is_learnt(avatars):
    imageset = few(avatars, 10)
    imageset.train_labels[:, 1:] = ABSENT
    imageset.train_labels[:, 0] = 1
    settings = attributes.dataclasses.replace(attributes.NETWORKS["judge"], batch=10)
    trainer = attributes.AttributeTrainer(imageset, settings, 0, torch.device("cpu"), 1)
    before = trainer.network.head.weight.detach().clone()
    assert trainer.step(0)["loss"] > 0
    changed = (trainer.network.head.weight != before).any(1)
    assert changed.tolist() == [True] + [False] * (len(attributes.IDS) - 1)


def test_rare_ones_count_as_much_as_common_ones():
    labels = torch.tensor([1] + [0] * 9)
    assert attributes.balanced(torch.zeros(10, dtype=torch.long), labels) == 0.5
    assert attributes.balanced(labels, labels) == 1
    assert attributes.balanced(torch.zeros(9), torch.zeros(9)) is None


class Painter:
    """Images with a bright left, a bright right, a bright top, as far as z says so; the third class has no top."""

    z_dim, classes = 6, 3

    def __init__(self, mix=None):
        self.mix = torch.eye(6) if mix is None else mix

    def __call__(self, z, class_weights):
        left, right, top = (z @ self.mix)[:, :3].T
        top = torch.where(class_weights[:, 2] == 1, -1.0, top)
        x = torch.zeros(len(z), 3, SIDE, SIDE)
        for rows, columns, level in ((slice(2, None), slice(2), left), (slice(2, None), slice(-2, None), right),
                                     (slice(1), slice(None), top)):  # fmt: skip
            x[:, :, rows, columns] = level.clamp(-1, 1)[:, None, None, None]
        return x


def scores(x):
    """Logits of ``IDS`` for floats from 0 to 1."""
    parts = (x[:, :, 2:, :2], x[:, :, 2:, -2:], x[:, :, :1])
    return torch.stack([20 * (part.mean((1, 2, 3)) - 0.5) for part in parts], 1)


def sees(images):
    """Probabilities of ``IDS``."""
    return scores(images.float() / 255).sigmoid()


def styled(images):
    return torch.ones(len(images), 3)


ALL = torch.ones(3, 3, dtype=torch.bool)


def judged(painter, styled=styled, asked=ALL):
    axes = boundaries.boundaries(painter, IDS, sees, asked, samples=2000)
    return axes, boundaries.faithfulness(painter, axes, IDS, sees, styled, asked, samples=300)


def test_a_direction_is_found_for_each_attribute_and_does_what_its_name_says():
    axes, found = judged(Painter())
    for index, id in enumerate(IDS):
        assert axes[id] @ torch.eye(6)[index] > 0.97 and axes[id].norm().item() == pytest.approx(1)
        assert found[id].kept and found[id].hit > 0.8 and found[id].side < 0.15 and found[id].style == 0
    assert {id: one.lacking for id, one in found.items()} == {"left": (), "right": (), "top": (2,)}


def test_directions_of_entangled_attributes_are_made_independent():
    mix = torch.eye(6)
    mix[0, 1] = 0.8  # what makes the left bright makes the right so too
    axes, found = judged(Painter(mix))
    moved = axes["left"] @ mix
    assert abs(moved[1]) < 0.1 < moved[0] and found["left"].kept and found["right"].kept
    assert F.cosine_similarity(axes["left"], mix[:, 0], dim=0) < 0.95  # not the normal alone


def test_a_direction_is_turned_towards_what_it_is_for_and_away_from_what_else_it_changes():
    skewed = F.normalize(torch.tensor([1.0, 0.9, 0, 0.5, 0, 0]), dim=0)
    found = boundaries.refined(Painter(), {"left": skewed}, IDS, scores, styled, ALL)["left"]
    assert found[0] > 0.95 > skewed[0] and abs(found[1]) < 0.25 and found.norm().item() == pytest.approx(1)
    effects = [
        boundaries.faithfulness(Painter(), {"left": axis}, IDS, sees, styled, ALL, samples=300)["left"]
        for axis in (skewed, found)
    ]
    assert not effects[0].kept and effects[1].kept


def test_a_direction_that_can_not_be_better_stays():
    best = torch.eye(6)[0]
    assert torch.equal(boundaries.refined(Painter(), {"left": best}, IDS, scores, styled, ALL)["left"], best)


def test_what_is_always_the_same_has_no_direction():
    assert "top" not in judged(Painter(), asked=ALL & torch.tensor([True, True, False]))[0]
    mix = torch.eye(6)
    mix[2, 2] = 0
    assert set(judged(Painter(mix))[0]) == {"left", "right"}


def test_what_changes_something_else_as_well_is_not_kept():
    axes = {"left": F.normalize(torch.tensor([1.0, 1, 0, 0, 0, 0]), dim=0)}
    found = boundaries.faithfulness(Painter(), axes, IDS, sees, styled, ALL, samples=300)["left"]
    assert found.hit > 0.6 and found.side > 0.15 and not found.kept


def test_what_changes_little_is_not_kept():
    mix = 0.2 * torch.eye(6)[:, :3] + torch.eye(6)[[3, 4, 5, 0, 1, 2]][:, :3]
    axes = {"left": torch.eye(6)[0]}
    found = boundaries.faithfulness(Painter(F.pad(mix, (0, 3))), axes, IDS, sees, styled, ALL, samples=300)["left"]
    assert 0 < found.hit < 0.6 and not found.kept


def test_what_changes_the_style_is_not_kept():
    turning = lambda images: torch.stack([images[:, 0, 4, 0].float(), torch.full((len(images),), 127.0)], 1)
    found = judged(Painter(), turning)[1]
    assert found["left"].style > 0.6 and not found["left"].kept and found["right"].kept


@pytest.fixture
def shipped(save_tiny, monkeypatch):
    """A GAN's folder for which two directions of attributes were sought, of which one is faithful."""
    folder = save_tiny("gan", ("micah", "critters"))
    found = {"glasses": boundaries.Faithfulness(0.7, 0.1, 0.0, (1,)),
             "smile": boundaries.Faithfulness(0.5, 0.1, 0.0, ())}  # fmt: skip
    axes = dict(zip(found, torch.eye(8)))
    monkeypatch.setattr(boundaries, "boundaries", lambda *_: axes)
    monkeypatch.setattr(boundaries, "refined", lambda network, directions, *_: directions)
    monkeypatch.setattr(boundaries, "faithfulness", lambda *_: found)
    seeing = SimpleNamespace(predict_prepared=None, raw_logits=None)
    monkeypatch.setattr(command.Classifier, "load", lambda folder: seeing)
    monkeypatch.setattr(command, "fitting_judge", lambda *_: seeing)
    monkeypatch.setattr(command.card, "write", lambda folder: None)
    before = Sampler.load(folder)
    assert list(before.directions)[0] == "d1"
    command.find(folder, folder)
    return folder, before


def test_a_faithful_direction_is_kept_beside_the_numbered_ones(shipped):
    folder, before = shipped
    after = Sampler.load(folder)
    assert list(after.directions) == ["glasses", *before.directions]
    assert all(torch.equal(after.directions[id], axis) for id, axis in before.directions.items())
    assert after.said.names == {**before.said.names, "glasses": {"en": "glasses", "zh": "眼镜"}}
    assert after.said.measured["glasses"] == {"hit": 0.7, "side": 0.1, "style": 0.0}
    assert after.said.lacking == {"glasses": ["critters"]}
    checkpoint.verify(folder, checkpoint.read_config(folder))
    after.sample({"model": "tiny", "count": 1, "directions": {"glasses": 2, "d1": 1}})


def test_naming_the_others_anew_leaves_it_as_it_is(shipped):
    folder, _ = shipped
    before, vectors = Sampler.load(folder).said, load_file(folder / directions.FILE)
    command.rename(folder)
    after = Sampler.load(folder)
    assert (after.said.names, after.said.measured, after.said.lacking) == (
        before.names, before.measured, before.lacking)  # fmt: skip
    assert all(torch.equal(after.directions[id], axis) for id, axis in vectors.items())


def test_finding_anew_lets_go_of_what_was_found_before(shipped, monkeypatch):
    folder, before = shipped
    monkeypatch.setattr(boundaries, "faithfulness", lambda *_: {})
    command.find(folder, folder)
    after = Sampler.load(folder)
    assert list(after.directions) == list(before.directions) and after.said.names == before.said.names
    assert json.loads(after.said.metadata["lacking"]) == {}
