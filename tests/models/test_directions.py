"""Directions: found, kept with the checkpoint, and worth their name."""

import json
import resource
import shutil
import threading

import pytest
import torch
from safetensors.torch import load_file, save_file

import genclass
from genclass import paths
from genclass.models import checkpoint, directions
from genclass.models.sampler import Sampler
from tests.stand_ins import config_of

CLASSIC = {"name": "classic-gan", "z_dim": 10}


@pytest.fixture(params=["gan", "plain", "classic-gan"])
def folder(request, save_tiny, tmp_path):
    """A checkpoint of each architecture, with classes and without."""
    if request.param != "classic-gan":
        return save_tiny("gan", ("a", "b", "c") if request.param == "gan" else ())
    config = config_of("gan", CLASSIC, (), channels=1, size=28)
    torch.manual_seed(0)
    checkpoint.save(tmp_path / "classic", config, {"model": checkpoint.build(config)})
    return tmp_path / "classic"


def same(first, second):
    return list(first) == list(second) and all(torch.equal(first[name], second[name]) for name in first)


def test_directions_are_orthogonal_unit_vectors(folder):
    found = Sampler.load(folder).directions
    axes = torch.stack(list(found.values()))
    assert list(found) == [f"d{index + 1}" for index in range(8)]
    assert torch.allclose(axes @ axes.T, torch.eye(8), atol=1e-5)


def test_a_linear_generator_has_its_singular_vectors():
    class Linear(torch.nn.Linear):
        z_dim, classes = 6, 0

        def forward(self, z, class_weights):
            return super().forward(z)

    network, generator = Linear(6, 50), torch.Generator().manual_seed(1)
    left, right = (torch.linalg.qr(torch.randn(size, 6, generator=generator))[0] for size in (50, 6))
    network.weight.data = left * torch.tensor([32.0, 16, 8, 4, 2, 1]) @ right.T
    axes = directions.principal(network, 3)
    assert (axes * right.T[:3]).sum(1).abs().min() > 0.99  # 2,048 samples, not infinitely many
    assert all(network.weight.sum(0).detach() @ axis > 0 for axis in axes)


def test_they_are_kept_with_the_checkpoint_and_its_hashes_hold(folder):
    found = Sampler.load(folder).directions
    config = checkpoint.read_config(folder)
    assert set(config["sha256"]) == {path.name for path in folder.glob("*.safetensors")}
    checkpoint.verify(folder, config)
    assert same(Sampler.load(folder).directions, found)
    assert not list(folder.glob(".*partial"))


def test_the_same_weights_always_have_the_same_file(save_tiny):
    kept = set()
    for name in ("first", "second", "third"):
        sampler = Sampler.load(save_tiny(name=name))
        assert len(sampler.directions) == 8 and sampler.said.metadata["names"]
        kept.add((sampler.folder / directions.FILE).read_bytes())
    assert len(kept) == 1


def test_what_is_kept_is_read_not_found_again(save_tiny, monkeypatch):
    folder = save_tiny("gan")
    found = Sampler.load(folder).directions
    monkeypatch.setattr(directions, "principal", lambda network: pytest.fail("found again"))
    assert same(Sampler.load(folder).directions, found)


def test_a_folder_that_cannot_be_written_works_too(save_tiny, monkeypatch):
    folder = save_tiny("gan")

    def refused(*args, **kwargs):
        raise PermissionError

    monkeypatch.setattr(directions.atomic, "writing", refused)
    sampler = Sampler.load(folder)
    assert len(sampler.directions) == 8 and not (folder / directions.FILE).exists()
    assert "directions.safetensors" not in checkpoint.read_config(folder)["sha256"]
    assert sampler.said.names


def test_directions_that_were_kept_without_names_are_named(save_tiny):
    folder = save_tiny("gan")
    names = Sampler.load(folder).said.names
    vectors, config = load_file(folder / directions.FILE), checkpoint.read_config(folder)
    save_file(vectors, folder / directions.FILE, {"model": config["sha256"]["model.safetensors"]})
    config["sha256"][directions.FILE] = checkpoint.sha256(folder / directions.FILE)
    (folder / "config.json").write_text(json.dumps(config))
    assert names and Sampler.load(folder).said.names == names


def test_samples_are_drawn_while_the_disk_is_full(save_tiny):
    """No file may grow: a model that was just trained, whose directions are not kept yet, is sampled all the same."""
    folder, (soft, hard) = save_tiny(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        drawn = Sampler.load(folder).sample({"model": "tiny", "count": 3, "directions": {"d1": 1}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert drawn.shape == (3, 32, 32, 3) and not list(folder.glob("*.partial"))


def test_directions_of_other_weights_are_found_anew(save_tiny):
    folder = save_tiny("gan")
    found = Sampler.load(folder).directions
    wrong = {name: torch.zeros(8) for name in found}
    for metadata in ({"model": "0" * 64}, None):
        config = json.loads((folder / "config.json").read_text())
        del config["sha256"][directions.FILE]
        (folder / "config.json").write_text(json.dumps(config))
        save_file({name: vector.clone() for name, vector in wrong.items()}, folder / directions.FILE, metadata)
        assert same(Sampler.load(folder).directions, found)
    checkpoint.verify(folder, checkpoint.read_config(folder))


def test_two_at_once_leave_a_whole_checkpoint(save_tiny):
    folder = save_tiny("gan")
    samplers = [Sampler.load(folder) for _ in range(4)]
    threads = [threading.Thread(target=lambda sampler=sampler: sampler.directions) for sampler in samplers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checkpoint.verify(folder, checkpoint.read_config(folder))
    assert all(same(sampler.directions, samplers[0].directions) for sampler in samplers)


def mean_change(sampler, z, class_weights, axis, sigma):
    """Mean absolute change of the pixels, 0..255, over latents."""
    moved, still = sampler.draw(z + sigma * axis, class_weights), sampler.draw(z, class_weights)
    return abs(moved.astype(int) - still).mean()


@pytest.mark.parametrize("sigma", [1, -2])
def test_the_first_direction_changes_more_than_a_random_one(sigma):
    sampler = genclass.load("fashion-mnist-gan")
    recipe = {"model": sampler.name, "seed": 1000, "count": 40}
    z, class_weights = sampler.latents(recipe), sampler.class_weights(recipe)
    axes = torch.nn.functional.normalize(torch.randn(8, sampler.z_dim, generator=torch.Generator().manual_seed(5)))
    random = sum(mean_change(sampler, z, class_weights, axis, sigma) for axis in axes) / len(axes)
    assert mean_change(sampler, z, class_weights, sampler.directions["d1"], sigma) > 2 * random


def test_shipped_directions_come_with_the_checkpoint():
    for model in genclass.list_models():
        if model["kind"] == "gan" and (paths.SHIPPED / model["name"]).exists():
            assert (paths.SHIPPED / model["name"] / directions.FILE).exists(), model["name"]


def test_a_copy_keeps_them(save_tiny, tmp_path):
    found = Sampler.load(save_tiny("gan")).directions
    shutil.copytree(tmp_path / "tiny", tmp_path / "copy")
    assert same(Sampler.load(tmp_path / "copy").directions, found)
