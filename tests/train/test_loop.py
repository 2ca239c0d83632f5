"""Training as a whole, on tiny networks: exact resume, the run folder's contract, failures."""

import json
import os
import subprocess
import sys

import pytest
import torch

import genclass
from genclass.data import imageset, sources
from genclass.errors import GenClassError
from genclass.models import checkpoint, directions, store
from genclass.train import loop, machine
from genclass.train.classifier import ClassifierTrainer
from genclass.train.gan import GanTrainer
from genclass.train.run import layout as run_folder
from tests.stand_ins import know, small_set
from tests.train.runs import TINY, final_weights, make, request, same, train_in_stretches

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """``{kind: weights}`` that the tiny runs end with where nothing interrupts them."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "load", lambda *_, **__: small_set())
        patch.setenv("GENCLASS_RUNS", str(folder))
        return {kind: final_weights(train_in_stretches(make(folder / kind, kind=kind), patch)) for kind in TINY}


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_resume_gives_the_same_weights_bit_for_bit(kind, whole, tmp_path, monkeypatch):
    parts = train_in_stretches(make(tmp_path / "parts", kind=kind), monkeypatch, 2, 5)
    assert same(whole[kind], final_weights(parts))


@pytest.mark.parametrize("name", ["classic-gan", "classic-cnn"])
def test_the_classic_pair_resumes_exactly_too(name, tmp_path, monkeypatch):
    kind = "gan" if name == "classic-gan" else "classifier"
    changes = {"kind": kind, "preset": name, "overrides": {"batch": 10, "epochs": 1.34}}
    whole = train_in_stretches(make(tmp_path / "whole", **changes), monkeypatch)
    parts = train_in_stretches(make(tmp_path / "parts", **changes), monkeypatch, 3)
    assert same(final_weights(whole), final_weights(parts))


def test_another_seed_gives_other_weights(tmp_path):
    for seed in (0, 1):
        list(loop.train(make(tmp_path / str(seed), seed=seed)))
    one, other = (final_weights(tmp_path / str(seed))["model.safetensors"] for seed in (0, 1))
    assert not torch.equal(one["dense.weight"], other["dense.weight"])


def test_closing_the_generator_saves(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    training = loop.train(make(tmp_path / "run"))
    next(training)
    training.close()
    assert run_folder.read_status(tmp_path / "run")["state"] == "stopped"
    assert (tmp_path / "run" / "state" / "1").is_dir()


@pytest.mark.parametrize("file", ["state.safetensors", "state.json"])
def test_a_spoilt_state_is_told_and_cleared_away(file, whole, tmp_path, monkeypatch):
    path, told = make(tmp_path / "run"), []
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    for step in (3, 6):
        for progress in loop.train(path):
            if progress.step == step:
                (path / "stop").touch()
    (path / "state" / "6" / file).write_bytes((path / "state" / "6" / file).read_bytes()[:-1])
    for progress in loop.train(path):
        told += progress.metrics["warnings"]
        if progress.step == 5:
            (path / "stop").touch()
    assert {"code": "state_spoilt", "values": {"step": 6, "kept": 3}}.items() <= told[0].items()
    assert [folder.name for folder in store.numbered(path / "state")] == ["5", "3"]
    assert [warning for progress in loop.train(path) for warning in progress.metrics["warnings"]] == []
    assert same(whole["gan"], final_weights(path))


def test_a_killed_run_goes_on_from_its_newest_state(whole, tmp_path, monkeypatch):
    """What is left after a crash: a state, metrics beyond it, a torn line, a half-written folder."""
    path = make(tmp_path / "run")
    train_in_stretches(path, monkeypatch, 4)  # finished now; go back to step 4 by hand
    status = json.loads((path / "status.json").read_text())
    for step in store.numbered(path / "state")[:1]:
        (step / "state.safetensors").write_bytes(b"torn")
    (path / "state" / ".9.partial").mkdir()
    with open(path / "metrics.jsonl", "a") as file:
        file.write('{"step": 99, "lo')
    (path / "status.json").write_text(json.dumps(status | {"state": "running", "pid": 2**22 + 1}))
    assert run_folder.read_status(path)["state"] == "interrupted"
    list(loop.train(path))
    assert [line["step"] for line in run_folder.read_metrics(path)] == list(range(1, 10))
    assert same(whole["gan"], final_weights(path))


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_the_folder_keeps_its_contract(kind, tmp_path):
    path = make(tmp_path / "run", kind=kind, name="mine")
    reports = list(loop.train(path))
    config, status = (json.loads((path / name).read_text()) for name in ("config.json", "status.json"))
    assert config["fixed"] == {"total": 9, "precision": "float32", "threads": 1, "device": "cpu", "processes": 1,
                               "steps_per_epoch": 3, "mirror_twins": None, "begun_with": {}}  # fmt: skip
    assert reports[-1].step == reports[-1].total == 9
    assert {"state", "name", "step", "total", "pid", "started", "heartbeat", "error"} <= set(status)
    assert status["state"] == "finished" and status["name"] == "mine" and status["pid"] == os.getpid()
    assert run_folder.read_pictures(path) and run_folder.read_metrics(path)[-1]["step"] == 9
    assert len(store.numbered(path / "state")) <= 2 and len(store.numbered(path / "model")) <= 2
    model = genclass.load(path)
    assert model.name == "mine" and model.config["training"]["total_steps"] == 9
    assert not list(path.rglob("*.partial"))


def test_minutes_become_steps_once(tmp_path):
    overrides = {key: value for key, value in TINY["gan"][1].items() if key != "epochs"}
    path = make(tmp_path / "run", minutes=0.05, overrides=overrides)
    list(loop.train(path))
    assert run_folder.read_status(path)["step"] == 30  # of a tenth of a second each, as ``make`` knows


def test_calibration_measures_a_trainer(tmp_path):
    trainer = loop.make_trainer(request(), small_set(), total=5)
    assert 0 < machine.seconds_per_step(trainer) < 10


def test_the_same_request_is_taken_up_and_another_refused(tmp_path):
    path = make(tmp_path / "run")
    run_folder.create(path, request())
    with pytest.raises(GenClassError) as caught:
        run_folder.create(path, request(seed=1))
    assert caught.value.code == "other_request"


def test_two_processes_cannot_train_one_run(tmp_path):
    path = make(tmp_path / "run")
    training = loop.train(path)
    next(training)
    with pytest.raises(GenClassError) as caught:
        next(loop.train(path))
    assert caught.value.code == "run_busy"
    training.close()


def test_names_stay_unique(tmp_path):
    for number in (1, 2, 3):
        make(tmp_path / str(number), name="mine")
    names = {json.loads((tmp_path / str(number) / "status.json").read_text())["name"] for number in (1, 2, 3)}
    assert names == {"mine", "mine-2", "mine-3"}


def test_an_infinite_loss_fails_in_words(tmp_path, monkeypatch):
    path = make(tmp_path / "run", kind="classifier")
    step = ClassifierTrainer.step
    monkeypatch.setattr(
        ClassifierTrainer, "step", lambda self, index: step(self, index) | {"loss": torch.tensor(float("nan"))}
    )
    with pytest.raises(GenClassError, match="learning rate"):
        list(loop.train(path))
    status = run_folder.read_status(path)
    assert status["state"] == "failed" and status["error"]["code"] == "diverged"


def test_an_internal_error_is_logged_and_not_shown(tmp_path, monkeypatch):
    path = make(tmp_path / "run")
    monkeypatch.setattr(GanTrainer, "step", lambda self, index: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(loop.train(path))
    status = run_folder.read_status(path)
    assert status["error"]["code"] == "crashed" and "Zero" not in json.dumps(status)
    assert "ZeroDivisionError" in (path / "log.txt").read_text()


def test_one_class_is_enough_for_a_gan_and_too_few_for_a_classifier(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set(classes=0))
    with pytest.raises(GenClassError) as caught:
        list(loop.train(make(tmp_path / "classifier", kind="classifier")))
    assert caught.value.code == "too_few_classes"
    list(loop.train(make(tmp_path / "gan")))
    assert genclass.load(tmp_path / "gan").classes == []


def test_own_images_are_packed_into_the_run(image_folder, tmp_path, monkeypatch):
    monkeypatch.undo()  # the real loader
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path))
    path = make(tmp_path / "run", kind="classifier", data=str(image_folder()))
    list(loop.train(path))
    assert imageset.load_packed(path / "data.safetensors").classes == ["cat", "dog"]
    assert genclass.load(path).classes == ["cat", "dog"]


def test_a_classifier_learns(tmp_path):
    path = make(tmp_path / "run", kind="classifier", overrides={"width": 8, "batch": 10, "epochs": 20, "flip": False})
    list(loop.train(path))
    assert genclass.load(path).config["metrics"]["accuracy"]["value"] > 0.8  # chance is a third


def test_what_is_shown_in_between_has_norms_of_the_weights_of_that_moment():
    trainer = ClassifierTrainer(small_set(), request(kind="classifier").settings(), 0, torch.device("cpu"), total=50)
    for trainer.done in range(1, 11):
        trainer.step(trainer.done)
    norm, shown = trainer.network.blocks[0].norm2, trainer.recalibrated().blocks[0].norm2
    assert torch.equal(norm.weight, shown.weight) and not torch.equal(norm.running_mean, shown.running_mean)
    trainer.done = 50
    assert trainer.recalibrated() is trainer.network


def test_an_unconditional_gan_learns_the_brightness(tmp_path, monkeypatch):
    """Real images are all bright: so are the generator's after a few steps."""
    bright = small_set(classes=0)
    bright.train_images = bright.train_images // 8 + 220
    monkeypatch.setattr(sources, "load", lambda *_, **__: bright)
    overrides = TINY["gan"][1] | {
        "epochs": 40,
        "learning_rate": 2e-3,
        "discriminator_learning_rate": 2e-3,
        "ema_images": 50,
    }
    list(loop.train(make(tmp_path / "run", overrides=overrides)))
    drawn = genclass.load(tmp_path / "run").sample({"model": "x", "count": 20})
    assert drawn.mean() > 180


def test_signals_stop_the_command_cleanly(tmp_path):
    path, overrides = tmp_path / "run", TINY["gan"][1] | {"epochs": 50}
    know(request(data="fashion-mnist-mini", overrides=overrides))
    words = ["train", "gan", "--data", "fashion-mnist-mini", "--threads", "1", "--out", str(path)]
    small = [word for key, value in overrides.items() for word in ("--set", f"{key}={json.dumps(value)}")]
    process = subprocess.Popen([sys.executable, "-m", "genclass", *words, *small], stderr=subprocess.PIPE, text=True)
    assert "MB of memory" in process.stderr.readline()  # what it will take
    assert "step 1/" in process.stderr.readline()
    process.terminate()
    assert process.wait(timeout=60) == 0
    status = run_folder.read_status(path)
    assert status["state"] == "stopped" and status["step"] >= 1 and genclass.load(path).name == "fashion-mnist-mini-gan"


def test_a_finished_gan_has_the_names_of_its_directions_in_its_folder(tmp_path):
    list(loop.train(make(tmp_path / "run")))
    model = store.numbered(tmp_path / "run" / "model")[0]
    assert "names" in directions.said_in(model).metadata
    assert directions.stored(model, checkpoint.read_config(model), 6)
    checkpoint.verify(model, checkpoint.read_config(model))


def test_a_stopped_one_is_not_kept_waiting_for_them(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    training = loop.train(make(tmp_path / "run"))
    next(training)
    training.close()
    assert not (store.numbered(tmp_path / "run" / "model")[0] / directions.FILE).exists()
