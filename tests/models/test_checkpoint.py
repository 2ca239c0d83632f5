import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files.images import to_uint8
from genclass.models import checkpoint, store


def broken(folder):
    with pytest.raises(GenClassError) as caught:
        checkpoint.load_network(folder)
    assert caught.value.code == "broken_checkpoint" and "/" not in str(caught.value)
    return str(caught.value)


def change_config(folder, **values):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | values))


def change_weights(folder, change):
    """Rewrite the weights and make the hash fit."""
    path = folder / "model.safetensors"
    weights = change(load_file(path))
    save_file(weights, path)
    change_config(folder, sha256={"model.safetensors": checkpoint.sha256(path)})


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_network_comes_back_as_it_was_saved(kind, save_tiny):
    folder = save_tiny(kind)
    network, config = checkpoint.load_network(folder)
    torch.manual_seed(0)
    fresh = checkpoint.build(config).state_dict()
    for key, value in network.state_dict().items():
        expected = fresh[key].half().float() if fresh[key].ndim > 1 else fresh[key]
        assert torch.equal(value, expected) and value.dtype == fresh[key].dtype, key
    assert not network.training


def test_half_precision_moves_pixels_by_at_most_one(save_tiny):
    stored, config = checkpoint.load_network(save_tiny("gan"))
    torch.manual_seed(0)
    exact = checkpoint.build(config).eval()
    z, class_weights = torch.randn(20, 8), torch.eye(3)[torch.arange(20) % 3]
    with torch.no_grad():
        pixels = [to_uint8((network(z, class_weights) + 1) / 2).short() for network in (stored, exact)]
    assert (pixels[0] - pixels[1]).abs().max() <= 1


def test_discriminator_is_kept_beside_the_generator(save_tiny):
    network, _ = checkpoint.load_network(save_tiny("gan"), "discriminator")
    assert network(torch.zeros(2, 3, 32, 32), torch.eye(3)[:2]).shape == (2, 1)


def test_refuses_changed_weights(save_tiny):
    folder = save_tiny()
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    assert "has changed" in broken(folder)


def test_refuses_missing_weights(save_tiny):
    folder = save_tiny()
    (folder / "model.safetensors").unlink()
    broken(folder)


def test_refuses_weights_of_another_shape(save_tiny):
    folder = save_tiny("classifier")
    change_weights(folder, lambda weights: weights | {"head.weight": torch.zeros(3, 17)})
    assert "do not fit" in broken(folder)


def test_refuses_huge_shapes_before_taking_memory(save_tiny):
    folder = save_tiny("classifier")
    change_config(folder, architecture={"name": "airnet", "width": 10**6})
    assert "do not fit" in broken(folder)


def test_refuses_values_that_are_not_finite(save_tiny):
    folder = save_tiny("classifier")
    change_weights(folder, lambda weights: weights | {"head.weight": weights["head.weight"] * float("nan")})
    assert "finite" in broken(folder)


@pytest.mark.parametrize(
    "values",
    [{"kind": "diffusion"}, {"format": 99}, {"architecture": {"name": "unknown"}},
     {"architecture": {"name": "airnet", "depth": 3}}, {"sha256": {}}],
)  # fmt: skip
def test_refuses_configs_it_does_not_understand(values, save_tiny):
    folder = save_tiny("classifier")
    change_config(folder, **values)
    broken(folder)


def test_refuses_a_config_that_is_not_json(save_tiny):
    folder = save_tiny()
    (folder / "config.json").write_text("{")
    broken(folder)


def test_a_weights_file_is_no_pickle(save_tiny):
    folder = save_tiny("classifier")
    torch.save({"head.weight": torch.zeros(3)}, folder / "model.safetensors")
    change_config(folder, sha256={"model.safetensors": checkpoint.sha256(folder / "model.safetensors")})
    assert "can't be read" in broken(folder)


def test_found_by_name_by_folder_and_listed(save_tiny, monkeypatch):
    folder = save_tiny("classifier")
    monkeypatch.setattr(paths, "SHIPPED", folder.parent)
    assert store.find("tiny") == store.find(folder) == store.find_named("tiny") == folder
    assert isinstance(genclass.load("tiny").predict([]), np.ndarray)
    (listed,) = genclass.list_models()
    assert listed == {
        "name": "tiny",
        "kind": "classifier",
        "dataset": "small",
        "classes": ["a", "b", "c"],
        "metrics": {},
    }


@pytest.mark.parametrize("name", ["", "nothing", "../tiny", "TINY", "a" * 1000, "tiny/../tiny", None, 3])
def test_a_visitor_names_models_and_not_paths(name, save_tiny, monkeypatch):
    monkeypatch.setattr(paths, "SHIPPED", save_tiny().parent)
    with pytest.raises(GenClassError) as caught:
        store.find_named(name)
    assert caught.value.code == "unknown_model" and "tiny" in str(caught.value)


def test_a_run_offers_its_newest_whole_model(save_tiny):
    run = paths.runs_dir() / ("0" * 32)
    for step in (5, 20, 100):
        shutil.copytree(save_tiny("gan", name=f"made-{step}"), run / "model" / str(step))
    (run / "status.json").write_text(json.dumps({"name": "mine"}))
    (run / "model" / "100" / "model.safetensors").write_bytes(b"torn")
    assert store.find(run) == store.find_named("mine") == run / "model" / "20"
    assert "mine" in [model["name"] for model in genclass.list_models()]


def test_a_run_without_a_model_says_so(tmp_path):
    (tmp_path / "status.json").write_text("{}")
    with pytest.raises(GenClassError) as caught:
        store.find(tmp_path)
    assert caught.value.code == "no_checkpoint_yet"


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a" * 41, "ä", "a\n", 5])
def test_names_follow_the_rules(name):
    with pytest.raises(GenClassError) as caught:
        store.check_name(name)
    assert caught.value.code == "bad_name"


def test_a_shipped_name_is_taken(save_tiny, monkeypatch):
    monkeypatch.setattr(paths, "SHIPPED", save_tiny().parent)
    with pytest.raises(GenClassError) as caught:
        store.check_name("tiny")
    assert caught.value.code == "name_taken"
    assert store.check_name("tiny-2") == "tiny-2"


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.bfloat16, torch.float64, torch.uint8, torch.int64])
def test_refuses_types_that_are_not_written_here(save_tiny, kind):
    folder = save_tiny("classifier")
    change_weights(folder, lambda weights: weights | {"head.weight": weights["head.weight"].to(kind)})
    assert "do not fit" in broken(folder)


def test_whole_numbers_stay_whole(save_tiny):
    folder = save_tiny("classifier")
    counters = lambda weights: [key for key in weights if key.endswith("num_batches_tracked")]
    change_weights(folder, lambda weights: weights | {counters(weights)[0]: torch.tensor(1.0)})
    assert "do not fit" in broken(folder)


def test_weights_all_in_float32_are_read(save_tiny):
    folder = save_tiny("classifier")
    change_weights(folder, lambda weights: {key: value.float() if value.is_floating_point() else value
                                            for key, value in weights.items()})  # fmt: skip
    checkpoint.load_network(folder)
