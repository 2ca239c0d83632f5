"""A run whose files are damaged takes nothing from the page."""

import html
from types import SimpleNamespace

import gradio as gr
import pytest

from genclass import paths
from genclass.errors import MESSAGES
from genclass.train.run.layout import Owner
from genclass.train.settings import Request
from genclass.ui import api
from genclass.ui.common import model_cache
from genclass.ui.generate import tab as generate_tab
from genclass.ui.models import all_models
from genclass.ui.server import limits
from genclass.ui.train import run_buttons, run_panel
from genclass.ui.train import tab as train_tab
from tests.torn import TORN, WHOLE, make_run, spoil

SOME = (None, -1, "x", [{}])  # of the values that could be there: each time every tab is drawn
OPENED = SimpleNamespace(query_params={}, client=SimpleNamespace(host="192.0.2.1"), headers={})
LINKED = SimpleNamespace(query_params={"tab": "train", "run": TORN})


@pytest.fixture
def torn(monkeypatch, tmp_path):
    """The folder of a run that is to be spoilt, beside one that stays whole; no other model is there."""
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    monkeypatch.setattr(run_panel.gr, "Warning", lambda sentence: None)
    make_run(WHOLE, "whole")
    return make_run(TORN, "torn")


def tick(run_id):
    """What the tab Train shows of a run, compared with the other."""
    return train_tab.tick(run_id, {"ids": [WHOLE, TORN]}, None, None, [WHOLE, TORN], "loss_d", "step")


def show_all():
    """What every tab shows first, and what the web API lists."""
    assert "whole" in model_cache.names("gan") and "whole" in str(api.list_models())
    assert "whole" in str(all_models.open_page("torn", {"ids": [WHOLE, TORN]})["every"])
    assert "whole" in tick(WHOLE)["status"] and "whole" in tick(TORN)["table"]
    run_panel.watch_again({"watched": TORN}, OPENED), run_panel.watch_again(None, LINKED)


def test_whatever_became_of_one_run_every_tab_is_shown(torn):
    for what in spoil(torn, SOME):
        try:
            show_all()
        except Exception as error:
            raise AssertionError(what) from error


@pytest.mark.parametrize("name", ["status.json", "config.json"])
def test_a_damaged_run_is_told_to_whoever_opens_it(torn, name):
    (torn / name).write_bytes(b"")
    sentence = MESSAGES["broken_run"].format(file=name)
    with pytest.raises(gr.Error) as told:
        run_panel.watch(TORN, None)
    assert told.value.message == sentence


@pytest.mark.parametrize("public", [False, True])
def test_a_damaged_run_can_be_found_and_deleted_and_nothing_else_be_done_with_it(torn, monkeypatch, public):
    monkeypatch.setattr(limits.now, "public", public)
    (torn / "status.json").write_bytes(b"")
    shown = tick(TORN)
    assert [run_id for _, run_id in shown["watched"]["choices"]] == [WHOLE, TORN] and shown["run"]["visible"]
    assert MESSAGES["broken_run"].format(file="status.json") in html.unescape(shown["status"])
    buttons = ("stop", "resume", "longer", "delete", "open_gan", "open_classifier")
    assert [name for name in buttons if shown[name]["visible"]] == ["delete"]
    left = run_buttons.delete_watched(TORN, {"ids": [WHOLE, TORN], "watched": TORN})
    assert left["mine"] == {"ids": [WHOLE], "watched": None} and not torn.exists()
    assert [run_id for _, run_id in tick(WHOLE)["watched"]["choices"]] == [WHOLE]


def test_a_strangers_page_counts_and_offers_what_can_be_read(torn, monkeypatch):
    monkeypatch.setattr(limits.now, "public", True)
    request = Request("gan", "fashion-mnist-mini", "quick", minutes=1)
    for name in ("config.json", "status.json"):
        (torn / name).write_bytes(b"[]")
        limits.check_start(request, Owner("somebody", "somewhere"))
        assert "torn" not in model_cache.folders()


def test_the_page_opens_with_the_model_that_is_whole(torn):
    (torn / "status.json").write_bytes(b"")
    request = SimpleNamespace(query_params=SimpleNamespace(get=lambda name, usual: usual, multi_items=lambda: []))
    assert generate_tab.recipe_of_page(request).model == "whole"
