"""A stranger's models are hidden from other strangers on every way that the page has to a model."""

import ast
import types
from pathlib import Path

import gradio as gr
import pytest
from gradio import context

import genclass.ui
from genclass import paths
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models.recipe import Recipe
from genclass.train.settings import Request
from genclass.ui import api
from genclass.ui.classify import batch_panel, compare_models
from genclass.ui.common import decoded_upload, model_cache, render
from genclass.ui.learn import experiments, network_steps, real_or_generated
from genclass.ui.models import all_models, closed_loop_panel
from genclass.ui.server import limits, visitors
from genclass.ui.train import run_view
from tests.helpers import encode, picture
from tests.stand_ins import config_of, save_network

PAGE = Path(genclass.ui.__file__).parent
ONE, OTHER = (types.SimpleNamespace(client=types.SimpleNamespace(host=host), headers={}, cookies={})
              for host in ("192.0.2.1", "192.0.2.2"))  # fmt: skip
GAN, CNN = "hidden-gan", "hidden-cnn"
REFUSED = r"no model called hidden-\w+\. Choose one of: \.|model must be one of: \."  # and none is named
LISTS = {
    "the API": (api.list_models, {GAN, CNN}),
    "choices of generators": (lambda: model_cache.names("gan"), {GAN}),
    "choices of classifiers": (lambda: model_cache.names("classifier"), {CNN}),
    "the table": (lambda: all_models.show(None, None), {GAN, CNN}),
    "the table once more": (lambda: all_models.refresh(None), {GAN, CNN}),
    "the closed loop": (closed_loop_panel._names, {GAN}),
    "real or generated": (real_or_generated.playable, {GAN}),
    "the network step by step": (network_steps.names, {CNN}),
    "the comparison": (lambda: compare_models._pair(CNN), {CNN}),
    "a run": (lambda: run_view.view(None).models, {GAN, CNN}),
    "another judge": (model_cache.folders, {GAN, CNN}),
}
USES = {
    "a sample by the API": lambda file: api.sample(GAN, count=1),
    "an answer by the API": lambda file: api.classify(file, CNN),
    "figures by the API": lambda file: api.measure(CNN),
    "a recipe": lambda file: render.prepare(Recipe(GAN, count=1)),
    "an image": lambda file: decoded_upload.classify(file, CNN),
    "a comparison": lambda file: compare_models.compare(file, [CNN], "crop"),
    "a card": lambda file: all_models.pick(GAN, None),
    "a zip": lambda file: all_models.pack(GAN),
    "a tab": lambda file: all_models.use(GAN),
    "a round": lambda file: real_or_generated.deal(GAN, 1),
    "an experiment": lambda file: experiments.open_classify(file, CNN),
    "many images": lambda file: list(batch_panel.answer([{"name": "a.png", **file}], CNN)),
}


@pytest.fixture(autouse=True)
def strangers_models(monkeypatch, tmp_path):
    """A public page whose only models are those of one stranger."""
    monkeypatch.setattr(limits, "now", limits.Limits(public=True))
    monkeypatch.setattr(paths, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path / "runs"))
    gan = {"name": "gan", "z_dim": 20, "width": 4, "discriminator": {"width": 8}}
    for name, kind, architecture in ((GAN, "gan", gan), (CNN, "classifier", {"name": "classic-cnn"})):
        asked = Request(kind, "fashion-mnist-mini", kind if kind == "gan" else "airnet", name=name, minutes=1)
        path = runs.find(runs.start(asked, owner=visitors.owner(ONE), launch=lambda path: None))
        classes = sources.load("fashion-mnist-mini").classes
        config = config_of(kind, architecture, classes, channels=1, size=28, name=name)
        save_network(path / "model", "1", {**config, "dataset": "fashion-mnist-mini"})
    yield
    context.LocalContext.request.set(None)


def found(names, listing, request):
    context.LocalContext.request.set(request)
    told = str(listing())
    return {name for name in names if name in told}


@pytest.mark.parametrize("way", LISTS)
def test_no_list_names_another_strangers_model(way):
    listing, names = LISTS[way]
    assert found(names, listing, ONE) == names
    assert found({GAN, CNN}, listing, OTHER) == set() == found({GAN, CNN}, listing, None)


@pytest.mark.parametrize("way", USES)
def test_no_use_of_another_strangers_model(way, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (tmp_path / "a.png").write_bytes(encode(picture(size=28)))
    file = {"path": str(tmp_path / "a.png")}
    for request in (OTHER, None):
        context.LocalContext.request.set(request)
        with pytest.raises((gr.Error, GenClassError), match=REFUSED):
            USES[way](file)
    context.LocalContext.request.set(ONE)
    USES[way](file)


def test_the_page_reaches_models_in_one_module_alone():
    """Whoever asks ``models.store`` or the package itself for a model forgets to ask whose it is."""
    reaching = {"named_folders", "find_named", "find", "list_models"}
    for path in set(PAGE.rglob("*.py")) - {PAGE / "common" / "model_cache.py"}:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {("genclass", "load"), ("genclass", "list_models")}, path
                assert node.value.id != "store" or node.attr not in reaching, path
            if isinstance(node, ast.ImportFrom):
                names = {alias.name for alias in node.names}
                assert node.module != "genclass.models.store" or not names & reaching, path
                assert node.module != "genclass" or not names & {"load", "list_models"}, path
