"""Classifiers of timm that are fetched, from a stand-in for where they are published."""

import io
import sys

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

import genclass
from genclass import paths
from genclass.analysis import explain
from genclass.cli import main
from genclass.models import fetch, store
from tests.helpers import code_of


@pytest.fixture
def published(monkeypatch):
    """Names that were downloaded; weights are drawn, not fetched."""
    asked = []

    def download(name):
        asked.append(name)
        torch.manual_seed(0)
        return timm.create_model(name, pretrained=False)

    monkeypatch.setattr(fetch, "download", download)
    return asked


def test_a_fetched_classifier_is_a_model_like_others(published, capsys):
    assert main.main(["fetch", "timm/mobilenetv3_small_100", "--yes"]) == 0
    assert capsys.readouterr().out == "timm-mobilenetv3-small-100\n" and published == ["mobilenetv3_small_100"]
    assert "timm-mobilenetv3-small-100" in [model["name"] for model in genclass.list_models()]
    classifier = genclass.load("timm-mobilenetv3-small-100")
    assert (
        classifier.image_size == 224 and classifier.preprocess.crop_share == 0.875 and len(classifier.classes) == 1000
    )
    assert classifier.config["normalisation"]["mean"] == [0.485, 0.456, 0.406]
    pixels = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3), np.uint8)
    prepared = classifier.prepare(pixels)
    assert explain.heat(classifier, prepared, torch.tensor([3])).isfinite().all()
    assert code_of(store.check_name, "timm-mobilenetv3-small-100") == "name_taken"


def test_it_asks_first(published, monkeypatch, capsys):
    for answer, status in (("", 1), ("no\n", 1), ("y\n", 0)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert main.main(["fetch", "timm/resnet18.a1_in1k"]) == status
        assert "about 47 MB are downloaded, licence apache-2.0" in capsys.readouterr().err
        assert len(published) == (not status)
    assert store.find("timm-resnet18-a1-in1k").parent == paths.fetched_dir()


@pytest.fixture
def weights(tmp_path):
    """A file with weights of timm's smallest residual network, as timm publishes them."""
    torch.manual_seed(1)
    save_file(timm.create_model("test_resnet", pretrained=False).state_dict(), tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


def test_weights_of_a_local_file_are_taken_without_a_download(weights, published, capsys):
    assert genclass.fetch("timm/test_resnet", weights) == "timm-test-resnet" and not published
    network = genclass.load("timm-test-resnet").network
    saved = load_file(weights)["fc.weight"]
    assert torch.allclose(network.head.weight, saved, atol=1e-3)
    assert main.main(["fetch", "timm/test_resnet", "--weights", str(weights)]) == 2
    assert "timm-test-resnet" in capsys.readouterr().err, "that name is taken now"


@pytest.mark.parametrize("kept", [0, 100, -1, None])
def test_weights_that_are_cut_off_or_of_another_network_leave_nothing(kept, weights, published):
    name = "timm/resnet18" if kept is None else "timm/test_resnet"
    weights.write_bytes(weights.read_bytes()[:kept])
    assert code_of(genclass.fetch, name, weights) == "bad_weights"
    assert code_of(genclass.fetch, name, weights.with_name("gone")) == "bad_weights"
    assert not list(paths.fetched_dir().glob("*")) and not published


def test_python_fetches_as_the_command_does(published):
    assert genclass.fetch("timm/test_resnet.r160_in1k") == "timm-test-resnet-r160-in1k"
    assert published == ["test_resnet.r160_in1k"] and genclass.load("timm-test-resnet-r160-in1k").image_size == 160


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("no weights"), EOFError()])
def test_a_failed_download_is_a_sentence_and_leaves_nothing(error, monkeypatch, capsys):
    def fail(name):
        raise error

    monkeypatch.setattr(fetch, "download", fail)
    assert main.main(["fetch", "timm/resnet18", "--yes"]) == 1
    assert "resnet18 could not be downloaded" in capsys.readouterr().err
    assert not list(paths.fetched_dir().glob("*"))


@pytest.mark.parametrize(
    "name, code",
    [("resnet18", "unknown_timm"), ("timm/", "unknown_timm"), ("timm/no_such", "unknown_timm"),
     ("timm/hf-hub:someone/something", "unknown_timm"), ("timm/../etc", "unknown_timm"),
     ("timm/resnet18.no_such_tag", "unknown_timm"), ("timm/tf_efficientnetv2_s.in21k", "timm_not_imagenet"),
     ("timm/tresnet_v2_l.miil_in21k", "timm_not_imagenet"), ("timm/squeezenet1_0", "unknown_timm")],
)  # fmt: skip
def test_what_can_not_be_fetched_is_told_before_anything_is_downloaded(name, code, published):
    assert code_of(fetch.offered, name) == code and not published
