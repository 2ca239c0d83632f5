"""Runs on classes that are one another's mirror images: without mirror images, said, recorded, and exactly resumed."""

import json

import pytest
import torch

from genclass.models.classifier import Classifier
from genclass.train import loop
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.stand_ins import arrow_set, know, small_set

TINY = {
    "classifier": ("airnet", {"width": 4, "batch": 10, "epochs": 2}),
    "gan": ("gan", {"width": 4, "discriminator_width": 8, "features": False, "batch": 10, "epochs": 1}),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Makes a run of a kind on the arrows, or another set; returns its folder and reports."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)

    def run(kind, imageset=None, data="arrows", name="run", steps=None, **overrides):
        monkeypatch.setattr("genclass.data.sources.load", lambda *_, **__: imageset or arrow_set())
        preset, tiny = TINY[kind]
        path = tmp_path / name
        run_folder.create(path, know(Request(kind, data, preset, tiny | overrides, threads=1)))
        return path, take(path, steps)

    return run


def take(path, steps=None):
    reports, training = [], loop.train(path)
    for report in training:
        reports.append(report)
        if report.step == steps:
            training.close()
    return reports


def config_of(path):
    return json.loads((path / "config.json").read_text())


def model_of(path):
    return max((path / "model").iterdir(), key=lambda folder: int(folder.name))


@pytest.mark.parametrize("kind", TINY)
def test_mirroring_is_switched_off_with_a_word(kind, run, caplog):
    path, reports = run(kind, steps=1)
    assert "Images of left look mirrored like those of right" in caplog.text  # before the first step
    reports += take(path)
    assert config_of(path)["fixed"]["mirror_twins"] == ["left", "right"]
    assert all(report.metrics["warnings"][0]["code"] == "mirror_twins" for report in reports)
    assert "left" in reports[0].metrics["warnings"][0]["message"]
    model = json.loads((model_of(path) / "config.json").read_text())
    assert model["training"]["recipe"]["flip"] is False and model.get("test_time_flip", False) is False


@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize("asked", [True, False])
def test_what_is_asked_for_goes_before(kind, asked, run, caplog):
    path, reports = run(kind, flip=asked)
    assert ("learnt mirrored, too" in caplog.text, "No image is learnt mirrored" in caplog.text) == (asked, not asked)
    assert config_of(path)["fixed"]["mirror_twins"] is None and reports[0].metrics["warnings"] == []
    assert json.loads((model_of(path) / "config.json").read_text())["training"]["recipe"]["flip"] is asked


def test_other_sets_are_mirrored_as_ever_and_that_is_said(run, caplog):
    path, reports = run("classifier", small_set(), data="shades")
    assert "learnt mirrored, too" in caplog.text
    assert config_of(path)["fixed"]["mirror_twins"] is None and reports[0].metrics["warnings"] == []
    assert json.loads((model_of(path) / "config.json").read_text())["test_time_flip"] is True


def test_named_sets_are_not_looked_at(run, monkeypatch):
    monkeypatch.setattr("genclass.data.mirroring.twins", lambda *_: pytest.fail("their row tells"))
    run("classifier", data="cifar10-mini")


def test_the_decision_is_not_made_again_on_resuming(run, monkeypatch):
    whole, _ = run("classifier", name="whole")
    path, _ = run("classifier", name="stopped", steps=3)
    monkeypatch.setattr("genclass.data.mirroring.twins", lambda *_: pytest.fail("it was recorded"))
    reports = take(path)
    assert reports[0].metrics["warnings"][0]["code"] == "mirror_twins"
    weights = [Classifier.load(model_of(each)).network.state_dict() for each in (whole, path)]
    assert all(torch.equal(one, other) for one, other in zip(*(each.values() for each in weights)))


def test_runs_of_earlier_versions_go_on_as_they_began(run):
    path, _ = run("classifier", steps=3)
    config = config_of(path)
    del config["fixed"]["mirror_twins"]
    (path / "config.json").write_text(json.dumps(config))
    assert take(path)[-1].metrics["warnings"] == []
    assert json.loads((model_of(path) / "config.json").read_text())["test_time_flip"] is True
