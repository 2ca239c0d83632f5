"""Choose: the table and pictures, cards, evaluation, deletion, the closed loop."""

import re

import gradio as gr
import pytest

from genclass.data import sources
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts, store
from genclass.train import closed_loop
from genclass.ui.common import charts
from genclass.ui.models import all_models, closed_loop_panel, models_plot, models_table
from tests.ui.helpers import fashion, start_tiny, wait_for


@pytest.fixture
def at_hand(monkeypatch):
    for name in ("at_hand", "smallest_at_hand"):
        monkeypatch.setattr(sources, name, lambda name: fashion() if name == "fashion-mnist" else None)


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
    for handler in (all_models.pack, all_models.use):
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
    assert '<tr data-model="abc-airnet" class=gc-on>' in told["every"] and told["every"].count("class=gc-on") == 1
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


def test_better_lies_higher_in_both_pictures():
    points = [charts.Point("a", 1, 0.9, 0, ""), charts.Point("b", 2, 0.7, 0, "")]
    up = models_plot.accuracy_axis(points)
    assert up.place(0.9) > up.place(0.7)
    down = models_plot.distance_axis([charts.Point("a", 1, 5, 0, ""), charts.Point("b", 2, 50, 0, "")])
    assert down.place(5) > down.place(50)


def test_labels_of_near_points_do_not_cover_one_another():
    points = [charts.Point(f"a-long-name-{index}", 1, 1, 0, "") for index in range(4)]
    places = [(100.0, 100.0 + index) for index in range(4)]
    heights = sorted(y for _, y, _ in charts._labels(points, places))
    assert all(b - a >= charts.LINE - 1e-9 for a, b in zip(heights, heights[1:]))


@pytest.mark.parametrize("accuracy", [0, 0.5, 1])
def test_one_model_alone_has_a_place_however_right_it_is(accuracy):
    found = {"accuracy": facts.Quality("accuracy", accuracy)}
    one = facts.Facts("mine", None, {"kind": "classifier", "dataset": "mine"}, 1, 1, found, None, None, None, False)
    assert 'data-model="mine"' in models_plot.picture("classifier", [one], {"mine": 2.0}, ["mine"])


@pytest.mark.parametrize("values", [[3.0], [0.2, 90], [1, 1], [0.0301, 0.031]])
def test_ticks_enclose_all_values(values):
    ticks = charts.decades(values)
    assert len(ticks) >= 2 and ticks[0] <= min(values) and ticks[-1] >= max(values)


def test_names_are_escaped(lab):
    assert "<b>" not in charts.matrix([[1, 0], [0, 1]], ["<b>x", "y"], "<b>")


def test_a_column_is_one_row_and_shown_by_its_own_name_without_words(lab, monkeypatch):
    monkeypatch.setitem(models_table.COLUMNS, "initial", lambda row: models_table.Cell(row.one.name[0]))
    shown = all_models.show(None, None)["every"]
    assert ">initial</th>" in shown and '<td data-sort="">a</td>' in shown


@pytest.fixture
def short(monkeypatch, at_hand):
    for name, value in {"STEPS": 4, "TRAINING_IMAGES": 40, "TEST_IMAGES": 20, "PROBED": 40, "FEW_REAL": 20,
                        "ADDED": (20,), "AGREEMENT_IMAGES": 30, "CHUNK": 15}.items():  # fmt: skip
        monkeypatch.setattr(closed_loop, name, value)


def test_the_closed_loop_fills_every_section(lab, short):
    *_, last = closed_loop_panel.experiment("fashion-mnist-gan", list(closed_loop_panel.ASKED), 2)
    assert "Done: fashion-mnist-gan" in last["bar"]
    for name in closed_loop_panel.ASKED:
        section = last["results"].split(f'id="loop-{name}"')[1].split("</section>")[0]
        assert 'class="gc-summary"' in section, name
    assert "(2 seeds)" in last["results"]


def test_a_model_without_classes_is_told_what_it_lacks(lab, short, monkeypatch):
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: fashion())
    *_, last = closed_loop_panel.experiment("plain-gan", ["transfer"], 1)
    assert "was trained without classes" in last["results"]


def test_an_experiment_that_is_asked_for_often_runs_once(lab, short):
    reports = list(closed_loop_panel.experiment("fashion-mnist-gan", ["transfer"] * 1000, 1))
    assert "experiment 1 of 1" in reports[0]["bar"] and len(reports) < 100


@pytest.mark.parametrize("asked, seeds", [([], 1), ("transfer", 1), (["nothing"], 1), (["transfer"], 0),
                                          (["transfer"], 6), (["transfer"], None), ([{}], 1)])  # fmt: skip
def test_wrong_questions_are_refused(lab, short, asked, seeds):
    with pytest.raises(gr.Error):
        list(closed_loop_panel.experiment("fashion-mnist-gan", asked, seeds))
