"""Whatever is registered works: on the command line, and where nobody names it. The page's half lies in tests/ui."""

import json

import numpy as np
import pytest
import torch

import genclass
from genclass import paths
from genclass.analysis import explain
from genclass.cli.main import main
from genclass.data import catalog, sources
from genclass.data.catalog import DataSet
from genclass.data.imageset import PARTS
from genclass.models.classifier import Classifier
from genclass.models.formats import FORMATS
from genclass.networks.cnn import CLASSIFIERS
from genclass.networks.gan import GANS
from genclass.train import machine
from genclass.train.presets import PRESETS
from genclass.train.settings import Request, adjustable, default_name
from tests.helpers import encode, picture
from tests.stand_ins import config_of, know, random_images, save_network, small_set

NAMED = [(kind, preset) for kind, presets in PRESETS.items() for preset in presets]
ARCHITECTURES = [("classifier", name) for name in CLASSIFIERS] + [("gan", name) for name in GANS]
SMALL = {"width": 4, "discriminator_width": 8, "z_dim": 8, "batch": 10}


def run(*words):
    assert main([str(word) for word in words]) == 0, words


def parts(folder):
    """What ``fetch`` of a row gives: grey, of 24 pixels, unlike any set that there is."""
    made = small_set(classes=3, count=80, channels=1, size=24)
    return tuple(getattr(made, part) for part in PARTS)


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Adds a data set by nothing but its row."""
    monkeypatch.setattr(catalog, "SETS", dict(catalog.SETS))
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path / "data"))
    row = DataSet("stand-in", ("round", "square", "flat"), 24, 1, 40, parts, "none", "made here",
                  mirrored=False, light_on_black=True)  # fmt: skip
    catalog.register(row)
    return row


@pytest.mark.parametrize("name", catalog.names())
def test_every_set_can_be_asked_for_with_every_preset(name):
    for kind, preset in NAMED:
        request = Request(kind, name, preset)
        assert default_name(request) == f"{name}-{preset}" and machine.expected_steps(request) > 0
        assert not request.settings().flip or catalog.SETS[name].mirrored


@pytest.mark.parametrize("name", catalog.bundled())
def test_a_bundled_part_is_as_its_row_says(name):
    loaded, row = sources.load(name), catalog.SETS[name]
    assert machine.shape_of(loaded) == machine.named_shape(name) == (row.channels, row.image_size, len(row.classes))
    assert len(loaded.train_images) == row.images and loaded.classes == list(row.classes)


def test_a_row_alone_makes_a_data_set(stand_in):
    loaded, request = sources.load("stand-in"), Request("classifier", "stand-in", "airnet", {"batch": 10, "epochs": 3})
    assert loaded.name == "stand-in" and loaded.classes == ["round", "square", "flat"]
    assert (paths.data_dir() / "stand-in.safetensors").exists() and sources.at_hand("stand-in") is not None
    assert torch.equal(sources.load("stand-in").test_images, parts(None)[2])
    assert machine.shape_of(loaded) == machine.named_shape("stand-in") == (1, 24, 3)
    assert default_name(request) == "stand-in-airnet" and not request.settings().flip
    assert machine.expected_steps(request) == 12
    assert "stand-in" in catalog.names() and catalog.whole_name("stand-in") == "stand-in"
    assert Classifier(CLASSIFIERS["airnet"](3, 1, 24), config_of("classifier", {}, channels=1, size=24)
                      | {"dataset": "stand-in"}).inverts  # fmt: skip


def test_a_row_is_listed_where_a_name_is_wrong(stand_in, capsys, tmp_path):
    assert main(["train", "gan", "--data", "stand-im", "--out", str(tmp_path / "run")]) == 2
    assert ", ".join(catalog.names()) in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "preset"), NAMED)
def test_every_preset_trains_on_a_set_of_which_nobody_has_heard(kind, preset, stand_in, tmp_path):
    small = {key: value for key, value in SMALL.items() if key in adjustable(PRESETS[kind][preset])}
    know(Request(kind, "stand-in", preset, small))
    words = [word for key, value in small.items() for word in ("--set", f"{key}={value}")]
    run("train", kind, "--data", "stand-in", "--preset", preset, *words, "--epochs", "0.5", "--out", tmp_path / "run")
    model = genclass.load(tmp_path / "run")
    assert model.config["dataset"] == "stand-in" and model.name == f"stand-in-{preset}"


def test_a_model_of_it_is_measured_by_name(stand_in, tmp_path, capsys):
    run("train", "classifier", "--data", "stand-in", "--preset", "sprint", "--set", "width=4", "--set", "batch=10",
        "--epochs", "1", "--out", tmp_path / "run")  # fmt: skip
    capsys.readouterr()
    run("evaluate", tmp_path / "run", "--data", "stand-in", "--json")
    assert 0 <= json.loads(capsys.readouterr().out)["accuracy"] <= 1


# Those of timm come with weights: nobody begins without.
@pytest.mark.parametrize(("kind", "name"), [pair for pair in ARCHITECTURES if pair[1] != "timm"])
def test_an_architecture_has_a_preset_of_its_own_name(kind, name):
    assert PRESETS[kind][name].architecture == name


@pytest.mark.parametrize(("kind", "preset"), NAMED)
def test_a_preset_is_of_an_architecture_that_there_is(kind, preset):
    assert (kind, PRESETS[kind][preset].architecture) in ARCHITECTURES


@pytest.fixture
def saved(tmp_path):
    """Writes a checkpoint of an architecture, untrained; returns its folder."""

    def save(kind, name):
        classes = () if kind == "gan" and not GANS[name].generator.conditional else ("a", "b", "c")
        save_network(tmp_path, "tiny", config_of(kind, {"name": name}, classes, channels=1, size=28))
        return tmp_path / "tiny"

    return save


@pytest.mark.parametrize(("kind", "name"), ARCHITECTURES)
def test_every_architecture_is_used_by_its_name(kind, name, saved, tmp_path, capsys):
    folder = saved(kind, name)
    if kind == "gan":
        run("sample", folder, "--count", "2", "--out", tmp_path / "drawn.npz")
        assert np.load(tmp_path / "drawn.npz")["images"].shape == (2, 28, 28, 1)
    else:
        (tmp_path / "picture.png").write_bytes(encode(picture()))
        run("classify", folder, tmp_path / "picture.png", "--json")
        assert len(json.loads(capsys.readouterr().out)["top"]) == 3


@pytest.mark.parametrize("method", explain.METHODS)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_method_explains_every_classifier(method, name, saved):
    classifier, classes = Classifier.load(saved("classifier", name)), torch.tensor([0, 2])
    assert explain.heat(classifier, random_images(2, 1, 28), classes, method).shape == (2, 28, 28)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("kind", "name"), [("classifier", "airnet"), ("gan", "gan")])
def test_every_format_is_exported(form, kind, name, saved, tmp_path):
    pytest.importorskip("onnxruntime")
    run("export", saved(kind, name), "--format", form, "--out", tmp_path / f"model.{form}")
    assert (tmp_path / f"model.{form}").exists()
