"""All models: table and pictures, cards, evaluation, deletion."""

import re

import gradio as gr
import pytest

from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts, store
from genclass.ui.models import all_models, models_table
from tests.ui.helpers import start_tiny, wait_for


def test_every_model_has_a_row_and_the_first_a_card(lab):
    parts = all_models.show(None, None)
    names = re.findall(r'<tr data-model="([^"]+)"', parts["every"])
    assert {"fashion-mnist-gan", "plain-gan", "fashion-mnist-airnet", "abc-airnet"} <= set(names)
    assert parts["chosen"] == names[0] and f"<h3>{names[0]}</h3>" in parts["card"]
    assert not parts["delete"]["visible"]


def test_a_shipped_model_cant_be_deleted(lab):
    with pytest.raises(gr.Error, match="shipped models stay"):
        all_models.delete("abc-airnet", {"ids": ["0" * 32]})
    assert store.find_named("abc-airnet")


@pytest.mark.parametrize("name", [None, 5, {}, "no-such-model"])
def test_unknown_models_are_refused(lab, name):
    for handler in (all_models.pack, all_models.take_page, all_models.use):
        with pytest.raises(gr.Error):
            handler(name)
    with pytest.raises(gr.Error):
        all_models.pick(name, {})
    with pytest.raises(gr.Error):
        list(all_models.measure(name))


def test_only_the_browser_that_started_a_run_deletes_its_model(lab, client):
    run_id = start_tiny(name="mine-to-delete")
    wait_for(client, run_id, "finished", seconds=180)
    assert all_models.show("mine-to-delete", {"ids": [run_id]})["delete"]["visible"]
    for stranger in ({}, {"ids": ["f" * 32]}, None):
        assert not all_models.show("mine-to-delete", stranger)["delete"]["visible"]
        with pytest.raises(gr.Error):
            all_models.delete("mine-to-delete", stranger)
    all_models.delete("mine-to-delete", {"ids": [run_id]})
    with pytest.raises(GenClassError):
        runs.find(run_id)
    assert "mine-to-delete" not in all_models.show(None, None)["every"]


def test_an_evaluation_reports_progress_and_stays_out_of_the_checkpoint(lab, at_hand):
    folder = store.find_named("fashion-mnist-airnet")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    *reports, last = all_models.measure("fashion-mnist-airnet")
    assert reports and "100 of 100 images" in last
    assert "gc-plain-matrix" in all_models.show("fashion-mnist-airnet", None)["pictures"]
    assert "gc-filled" in all_models.show("fashion-mnist-airnet", None)["pictures"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    kept = facts.measured_here(facts.of("x", folder).sha256)
    assert sum(map(sum, kept["confusion"])) == kept["samples"] == 100
    assert sum(group["count"] for group in kept["reliability"]) == 100
    assert "measured here" in all_models.show("fashion-mnist-airnet", None)["card"]


def test_a_gan_is_evaluated_by_its_judge(lab, at_hand):
    list(all_models.measure("fashion-mnist-gan"))
    told = all_models.refresh("fashion-mnist-gan")
    assert "sees the asked class in" in told["pictures"]
    assert "in the features of fashion-mnist-airnet" in told["card"] and "n = 300" in told["card"]


def test_without_images_an_evaluation_says_so(lab, at_hand):
    with pytest.raises(gr.Error, match="not on this machine"):
        list(all_models.measure("abc-airnet"))


def test_times_fill_the_table_and_the_card(lab):
    all_models.time_all()
    told = all_models.refresh("plain-gan")
    assert "…" not in told["every"] and "ms on this machine" in told["card"]


def test_what_was_measured_shows_with_the_model_that_is_chosen_by_then(lab, at_hand):
    list(all_models.measure("fashion-mnist-gan"))
    told = all_models.refresh("abc-airnet")
    assert (
        '<tr data-model="abc-airnet" data-family="abc" class=gc-on>' in told["every"]
        and told["every"].count("class=gc-on") == 1
    )
    assert "<h3>abc-airnet</h3>" in told["card"]
    told = all_models.refresh("deleted meanwhile")
    assert (told["card"], told["pictures"]) == ("", "")


def test_a_picked_model_leaves_the_table_as_it_was_sorted(lab):
    told = all_models.pick("plain-gan", {})
    assert "every" not in told and told["chosen"] == "plain-gan" and "<h3>plain-gan</h3>" in told["card"]


def test_models_of_one_measure_are_compared_and_others_are_named(lab, at_hand):
    list(all_models.measure("fashion-mnist-gan"))
    all_models.time_all()
    table = all_models.refresh("plain-gan")["every"]
    assert table.count('class="gc-point') >= 1 and "Not shown, because not measured yet: " in table
    point = re.search(r'<g class="gc-point[^>]*data-model="fashion-mnist-gan" aria-label="([^"]+)"', table)
    assert "Fréchet distance" in point[1] and "fashion-mnist-airnet" in point[1]


def test_a_column_is_one_row_and_shown_by_its_own_name_without_words(lab, monkeypatch):
    monkeypatch.setitem(models_table.COLUMNS, "initial", lambda row: models_table.Cell(row.one.name[0]))
    shown = all_models.show(None, None)["every"]
    assert ">initial</th>" in shown and '<td data-sort="">a</td>' in shown
