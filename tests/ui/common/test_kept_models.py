"""Which models stay loaded, and what goes with them."""

import gc
import shutil
import weakref

import pytest

from genclass.models.classifier import Classifier
from genclass.ui.common import kept_models
from genclass.ui.common.kept_models import remembered


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept_models, "_models", type(kept_models._models)())


@pytest.fixture
def load(save_tiny):
    """Loads a tiny model by its name."""

    def load(name):
        folder = save_tiny("classifier", name=name) if name not in folders else folders[name]
        folders[name] = folder
        return kept_models.load(folder, "classifier", Classifier.load)

    folders = {}
    load.folders = folders
    return load


def kept():
    return [folder.name for folder, *_ in kept_models._models]


def test_a_model_is_loaded_once(load):
    assert load("a") is load("a") and kept() == ["a"]


def test_models_make_room_by_their_bytes(load, monkeypatch):
    load("a")
    size = kept_models._bytes(load.folders["a"])
    weights = sum(value.numel() for value in load("a").network.state_dict().values())
    assert size > 2 * 2 * weights * 0.9  # its file holds two bytes a number, the memory four
    monkeypatch.setattr(kept_models, "KEPT_BYTES", 2.5 * size)
    load("b")
    load("a")
    load("c")
    assert kept() == ["a", "c"]
    monkeypatch.setattr(kept_models, "KEPT_BYTES", 1)
    load("d")
    assert kept() == ["d"], "the last is kept however large it is"


def test_models_make_room_by_their_number(load, monkeypatch):
    monkeypatch.setattr(kept_models, "KEPT", 2)
    for name in "abc":
        load(name)
    assert kept() == ["b", "c"]


def test_a_deleted_model_goes_with_all_that_was_found_with_it(load):
    found = remembered(4)(lambda model, number: [model, number])
    model = load("a")
    assert found(model, 1) is found(model, 1)
    load("b")
    gone = weakref.ref(model)
    del model
    shutil.rmtree(load.folders["a"])
    kept_models.drop_deleted()
    gc.collect()
    assert gone() is None and kept() == ["b"] and not found.known
    kept_models._remembered.remove(found)


def test_a_model_that_changed_is_loaded_anew(load):
    before = load("a")
    config = load.folders["a"] / "config.json"
    config.write_text(config.read_text() + " ")
    assert load("a") is not before and kept() == ["a"]


def test_nothing_is_remembered_of_a_model_that_is_not_kept(load, monkeypatch):
    found = remembered(4)(lambda model: object())
    model = load("a")
    monkeypatch.setattr(kept_models, "KEPT", 1)
    load("b")
    assert found(model) is not found(model) and not found.known
    kept_models._remembered.remove(found)


def test_the_last_answers_are_remembered(load):
    found = remembered(2)(lambda model, number: object())
    model = load("a")
    first, second = found(model, 1), found(model, 2)
    assert found(model, 1) is first
    found(model, 3)
    assert found(model, 1) is first and found(model, 2) is not second
    kept_models._remembered.remove(found)
