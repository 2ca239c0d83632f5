"""Warnings: silent over healthy reports, told over sick ones, and really triggered by sick trainings."""

import pytest
import torch

from genclass.errors import MESSAGES
from genclass.train import health, loop
from genclass.train.classifier import ClassifierTrainer
from genclass.train.health import Health
from tests.stand_ins import random_images, small_set
from tests.train.runs import make

pytestmark = pytest.mark.usefixtures("small_data")


def codes(reports):
    """Codes of the warnings after the last of some reports."""
    watched = Health()
    for report in reports:
        found = watched.warnings(report)
    return [warning["code"] for warning in found]


def gan(step, real=0.8, fake=0.3, **more):
    return {"step": step, "d_real": real, "d_fake": fake, **more}


def classifier(step, train, test):
    return {"step": step, "train_accuracy": train, "test_accuracy": test}


def test_healthy_runs_are_left_alone():
    assert codes([gan(step, spread=0.9) for step in range(0, 1000, 100)]) == []
    assert codes([gan(step, 0.95, 0.08) for step in range(9)]) == []  # the strongest seen in a healthy run
    assert codes([classifier(step, 0.8 + step / 100, 0.7 + step / 100) for step in range(9)]) == []


def test_a_discriminator_that_has_won_is_told():
    assert codes([gan(step, 0.99, 0.01) for step in range(health.WON_REPORTS)]) == ["discriminator_won"]
    assert codes([gan(step, 0.99, 0.01) for step in range(health.WON_REPORTS - 1)]) == []


def test_samples_that_are_alike_are_told_once_it_is_late_enough():
    late = health.COLLAPSE_STEPS
    assert codes([gan(late, spread=0.1), gan(late + 9, spread=0.1)]) == ["samples_collapse"]
    assert codes([gan(late - 9, spread=0.1), gan(late + 9, spread=0.1)]) == []
    assert codes([gan(late, spread=0.1), gan(late + 9, spread=0.5)]) == []


def test_learning_by_heart_is_told_when_the_test_images_gain_nothing():
    stuck = [classifier(1, 0.6, 0.62), *(classifier(step, 0.9, 0.6) for step in range(2, 5))]
    assert codes(stuck) == ["overfits"]
    assert codes([*stuck, classifier(5, 0.95, 0.7)]) == []


def warned(path, **changes):
    """Every code that a training warns of, with a report and a picture at every step."""
    reports = [progress.metrics for progress in loop.train(make(path, **changes))]
    return {warning["code"] for report in reports for warning in report["warnings"]}, reports[-1]


@pytest.fixture
def all_reported(monkeypatch):
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    monkeypatch.setattr(loop, "PICTURE_SECONDS", -1.0)
    monkeypatch.setattr(loop, "PICTURE_SHARE", 1e9)


TINY_GAN = {"width": 4, "discriminator_width": 16, "z_dim": 6, "batch": 8, "epochs": 30, "features": False}


def test_a_generator_that_hardly_moves_loses_to_its_discriminator(tmp_path, all_reported):
    overrides = TINY_GAN | {"epochs": 10, "learning_rate": 1e-6, "discriminator_learning_rate": 0.003, "penalty": 0}
    found, last = warned(tmp_path / "run", overrides=overrides)
    assert found == {"discriminator_won"}
    assert last["warnings"][0]["message"].startswith(MESSAGES["discriminator_won"][:30])


def test_a_generator_that_goes_too_far_draws_one_image(tmp_path, all_reported, monkeypatch):
    monkeypatch.setattr(health, "COLLAPSE_STEPS", 20)  # a small one is early
    found, _ = warned(
        tmp_path / "run",
        overrides=TINY_GAN | {"learning_rate": 0.1, "discriminator_learning_rate": 0.001, "penalty": 0},
    )
    assert found == {"samples_collapse"}


def test_labels_without_meaning_are_learnt_by_heart(tmp_path, all_reported, monkeypatch):
    noise = small_set(count=80)
    noise.train_images, noise.test_images = random_images(40, seed=1), random_images(40, seed=2)
    monkeypatch.setattr("genclass.data.sources.load", lambda *_, **__: noise)
    overrides = {"width": 16, "batch": 20, "epochs": 20, "flip": False, "shift": 0, "label_smoothing": 0}
    found, last = warned(tmp_path / "run", kind="classifier", overrides=overrides)
    assert "overfits" in found and last["train_accuracy"] > last["test_accuracy"] + 0.3


def test_a_loss_that_runs_away_leaves_the_last_good_state(tmp_path, all_reported, monkeypatch):
    monkeypatch.setattr(loop, "SAVE_SECONDS", -1.0)
    overrides = {"batch": 10, "epochs": 30}
    path = make(tmp_path / "run", kind="classifier", preset="classic-cnn", overrides=overrides)
    step = ClassifierTrainer.step

    def poisoned(self, index):
        if index == 5:
            list(self.network.parameters())[-1].data.fill_(float("inf"))
        return step(self, index)

    monkeypatch.setattr("genclass.train.classifier.ClassifierTrainer.step", poisoned)
    with pytest.raises(loop.GenClassError, match="not a number at step"):
        list(loop.train(path))
    assert loop.run_folder.read_status(path)["error"]["code"] == "diverged"
    number, tensors = loop.RunFolder(path).newest_state()
    assert 0 < number <= 5 and all(torch.isfinite(value).all() for value in tensors.values())


def test_the_first_pictures_tell_nothing_of_what_no_longer_grows():
    health = Health()
    pairs = ((0.8, 0.4), (0.85, 0.5), (0.9, 0.6))
    told = [health.warnings({"step": 1, "train_accuracy": train, "test_accuracy": test}) for train, test in pairs]
    assert told == [[], [], []]


@pytest.mark.parametrize("seconds, told", [(10, None), (110, None), (170, ("59", "3.4")), (600, ("17", "12"))])
def test_minutes_that_do_not_hold_are_told(seconds, told):
    health = Health(minutes=2, steps=120)
    found = [w for w in health.warnings({"step": 100, "seconds": seconds}) if w["code"] == "slowed"]
    values = [(str(warning["values"]["speed"]), warning["values"]["become"]) for warning in found]
    assert values == ([told] if told else [])
    assert Health(steps=120).warnings({"step": 1, "seconds": 600}) == []
