"""What a browser is sent to draw by itself: whole files, at addresses that name their content, and nothing else."""

import base64
import gzip
import hashlib
import lzma

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import genclass
from genclass import paths
from genclass.models import checkpoint
from genclass.models.web import runtime, stored_model
from genclass.ui.generate import in_browser
from tests.stand_ins import config_of, save_network

MODEL = gzip.compress(b"a model" * 1000)


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """What is offered of two generators, one of which has a file for browsers."""
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    for name in ("small-gan", "large-gan"):
        gan = {"name": "gan", "z_dim": 20, "width": 4, "discriminator": {"width": 8}}
        save_network(tmp_path, name, config_of("gan", gan, name=name))
    (tmp_path / "small-gan" / stored_model.FILE).write_bytes(MODEL)
    return in_browser.InBrowser()


@pytest.fixture
def visitor(offered):
    return TestClient(Starlette(routes=[offered.route()]))


def addresses(offered):
    [model] = offered.told["models"].values()
    return {**offered.told, **model}


def test_a_file_comes_whole_under_its_hash_and_is_kept_for_good(offered, visitor):
    told = addresses(offered)
    files = {name: runtime.PATHS[f"ort-{name}"] for name in ("script", "wasm", "gpu-script", "gpu-wasm")}
    files["model"] = paths.SHIPPED / "small-gan" / stored_model.FILE
    for name, file in files.items():
        answer, unpack = visitor.get(told[name]), gzip.decompress if name == "model" else lzma.decompress
        assert answer.content == unpack(file.read_bytes()) and checkpoint.sha256(file) in told[name]
        assert "immutable" in answer.headers["cache-control"] and "private" in answer.headers["cache-control"]
    module = visitor.get(told["module"])
    assert module.headers["content-type"].startswith("text/javascript")
    assert hashlib.sha256(module.content).hexdigest() in told["module"] and "export async function" in module.text


def test_a_model_stands_under_the_hash_of_its_weights_and_one_without_a_file_is_not_offered(offered):
    weights = checkpoint.read_config(paths.SHIPPED / "small-gan")["sha256"]["model.safetensors"]
    [(known, model)] = offered.told["models"].items()
    assert known == weights and all(weights in address for address in model.values())


def test_the_facts_of_a_model_bring_a_sheet_as_it_is_drawn_here(offered, visitor):
    facts, sampler = visitor.get(addresses(offered)["facts"]).json(), genclass.load(paths.SHIPPED / "small-gan")
    assert facts["z_dim"] == sampler.z_dim and facts["classes"] == sampler.classes
    assert np.allclose(facts["directions"]["d1"], sampler.directions["d1"])
    sheet = np.frombuffer(base64.b64decode(facts["checked"]["pixels"]), np.uint8).reshape(64, 64, 3)
    drawn = sampler.sample(facts["checked"]["recipe"])
    assert np.abs(sheet[32:, :32].astype(int) - drawn[2]).max() <= 1


def test_anything_else_is_not_there(offered, visitor):
    sha256 = next(iter(offered.told["models"]))
    for address in ("", "x.onnx", f"{sha256}/x.onnx", f"{'0' * 64}/facts.json", "../file=/etc/passwd", "%2e%2e/config"):
        assert visitor.get(f"{in_browser.PLACE}{address}").status_code == 404
    assert visitor.post(addresses(offered)["model"]).status_code == 405


def test_it_is_found_below_the_address_of_a_proxy(offered):
    visitor = TestClient(Starlette(routes=[offered.route()]), root_path="/lab")
    for place in ("/lab/", "/"):  # a proxy may take its own part away or leave it
        assert visitor.get(place + addresses(offered)["model"]).content == gzip.decompress(MODEL)


def test_the_page_serves_the_runtime_and_tells_what_it_draws(lab):
    address = in_browser.InBrowser().told["wasm"]
    assert address in httpx.get(lab).text
    assert httpx.get(lab + address).content == gzip.decompress(runtime.gzipped("ort-wasm"))
