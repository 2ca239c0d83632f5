"""Training processes started, watched, stopped and resumed through their folders."""

import json
from pathlib import Path

import pytest

import genclass
from genclass.jobs import runs
from genclass.models import store
from genclass.train.run import lock
from tests import torn
from tests.helpers import code_of, files_below, zip_of
from tests.jobs.helpers import TINY, ended, request, wait


def test_a_run_starts_stops_resumes_and_is_a_model():
    run_id = runs.start(request(name="mine"))
    running = wait(run_id, lambda status: status["step"] > 0)
    assert running["state"] == "running" and running["metrics"]["loss_d"] > 0 and running["total"] == 15600
    assert code_of(runs.resume, run_id) == "run_busy"
    runs.stop(run_id)
    stopped = wait(run_id, ended)
    assert stopped["state"] == "stopped" and stopped["step"] >= running["step"]
    assert code_of(runs.stop, run_id) == "run_over"
    assert "mine" in [model["name"] for model in genclass.list_models()]
    assert genclass.load("mine").sample({"model": "mine", "count": 2}).shape == (2, 28, 28, 1)
    runs.resume(run_id)
    assert wait(run_id, lambda status: status["step"] > stopped["step"])["state"] == "running"
    runs.stop(run_id)
    wait(run_id, ended)
    assert [entry["id"] for entry in runs.list_runs()] == [run_id] and runs.pictures(run_id)


def test_own_images_are_packed_before_the_start(image_folder, tmp_path):
    folder = image_folder(count=20)
    upload = zip_of(tmp_path / "upload.zip", files_below(folder, folder))
    overrides = {"width": 4, "batch": 8, "epochs": 1}
    run_id = runs.start(request(kind="classifier", data="pets", preset="airnet", overrides=overrides), upload)
    upload.unlink()
    assert wait(run_id, ended)["state"] == "finished"
    model = genclass.load("pets-airnet")
    assert model.classes == ["cat", "dog"] and model.config["dataset"] == "pets"
    assert str(tmp_path) not in (runs.find(run_id) / "config.json").read_text()


def test_a_failed_download_is_told_by_the_run(monkeypatch, tmp_path):
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    run_id = runs.start(request(data="mnist"))
    failed = wait(run_id, ended)
    assert failed["state"] == "failed" and failed["error"]["code"] == "download_failed"


def test_refuses_what_cannot_be_trained(image_folder, tmp_path):
    assert code_of(runs.start, request(data="/etc")) == "unknown_dataset"
    assert code_of(runs.start, request(name="../up")) == "bad_name"
    one = image_folder(("only",))
    assert (
        code_of(runs.start, request(kind="classifier", data="x", preset="airnet", overrides={}), one)
        == "too_few_classes"
    )
    (tmp_path / "empty.zip").write_bytes(b"")
    assert code_of(runs.start, request(data="x"), tmp_path / "empty.zip") == "bad_zip"
    assert runs.list_runs() == []


@pytest.mark.parametrize("run_id", ["", "0" * 32, "..", "../" * 11, None, 7, "A" * 32])
def test_unknown_ids_are_refused_in_words(run_id):
    for function in (runs.status, runs.metrics, runs.pictures, runs.stop, runs.resume):
        assert code_of(function, run_id) == "unknown_run"


def test_ids_are_secret_and_stand_in_no_list_of_models():
    run_id = runs.start(request(overrides=TINY | {"epochs": 0.01}))
    assert len(run_id) == 32 and wait(run_id, ended)["state"] == "finished"
    assert run_id not in json.dumps(genclass.list_models())
    assert store.find_named("fashion-mnist-mini-gan").parent.parent.name == run_id


def test_where_too_many_wait_nothing_is_unpacked(monkeypatch, tmp_path):
    monkeypatch.setattr(runs, "MAX_WAITING", 0)
    upload = tmp_path / "never-opened.zip"
    assert code_of(runs.start, request(data="mine"), upload) == "too_many_runs"


@pytest.mark.parametrize("name", ["status.json", "config.json", "metrics.jsonl"])
def test_whatever_became_of_its_files_a_run_can_be_deleted(name):
    torn.make_run(torn.WHOLE, "whole")
    for spoil in (lambda file: file.write_bytes(b"{"), Path.mkdir, lambda file: file.symlink_to(file)):
        path = torn.make_run(torn.TORN, "torn")
        (path / "linked").symlink_to(path.parent / torn.WHOLE, target_is_directory=True)
        (path / name).unlink()
        spoil(path / name)
        runs.delete(torn.TORN)
        assert not path.exists() and runs.status(torn.WHOLE)["name"] == "whole"


def test_a_run_whose_status_is_torn_is_not_deleted_while_it_is_trained(monkeypatch):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0)
    path = torn.make_run(torn.TORN, "torn")
    (path / "status.json").write_bytes(b"")
    with lock.locked(path):
        assert code_of(runs.delete, torn.TORN) == "run_busy" and (path / "config.json").exists()
