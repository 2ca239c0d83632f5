"""All that the package has by name is offered on the page in every language; what has no words, by its own name."""

import dataclasses

import pytest

from genclass import paths
from genclass.analysis import explain
from genclass.data import catalog
from genclass.files import animate, images
from genclass.train.presets import PRESETS
from genclass.ui.classify import explain_panel
from genclass.ui.common import text
from genclass.ui.layout import build_app
from genclass.ui.models import all_models, model_card, models_table
from genclass.ui.server import uploads
from genclass.ui.train import form
from genclass.ui.words import LANGUAGES
from tests.helpers import encode
from tests.stand_ins import config_of, save_network

NEW = "stand-in"
KINDS = tuple(PRESETS)


@pytest.fixture(scope="module")
def registered():
    """One more data set, preset of each kind, explanation method and attack, all without words."""
    patch = pytest.MonkeyPatch()
    patch.setattr(catalog, "SETS", dict(catalog.SETS))
    row = dataclasses.replace(catalog.SETS["fashion-mnist"], name=NEW, classes=("one", "two"), bundled=0)
    catalog.register(row)
    for presets in PRESETS.values():
        patch.setitem(presets, NEW, next(iter(presets.values())))
    patch.setitem(explain.METHODS, NEW, lambda classifier, pictures, classes: pictures.float().mean(1))
    patch.setitem(explain.ATTACKS, NEW, explain.fgsm)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def config(registered):
    return build_app().config


def choices(config, language, elem_id):
    """{value: label} of what a component of a language's page offers."""
    ids = set(config["page"][text.page_of(language)]["components"])
    found = next(part for part in config["components"] if part["id"] in ids and part["props"].get("elem_id") == elem_id)
    return {value: label for label, value in found["props"]["choices"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_offered_in_every_language(config, language):
    data = choices(config, language, "train-data")
    assert set(data) == {*catalog.names(), form.OWN}
    presets = choices(config, language, "train-preset")
    assert list(presets) == form.offered(*form.FIRST) and NEW in presets
    methods, attacks = (choices(config, language, name) for name in ("why-method", "fragile-method"))
    assert list(methods) == list(explain.METHODS) and list(attacks) == list(explain.ATTACKS)
    assert data[NEW] == methods[NEW] == attacks[NEW] == NEW
    assert presets[NEW].startswith(NEW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_path_is_saved_in_every_format(config, language):
    ids = set(config["page"][text.page_of(language)]["components"])
    buttons = {part["props"].get("elem_id"): part["props"] for part in config["components"] if part["id"] in ids}
    assert all(buttons[f"walk-{name}"]["value"] for name in animate.FORMATS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_preset_on_every_data_set_fills_the_form(registered, language, kind):
    with text.speaking(language):
        for source in catalog.names():
            for preset in PRESETS[kind]:
                shown = form.choose_data(kind, source, preset, None)
                offered = dict((name, title) for title, name in shown["preset"]["choices"])
                assert list(offered) == form.offered(kind, source) and NEW in offered[NEW]
                fields = form.choose_preset(kind, source, preset)
                told = form.estimate(
                    kind, source, None, preset, 2, 0, 0, *(fields[name]["value"] for name in form.FIELDS)
                )
                assert "gc-warning" not in told and "<p" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_explains(registered, monkeypatch, tmp_path, photo, language):
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    save_network(tmp_path, "abc", config_of("classifier", {"name": "airnet", "width": 4}, name="abc"))
    file = uploads.folder() / "registries.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode(photo))
    with text.speaking(language):
        for method in explain.METHODS:
            drawn = explain_panel.draw_heat({"path": str(file)}, "abc", images.FITS[0], "a", method)
            assert drawn.count("<img") == 2
        assert NEW in drawn


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_a_model_of_any_data_set_has_a_row_and_a_card(registered, monkeypatch, tmp_path, language, kind):
    monkeypatch.setattr(paths, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path / "runs"))
    small = {"classifier": {"name": "airnet", "width": 4}}
    small["gan"] = {"name": "gan", "z_dim": 8, "width": 4, "discriminator": {"width": 8}}
    for row in catalog.SETS.values():
        config = config_of(kind, small[kind], row.classes, row.channels, row.image_size, f"of-{row.name}")
        training = {"recipe": {"preset": NEW}, "data": {"name": row.name, "images": row.images}}
        save_network(paths.SHIPPED, config["name"], {**config, "dataset": row.name, "training": training})
    with text.speaking(language):
        every = all_models._every()
        table = models_table.table(every, {}, None)
        cards = {one.name: model_card.card(one, None) for one in every}
    assert set(cards) == {f"of-{name}" for name in catalog.SETS}
    assert all(name in table for name in catalog.SETS)
    assert "one" in cards[f"of-{NEW}"] and NEW in cards[f"of-{NEW}"]
