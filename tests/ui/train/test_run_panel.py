"""Which run is watched."""

from types import SimpleNamespace

from genclass.errors import MESSAGES
from genclass.jobs import runs
from genclass.ui.train import run_panel
from tests.ui.helpers import start_tiny


def opened(**query):
    return SimpleNamespace(query_params=query)


def test_a_link_names_the_run_that_is_watched(lab, monkeypatch):
    run_id, before = start_tiny(name="linked", launch=lambda path: None), {"watched": "another"}
    file = runs.find(run_id) / "status.json"
    file.write_text(file.read_text().replace('"queued"', '"stopped"', 1))  # nobody is to wait for it
    assert run_panel.watch_again(before, opened(tab="train", run=run_id)) == run_id
    assert run_panel.watch_again(before, opened(run=run_id)) == "another"
    told = []
    monkeypatch.setattr(run_panel.gr, "Warning", told.append)
    assert run_panel.watch_again(before, opened(tab="train", run="0" * 32)) == "another"
    assert told == [MESSAGES["unknown_run"]]
