"""The command that calibrates a shipped classifier, on tiny stand-ins."""

import dataclasses
import json

import pytest
import torch
import torch.nn.functional as F

from benchmarks import calibrate
from genclass import paths
from genclass.data import sources
from genclass.models import store
from genclass.models.classifier import Classifier
from tests.stand_ins import random_images, small_set


def smooth_set(name, size=32):
    """A stand-in as smooth as pictures are: of noise nothing would be told apart by its roughness."""
    imageset = small_set(count=800, channels=1 if name == "mnist" else 3)
    parts = {part: getattr(imageset, part).float() for part in ("train_images", "test_images")}
    smooth = {part: F.avg_pool2d(images, 9, 1, 4, count_include_pad=False) for part, images in parts.items()}
    return dataclasses.replace(imageset, **{part: images.to(torch.uint8) for part, images in smooth.items()})


@pytest.fixture
def calibrated(save_tiny, monkeypatch, capsys):
    """(the shipped config.json after the command ran, its last line of output, the twin)."""
    classes = small_set().classes
    twin, shipped = (save_tiny("classifier", classes, name) for name in ("twin", "shipped"))
    config = json.loads((twin / "config.json").read_text())
    (twin / "config.json").write_text(json.dumps({**config, "training": {"recipe": {"holdout": 200}}}))
    monkeypatch.setattr(paths, "SHIPPED", shipped.parent)
    monkeypatch.setattr(sources, "load", smooth_set)
    monkeypatch.setattr(calibrate, "OTHERS", 20)
    monkeypatch.setattr("sys.argv", ["calibrate", str(twin), "shipped"])
    calibrate.main()
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    return json.loads((shipped / "config.json").read_text()), printed, Classifier.load(twin)


def test_temperature_and_limits_go_into_the_checkpoint(calibrated):
    config, printed, twin = calibrated
    assert config["temperature"]["value"] == printed["temperature"] > 0
    assert "200 held-out training images" in config["temperature"]["measured"]
    assert config["sha256"] == twin.config["sha256"]  # weights are left alone
    assert Classifier.load(store.find_named("shipped")).temperature == printed["temperature"]


def test_at_most_one_in_twenty_held_out_images_is_flagged(calibrated):
    config, _, twin = calibrated
    held, _, rest = calibrate.held_out(twin)
    judge = Classifier(twin.network, config)
    assert len(held) == 200 and len(rest) == 200
    assert calibrate.share_flagged(judge, held) <= 0.05 + 1e-6


def test_a_model_that_has_not_come_to_all_its_images_is_tried_on_the_others(save_tiny, monkeypatch):
    folder = save_tiny("classifier", small_set().classes, "twin")
    config = json.loads((folder / "config.json").read_text())
    training = {"recipe": {"holdout": 0, "batch": 32}, "seed": 3, "steps": 5}
    (folder / "config.json").write_text(json.dumps({**config, "training": training}))
    monkeypatch.setattr(sources, "load", smooth_set)
    monkeypatch.setattr(calibrate, "HELD", 100)
    held, labels, rest = calibrate.held_out(Classifier.load(folder))
    assert (len(held), len(labels), len(rest)) == (100, 100, 160)
    assert not any((rest == image).flatten(1).all(1).any() for image in held)


def test_figures_of_every_score_and_of_the_test_set(calibrated):
    _, printed, _ = calibrated
    strange = {"cifar10", "fashion-mnist", "mnist", "noise", "blots", "avatars"}
    assert set(printed["scores"]) == {"energy", "probability", "neighbours", "energy, roughness"}
    assert all(set(flagged) == strange for flagged in printed["scores"].values())
    assert set(printed["flagged"]) == strange | {"test set"} and set(printed["calibration_error"]) == {
        "before",
        "after",
    }


def test_noise_is_flagged_by_its_roughness(calibrated):
    config, printed, twin = calibrated
    assert config["unfamiliar"]["roughness"] < 1.5
    assert Classifier(twin.network, config).answer(random_images(20))[1].all() and printed["flagged"]["noise"] == 1
