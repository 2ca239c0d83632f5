"""Models taken away and brought back: what comes back is what left, and what is not sound changes nothing."""

import hashlib
import json
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic, records
from genclass.jobs import bundle, runs
from genclass.models import checkpoint, store
from genclass.train.run import layout as run_folder
from tests.helpers import encode, files_below, zip_of
from tests.stand_ins import config_of, save_network

FASHION = paths.SHIPPED / "fashion-mnist-gan"


@pytest.fixture
def packed(save_tiny, tmp_path):
    """Writes a tiny model's zip after ``change`` has been at its folder, and returns the zip's path."""

    def write(made="classifier", change=lambda folder: None, name="tiny", **config):
        folder = save_tiny(made, name=name)
        values = json.loads((folder / "config.json").read_text()) | config
        (folder / "config.json").write_text(json.dumps(values))
        change(folder)
        return zip_of(tmp_path / "model.zip", files_below(folder, tmp_path))

    return write


def sealed(folder, part="model"):
    """Make the hash right again after the weights were changed."""
    config = json.loads((folder / "config.json").read_text())
    file = folder / f"{part}.safetensors"
    config["sha256"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "config.json").write_text(json.dumps(config))


def refused(path):
    """The code of the refusal; lists and folders are as before."""
    before = genclass.list_models(), runs.list_runs()
    with pytest.raises(GenClassError) as caught:
        bundle.bring(path)
    assert str(caught.value).endswith(".") and ".bring" not in str(caught.value)
    assert (genclass.list_models(), runs.list_runs()) == before
    assert [found for found in paths.runs_dir().iterdir() if found.is_dir()] == []
    return caught.value.code


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_a_model_comes_back_as_it_left(packed, save_tiny, tmp_path, kind):
    training = {"recipe": {"preset": "airnet" if kind == "classifier" else "gan"}, "seed": 7, "steps": 12, "seconds": 3}
    first = bundle.bring(packed(kind, training=training))
    status = runs.status(first)
    assert (status["name"], status["state"], status["step"], status["kind"]) == ("tiny", "finished", 12, kind)
    assert run_folder.read_request(runs.find(first)).seed == 7
    folder = store.find_named("tiny")
    assert checkpoint.read_config(folder)["training"] == training and "tiny" in str(genclass.list_models())
    bundle.pack(folder, tmp_path / "again.zip")
    second = bundle.bring(tmp_path / "again.zip")
    assert runs.status(second)["name"] == "tiny-2"
    one, other = (load_file(store.find_named(name) / "model.safetensors") for name in ("tiny", "tiny-2"))
    assert all(torch.equal(value, other[key]) for key, value in one.items())
    assert genclass.load("tiny-2").name == "tiny-2"


def test_a_shipped_model_comes_back_under_another_name(tmp_path):
    copy = tmp_path / "mine"
    shutil.copytree(FASHION, copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"name": "mine"}))
    bundle.pack(copy, tmp_path / "mine.zip")
    bundle.bring(tmp_path / "mine.zip")
    recipe = {"count": 2, "directions": {"d1": 1.5}}
    drawn = [genclass.load(name).sample({"model": name, **recipe}) for name in ("mine", "fashion-mnist-gan")]
    assert (drawn[0] == drawn[1]).all()
    names = sorted(path.name for path in store.find_named("mine").iterdir())
    assert names == sorted(bundle.FILES)


def test_a_brought_run_is_over_and_can_not_be_resumed(packed):
    run_id = bundle.bring(packed())
    with pytest.raises(GenClassError) as caught:
        runs.resume(run_id)
    assert caught.value.code == "run_over"


def test_the_name_of_a_shipped_model(packed):
    assert refused(packed(name="fashion-mnist-gan")) == "name_taken"


def test_class_names_come_back_whole(packed):
    classes = ["Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Danaus_" + end for end in "abc"]
    bundle.bring(packed(classes=classes))
    assert genclass.load("tiny").classes == classes


def test_all_that_an_answer_is_made_of_comes_back(packed):
    limits = {"temperature": {"value": 2.0}, "test_time_flip": True, "preprocess": {"resize": 40},
              "unfamiliar": {"energy": 1.0, "roughness": 2.0}, "unsure": {"probability": 0.5},
              "kinds": {"share": 0.4, "weights": records.packed(np.arange(1001) / 1001)}}  # fmt: skip
    bundle.bring(packed(**limits))
    config = checkpoint.read_config(store.find_named("tiny"))
    assert {key: config[key] for key in limits} == limits


@pytest.mark.parametrize("name", sorted(path.parent.name for path in paths.SHIPPED.glob("*/config.json")))
def test_nothing_that_a_shipped_model_knows_of_itself_is_left_out_of_a_zip(name):
    assert checkpoint.read_config(paths.SHIPPED / name).keys() <= {*bundle.KEYS, *bundle.OPTIONAL}


def photo_model(folder, model):
    """The zip of an untrained network of timm for three kinds of photos."""
    told = {"source": "a place", "licence": "Apache-2.0"}
    config = config_of("classifier", {"name": "timm", "model": model}, size=224, name="photos")
    save_network(folder, "photos", config | {"preprocess": {"resize": 256}, "training": {"origin": told}})
    bundle.pack(folder / "photos", folder / "photos.zip")
    return folder / "photos.zip"


def test_a_network_of_a_library_comes_with_all_that_it_needs(tmp_path):
    run_id = bundle.bring(photo_model(tmp_path, "mobilenetv3_small_100"))
    model = genclass.load(paths.runs_dir() / run_id)
    assert model.image_size == 224 and model.preprocess.crop_share == 0.875
    assert model.config["training"]["origin"]["licence"] == "Apache-2.0"


@pytest.mark.parametrize("model", ["mobilenetv3_small_075", "resnet10t"])
def test_a_network_of_a_library_that_is_not_among_the_small_ones(tmp_path, model):
    assert refused(photo_model(tmp_path, model)) == "broken_checkpoint"


def test_a_library_can_not_be_made_to_look_elsewhere(packed):
    for model in ("hf-hub:someone/resnet18", "local-dir:/etc", ["resnet18"], None):
        assert refused(packed(architecture={"name": "timm", "model": model}, image_size=64)) == "broken_checkpoint"
    inner = {"name": "timm", "model": "vit_giant_patch14_224", "classes": 1000}
    assert refused(packed(architecture={"name": "airnet", "backbone": inner})) == "broken_checkpoint"


@pytest.mark.parametrize("name", ["../up", "Big Letters", "", None, "x" * 41])
def test_names_that_are_none(packed, name):
    assert refused(packed(change=lambda folder: _edit(folder, name=name))) == "bad_name"


def _edit(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_weights_that_have_changed(packed):
    def change(folder):
        content = bytearray((folder / "model.safetensors").read_bytes())
        content[-1] ^= 1
        (folder / "model.safetensors").write_bytes(content)

    assert refused(packed(change=change)) == "broken_checkpoint"


def test_weights_that_are_no_numbers(packed):
    def change(folder):
        weights = load_file(folder / "model.safetensors")
        weights["head.weight"][0, 0] = float("nan")
        save_file(weights, folder / "model.safetensors")
        sealed(folder)

    assert refused(packed(change=change)) == "broken_checkpoint"


@pytest.mark.parametrize(
    "values",
    [
        {"architecture": {"name": "airnet", "width": 8}},
        {"architecture": {"name": "airnet", "width": 10**6}},
        {"architecture": {"name": "gan"}},
        {"architecture": {"name": ["airnet"]}},
        {"architecture": {"name": "airnet", "depth": 4}},
        {"architecture": {"name": "airnet", "depth": 10**9}},
        {"classes": ["a", "b"]},
        {"channels": 1},
        {"kind": "gan"},
    ],
)
def test_other_shapes(packed, values):
    assert refused(packed(**values)) == "broken_checkpoint"


@pytest.mark.parametrize(
    "values",
    [
        {"classes": ["a", "a", "b"]},
        {"classes": ["a", "b", "\x1b[31m"]},
        {"classes": ["a", "b", 3]},
        {"classes": "abc"},
        {"image_size": 4096},
        {"image_size": "32"},
        {"normalisation": {"mean": 0.5, "std": 0}},
        {"normalisation": {"mean": float("nan"), "std": 1.0}},
        {"normalisation": {"mean": [0.5, 0.5], "std": 1.0}},
        {"normalisation": {"mean": 0.5, "std": [1.0, 0.0, 1.0]}},
        {"normalisation": {"mean": 0.5, "std": []}},
        {"preprocess": {"resize": 0}},
        {"preprocess": {"interpolation": "magic"}},
        {"preprocess": []},
        {"metrics": {"accuracy": {"value": float("inf")}}},
        {"metrics": []},
        {"metrics": {"accuracy": {}}},
        {"metrics": {"accuracy": "x"}},
        {"metrics": {"frechet_x": {"value": 1e300}}},
        {"metrics": {"accuracy": {"value": 0.5, "samples": "many"}}},
        {"training": []},
        {"training": {"seconds": "x"}},
        {"training": {"date": 5}},
        {"training": {"origin": "there"}},
        {"training": {"origin": {"source": "there"}}},
        {"training": {"origin": {"source": "\x1b[31m", "licence": "MIT"}}},
        {"training": {"recipe": []}},
        {"training": {"data": {"name": "mine"}}},
        {"dataset": "/etc"},
        {"dataset": ".."},
        {"temperature": {"value": "hot"}},
        {"temperature": 1},
        {"unfamiliar": {"energy": "low"}},
        {"unsure": {"probability": "low"}},
        {"kinds": {"share": "low"}},
        {"kinds": {"share": 0.4, "weights": [1.0]}},
        {"kinds": {"share": 0.4, "weights": "?"}},
        {"kinds": {"share": 0.4, "weights": "AAAA"}},
        {"kinds": {"share": 0.4, "weights": records.packed(np.full(1001, np.nan))}},
        {"dataset": 7},
        {"kind": []},
        {"format": 2},
        {"sha256": {}},
        {"sha256": {"model.safetensors": None}},
    ],
)
def test_a_config_that_is_not_understood(packed, values):
    assert refused(packed(**values)) == "broken_checkpoint"


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, " " * 2_000_000])
def test_a_config_that_is_none(packed, text):
    assert refused(packed(change=lambda folder: (folder / "config.json").write_text(text))) == "broken_checkpoint"


def test_a_pickle_beside_the_weights(packed):
    change = lambda folder: (folder / "extra.pkl").write_bytes(pickle.dumps({"a": 1}))
    assert refused(packed(change=change)) == "model_pickle"


def test_a_pickle_in_the_place_of_the_weights(packed):
    def change(folder):
        torch.save({"a": torch.zeros(1)}, folder / "model.safetensors")
        sealed(folder)

    assert refused(packed(change=change)) == "broken_checkpoint"


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_what_is_missing(packed, missing):
    assert refused(packed(change=lambda folder: (folder / missing).unlink())) == "not_a_model"


def test_what_belongs_to_no_model(packed):
    assert refused(packed(change=lambda folder: (folder / "run.sh").write_text("rm"))) == "not_a_model"


def test_directions_of_other_weights(packed):
    def change(folder):
        save_file({"d1": torch.ones(8)}, folder / "directions.safetensors", {"model": "of another"})
        sealed(folder, "directions")

    assert refused(packed("gan", change=change)) == "broken_checkpoint"


def test_a_disk_that_fills_up_leaves_nothing_behind(packed, monkeypatch):
    def full(partial, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "publish", full)
    with pytest.raises(OSError):
        bundle.bring(packed())
    assert [found for found in paths.runs_dir().iterdir() if found.is_dir()] == []


def test_weights_without_a_hash(packed):
    change = lambda folder: shutil.copy(folder / "model.safetensors", folder / "directions.safetensors")
    assert refused(packed(change=change)) == "broken_checkpoint"


def test_a_preview_that_is_no_picture(packed):
    change = lambda folder: (folder / "preview.png").write_bytes(b"<svg onload=alert(1)>")
    assert refused(packed(change=change)) == "not_an_image"


@pytest.mark.parametrize(("name", "code"), [("../config.json", "zip_climbs"), ("a/b/config.json", "not_a_model")])
def test_paths_that_lead_elsewhere(packed, name, code):
    path = packed()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "{}")
    assert refused(path) == code


def test_two_models_in_one_zip(packed):
    path = packed()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other/config.json", "{}")
    assert refused(path) == "not_a_model"


def test_a_bomb(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(30_000_000))
    assert refused(tmp_path / "bomb.zip") == "zip_bomb"


def test_what_is_no_zip(tmp_path):
    (tmp_path / "model.zip").write_bytes(b"x")
    assert refused(tmp_path / "model.zip") == "bad_zip"


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.bfloat16, torch.float64, torch.int8, torch.int64])
def test_weights_of_a_type_that_is_not_written_here(packed, kind):
    def change(folder):
        weights = load_file(folder / "model.safetensors")
        weights["head.weight"] = weights["head.weight"].to(kind)
        save_file(weights, folder / "model.safetensors")
        sealed(folder)

    assert refused(packed(change=change)) == "broken_checkpoint"


def test_a_small_zip_of_a_huge_model(tmp_path):
    """Of 300 KB became 172 MB on the disk, and 690 MB in memory."""
    files = {"m/config.json": b"{}", "m/model.safetensors": bytes(172_000_000)}
    with zipfile.ZipFile(tmp_path / "huge.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert (tmp_path / "huge.zip").stat().st_size < 1_000_000
    with pytest.raises(GenClassError) as caught:
        bundle.bring(tmp_path / "huge.zip", "stranger", most=40_000_000)
    assert caught.value.code == "zip_too_large" and not any(path.is_dir() for path in paths.runs_dir().glob("*"))


def test_what_is_kept_of_a_model_is_bounded_too(packed, monkeypatch):
    path = packed(change=lambda folder: (folder / "preview.png").write_bytes(encode(Image.new("L", (64, 64)))))
    size = sum(entry.file_size for entry in zipfile.ZipFile(path).infolist())
    bundle.bring(path, most=size + 1000)
    monkeypatch.setattr(bundle, "png_bytes", lambda pixels: bytes(2000))
    with pytest.raises(GenClassError) as caught:
        bundle.bring(path, most=size + 1000)
    assert caught.value.code == "zip_too_large"


@pytest.mark.parametrize("architecture", [
    {"name": "airnet", "width": 2000}, {"name": "gan", "discriminator": {"width": 2000}},
    {"name": "gan", "discriminator": {"backbone": {"name": "airnet", "width": 1e9}}},
])  # fmt: skip
def test_a_network_larger_than_any_that_is_trained_is_not_laid_out(packed, monkeypatch, architecture):
    def never(*_):
        raise AssertionError("laid out")

    path = packed(architecture=architecture)
    monkeypatch.setattr(checkpoint, "build", never)
    assert refused(path) == "broken_checkpoint"


@pytest.mark.parametrize("vectors", [{"d1": torch.ones(8, dtype=torch.float64)}, {"d1": torch.ones(9)},
                                     {f"d{index}": torch.ones(8) for index in range(1, 34)}])  # fmt: skip
def test_directions_of_another_kind_or_number(packed, vectors):
    def change(folder):
        sha256 = json.loads((folder / "config.json").read_text())["sha256"]["model.safetensors"]
        save_file(vectors, folder / "directions.safetensors", {"model": sha256})
        sealed(folder, "directions")

    assert refused(packed("gan", change=change)) == "broken_checkpoint"
