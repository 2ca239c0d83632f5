"""Models as a folder to host: what lies in it, and what is never left behind."""

import gzip
import json
import re
import shutil

import pytest

import genclass
from genclass.cli import main
from genclass.errors import GenClassError
from genclass.models import export
from genclass.models.web import page_file, runtime

ELSEWHERE = re.compile(r"(?:src|href)=\"(?:[a-z]+:)?//")


@pytest.fixture
def tiny(save_tiny, monkeypatch):
    """Writes a checkpoint under a name and returns its folder; tracing the model is left out, which takes seconds."""
    monkeypatch.setattr(export, "onnx_model", lambda graph, config, smaller: config["name"].encode() * 100)
    return lambda name, kind="classifier": save_tiny(kind, ("cat", "own"), name)


def told(page, id="told"):
    return json.loads(re.search(rf'id="{id}">(.*?)</script>', page.read_text(), re.S)[1])


def test_a_model_is_a_page_with_its_files_beside_it(tiny, tmp_path):
    folder = tiny("one")
    genclass.export(folder, tmp_path / "web", "web")
    found = {str(path.relative_to(tmp_path / "web")) for path in (tmp_path / "web").rglob("*") if path.is_file()}
    parts = [runtime.PATHS[name].relative_to(runtime.STATIC) for name in runtime.IN_PAGES]
    stored = {f"runtime/{path.with_suffix('.gz')}" for path in parts}
    stored |= {f"runtime/{package.name}/LICENSE" for package in runtime.PACKAGES}
    assert found == {"index.html", "README.md", "model.onnx.gz", *stored}
    for address, size in told(tmp_path / "web/index.html")["files"].values():
        assert len(gzip.decompress((tmp_path / "web" / address).read_bytes())) == size
    assert told(tmp_path / "web/index.html", "genclass-model") == json.loads((folder / "config.json").read_text())
    assert (tmp_path / "web/README.md").read_text().startswith("---\ntitle: one\n")
    assert "sdk: static" in (tmp_path / "web/README.md").read_text()


def test_several_are_a_gallery_that_says_what_each_is_in_both_languages(tiny, tmp_path):
    models = [str(tiny("one")), str(tiny("two", "gan"))]
    assert main.main(["export", *models, "--format", "web", "--out", str(tmp_path / "web")]) == 0
    index = (tmp_path / "web/index.html").read_text()
    assert 'href="one/index.html"' in index and 'href="two/index.html"' in index and not ELSEWHERE.search(index)
    assert told(tmp_path / "web/index.html")["words"]["zh"]["one knows"] == "猫 · own"
    assert (tmp_path / "web/two/model.onnx.gz").exists() and "../index.html" in (
        tmp_path / "web/two/index.html"
    ).read_text()
    assert told(tmp_path / "web/one/index.html")["files"]["ort-wasm"][0].startswith("../runtime/")


def test_what_is_there_already_is_neither_replaced_nor_added_to(tiny, tmp_path):
    (tmp_path / "web").mkdir()
    genclass.export(tiny("one"), tmp_path / "web", "web")  # an empty one is fine
    before = (tmp_path / "web/index.html").read_bytes()
    with pytest.raises(GenClassError) as refused:
        genclass.export(tiny("two"), tmp_path / "web", "web")
    assert refused.value.code == "not_empty" and (tmp_path / "web/index.html").read_bytes() == before
    (tmp_path / "file").write_text("")
    with pytest.raises(GenClassError, match="already"):
        genclass.export(tiny("two"), tmp_path / "file", "web")


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_what_ends_early_leaves_nothing(fault, tiny, tmp_path, monkeypatch):
    def fail(*_):
        raise fault

    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises((GenClassError, KeyboardInterrupt)):
        genclass.export(tiny("one"), tmp_path / "out/web", "web")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_model_that_answers_otherwise_is_refused_before_anything_is_written(tiny, tmp_path, monkeypatch):
    def differs(graph, config, smaller):
        raise GenClassError("export_differs", name=config["name"], difference="1")

    monkeypatch.setattr(export, "onnx_model", differs)
    with pytest.raises(GenClassError, match="differently"):
        genclass.export([tiny("one"), tiny("two")], tmp_path / "web", "web")
    assert not (tmp_path / "web").exists()


def test_names_that_meet_or_lead_elsewhere_are_refused(tiny, tmp_path):
    folder = tiny("one")
    with pytest.raises(GenClassError, match="called one"):
        genclass.export([folder, folder], tmp_path / "web", "web")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"name": "../one"}))
    with pytest.raises(GenClassError) as refused:
        genclass.export([folder], tmp_path / "web", "web")
    assert refused.value.code == "bad_name" and not (tmp_path / "web").exists()


def test_a_file_holds_one_model(tiny, tmp_path, capsys):
    words = ["export", str(tiny("one")), str(tiny("two")), "--out", str(tmp_path / "a.html"), "--format", "html"]
    assert main.main(words) == 2 and "--format web" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()


def test_classes_are_called_as_people_call_them():
    assert page_file.called(["cat", "own"])["zh"] == {"cat": "猫"}
