"""A model as an ONNX file, read by onnxruntime alone."""

import importlib.util
import json
import os
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import torch

import genclass
from genclass import paths
from genclass.cli import main
from genclass.data import catalog, sources
from genclass.errors import GenClassError
from genclass.models import checkpoint, export
from genclass.models.formats import FORMATS
from tests.stand_ins import config_of


def read(path):
    """(onnxruntime's session, the file's metadata)."""
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session, session.get_modelmeta().custom_metadata_map


def exported(folder, path):
    pytest.importorskip("onnxscript")
    assert main.main(["export", str(folder), "--format", "onnx", "--out", str(path)]) == 0
    return read(path)


def test_a_shipped_classifier_ranks_alike(tmp_path):
    session, told = exported("cifar10-airnet", tmp_path / "a.onnx")
    images = sources.load_mini("cifar10-mini").test_images[::4]
    ours = genclass.load("cifar10-airnet").predict_prepared(images).numpy()
    (theirs,) = session.run(None, {"pixels": images.numpy()})
    assert np.abs(ours - theirs).max() < 1e-5
    assert np.array_equal(*(np.argsort(-probabilities, kind="stable")[:, :5] for probabilities in (ours, theirs)))
    assert json.loads(told["classes"]) == list(catalog.SETS["cifar10"].classes) and told["dataset"] == "cifar10"
    assert json.loads(told["preprocess"]) == {"crop_share": 1.0, "interpolation": "lanczos", "antialias": True}
    assert told["sha256"] == checkpoint.read_config(paths.SHIPPED / "cifar10-airnet")["sha256"]["model.safetensors"]


def test_a_conditional_generator_mixes_classes(save_tiny, tmp_path):
    folder = save_tiny("gan")
    session, told = exported(folder, tmp_path / "a.onnx")
    assert [(value.name, value.shape) for value in session.get_inputs()] == [
        ("z", ["batch", 8]),
        ("shares", ["batch", 3]),
    ]
    sampler = genclass.load(folder)
    recipe = {"model": "tiny", "count": 70, "mix": {"a": 0.3, "c": 0.7}}
    feed = {"z": sampler.latents(recipe).numpy(), "shares": sampler.class_weights(recipe).numpy()}
    (pixels,) = session.run(None, feed)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.transpose(0, 2, 3, 1).astype(int) - sampler.sample(recipe)).max() <= 1
    assert "preprocess" not in told and told["kind"] == "gan" and told["image_size"] == "32"


@pytest.mark.parametrize("kind, name", [("gan", "classic-gan"), ("classifier", "classic-cnn")])
def test_the_classic_pair_is_exported_without_a_trace_of_this_machine(kind, name, tmp_path):
    torch.manual_seed(0)
    config = config_of(kind, {"name": name}, [] if kind == "gan" else ["a", "b"], channels=1, size=28)
    checkpoint.save(tmp_path / "classic", config, {"model": checkpoint.build(config)})
    session, _ = exported(tmp_path / "classic", tmp_path / "a.onnx")
    assert [value.name for value in session.get_inputs()] == [{"gan": "z", "classifier": "pixels"}[kind]]
    content = (tmp_path / "a.onnx").read_bytes()
    assert b"genclass/" not in content and b"site-packages" not in content and b".py" not in content


def test_a_file_that_differs_is_not_written(save_tiny, tmp_path, monkeypatch, capsys):
    pytest.importorskip("onnxscript")
    monkeypatch.setattr(export.ClassifierGraph, "expected", lambda self, pixels: torch.ones(len(pixels), 3))
    assert main.main(["export", str(save_tiny("classifier")), "--out", str(tmp_path / "a.onnx")]) == 1
    assert "tiny differently" in capsys.readouterr().err and not (tmp_path / "a.onnx").exists()


def test_without_the_libraries_it_says_what_to_install(save_tiny, tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxscript" else found(name))
    with pytest.raises(GenClassError, match="requirements-onnx.txt"):
        export.write_onnx(save_tiny(), tmp_path / "a.onnx")


def test_another_format_is_a_line_in_formats(save_tiny, tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "name", lambda folders, out: print(folders[0].name, file=out.open("w")))
    assert main.main(["export", str(save_tiny()), "--format", "name", "--out", str(tmp_path / "a.txt")]) == 0
    assert (tmp_path / "a.txt").read_text() == "tiny\n"
    with pytest.raises(SystemExit) as ended:
        main.main(["export", "tiny", "--format", "none", "--out", "a"])
    assert ended.value.code == 2


def test_a_file_is_replaced_whole_and_a_pipe_is_written_into(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", Mock(side_effect=OSError))
        with pytest.raises(GenClassError, match="can't be written"):
            export.write(tmp_path / "a", b"new")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a", "link"] and (tmp_path / "a").read_text() == "old"
    export.write(tmp_path / "link", b"new")
    assert (tmp_path / "a").read_text() == "new" and (tmp_path / "link").is_symlink()
    read, write = os.pipe()
    export.write(Path(f"/dev/fd/{write}"), b"into it")
    os.close(write)
    assert os.read(read, 100) == b"into it"
    os.close(read)


def test_where_nothing_can_be_written_it_says_so(save_tiny, tmp_path, capsys):
    pytest.importorskip("onnxscript")
    assert main.main(["export", str(save_tiny()), "--out", str(tmp_path / "no" / "a.onnx")]) == 1
    assert "a.onnx can't be written" in capsys.readouterr().err
