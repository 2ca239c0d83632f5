import importlib.util
import sys
from types import SimpleNamespace

import pytest

from genclass.analysis import fid
from genclass.cli import main
from genclass.data import sources
from genclass.errors import GenClassError
from tests.stand_ins import small_set


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A stand-in for the published file."""
    path = tmp_path / "weights.pth"
    path.write_bytes(b"weights")
    monkeypatch.setattr(fid, "HASH", fid.checkpoint.sha256(path)[:8])
    return path


@pytest.fixture
def library(monkeypatch):
    """A stand-in for torch-fidelity that counts what it is given."""
    asked = {}

    def calculate_metrics(input1, input2, **settings):
        asked.update(settings, fake=[tuple(image.shape) for image in input1], real=len(input2))
        return {"frechet_inception_distance": 12.5}

    module = SimpleNamespace(calculate_metrics=calculate_metrics, __spec__=SimpleNamespace())
    monkeypatch.setitem(sys.modules, fid.LIBRARY, module)
    return asked


def test_as_many_samples_as_images_go_to_the_library(save_tiny, weights, library):
    found = fid.inception_distance(save_tiny("gan"), small_set(count=40), weights)
    assert found == {"value": 12.5, "samples": 20}
    assert library["fake"] == [(3, 32, 32)] * 20 and library["real"] == 20
    assert library["fid"] and library["feature_extractor_weights_path"] == str(weights)


def test_any_other_file_is_refused_before_it_is_read(save_tiny, tmp_path, library):
    other = tmp_path / "other.pth"
    other.write_bytes(b"a pickle of someone else's")
    with pytest.raises(GenClassError) as caught:
        fid.inception_distance(save_tiny("gan"), small_set(), other)
    assert caught.value.code == "other_fid_weights" and not library


def test_without_the_library_a_sentence_says_what_to_install(save_tiny, weights, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(GenClassError) as caught:
        fid.inception_distance(save_tiny("gan"), small_set(), weights)
    assert caught.value.code == "no_fid_library" and "pip install torch-fidelity" in str(caught.value)


def test_weights_are_found_by_path_by_variable_or_where_the_library_keeps_them(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(fid.torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.delenv(fid.VARIABLE, raising=False)
    assert fid.weights_at_hand() is None
    assert fid.weights_at_hand(weights) == weights
    monkeypatch.setenv(fid.VARIABLE, str(weights))
    assert fid.weights_at_hand() == weights
    with pytest.raises(GenClassError) as caught:
        fid.weights_at_hand(tmp_path / "nowhere")
    assert caught.value.code == "missing_file"


def test_nothing_is_measured_where_no_weights_are(save_tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(fid.torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.delenv(fid.VARIABLE, raising=False)
    assert fid.measured(save_tiny("gan"), {"kind": "gan", "dataset": "small", "image_size": 32}) == {}


def test_the_command_adds_it_to_the_figures(save_tiny, weights, library, monkeypatch, capsys):
    judge = save_tiny("classifier", small_set().classes, "small-airnet")
    monkeypatch.setattr("genclass.paths.SHIPPED", judge.parent)
    monkeypatch.setattr(sources, "load", lambda *_, **__: small_set(count=40))
    folder = save_tiny("gan", small_set().classes)
    assert main.main(["evaluate", str(folder), "--fid-weights", str(weights), "--json"]) == 0
    assert '"fid_inception": {"value": 12.5, "samples": 20}' in capsys.readouterr().out
