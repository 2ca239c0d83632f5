"""Choose: the table and pictures, cards, evaluation, deletion, the closed loop."""

import re

import gradio as gr
import pytest

from genclass.data import sources
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts, measured, store
from genclass.train import closed_loop
from genclass.ui.common import charts
from genclass.ui.models import closed_loop_panel, models_table
from genclass.ui.models import tab as models_tab
from tests.ui.helpers import fashion, start_tiny, wait_for


@pytest.fixture
def at_hand(monkeypatch):
    for name in ("at_hand", "smallest_at_hand"):
        monkeypatch.setattr(sources, name, lambda name: fashion() if name == "fashion-mnist" else None)


def shown(name=None, mine=None):
    parts = ("every", "chosen", "card", "pictures", "bar", "use_gan", "use_classifier", "delete", "confirm")
    return dict(zip(parts, models_tab.show(name, mine)))


def test_every_model_has_a_row_and_the_first_a_card(lab):
    parts = shown()
    names = re.findall(r'<tr data-model="([^"]+)"', parts["every"])
    assert {"fashion-mnist-gan", "plain-gan", "fashion-mnist-airnet", "abc-airnet"} <= set(names)
    assert parts["chosen"] == names[0] and f"<h3>{names[0]}</h3>" in parts["card"]
    assert not parts["delete"]["visible"]


def test_a_shipped_model_cant_be_deleted(lab):
    with pytest.raises(gr.Error, match="shipped models stay"):
        models_tab.delete("abc-airnet", {"ids": ["0" * 32]})
    assert store.find_named("abc-airnet")


@pytest.mark.parametrize("name", [None, 5, {}, "no-such-model"])
def test_unknown_models_are_refused(lab, name):
    for handler in (models_tab.pack, models_tab.use):
        with pytest.raises(gr.Error):
            handler(name)
    with pytest.raises(gr.Error):
        models_tab.pick(name, {})
    with pytest.raises(gr.Error):
        list(models_tab.measure(name))


def test_only_the_browser_that_started_a_run_deletes_its_model(lab, client):
    run_id = start_tiny(name="mine-to-delete")
    wait_for(client, run_id, "finished", seconds=180)
    assert shown("mine-to-delete", {"ids": [run_id]})["delete"]["visible"]
    for stranger in ({}, {"ids": ["f" * 32]}, None):
        assert not shown("mine-to-delete", stranger)["delete"]["visible"]
        with pytest.raises(gr.Error):
            models_tab.delete("mine-to-delete", stranger)
    models_tab.delete("mine-to-delete", {"ids": [run_id]})
    with pytest.raises(GenClassError):
        runs.find(run_id)
    assert "mine-to-delete" not in shown()["every"]


def test_an_evaluation_reports_progress_and_stays_out_of_the_checkpoint(lab, at_hand):
    folder = store.find_named("fashion-mnist-airnet")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    *reports, last = models_tab.measure("fashion-mnist-airnet")
    assert reports and "100 of 100 images" in last
    assert "gc-plain-matrix" in shown("fashion-mnist-airnet")["pictures"]
    assert "gc-filled" in shown("fashion-mnist-airnet")["pictures"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    kept = measured.load(facts.of("x", folder).sha256)
    assert sum(map(sum, kept["confusion"])) == kept["samples"] == 100
    assert sum(group["count"] for group in kept["reliability"]) == 100
    assert "measured here" in shown("fashion-mnist-airnet")["card"]


def test_a_gan_is_evaluated_by_its_judge(lab, at_hand):
    list(models_tab.measure("fashion-mnist-gan"))
    _, card, pictures = models_tab.refresh("fashion-mnist-gan")
    assert "sees the asked class in" in pictures
    assert "in the features of fashion-mnist-airnet" in card and "n = 300" in card


def test_without_images_an_evaluation_says_so(lab, at_hand):
    with pytest.raises(gr.Error, match="not on this machine"):
        list(models_tab.measure("abc-airnet"))


def test_times_fill_the_table_and_the_card(lab):
    models_tab.time_all()
    table, card, _ = models_tab.refresh("plain-gan")
    assert "…" not in table and "ms on this machine" in card


def test_what_was_measured_shows_with_the_model_that_is_chosen_by_then(lab, at_hand):
    list(models_tab.measure("fashion-mnist-gan"))
    table, card, _ = models_tab.refresh("abc-airnet")
    assert '<tr data-model="abc-airnet" class=gc-on>' in table and table.count("class=gc-on") == 1
    assert "<h3>abc-airnet</h3>" in card
    assert models_tab.refresh("deleted meanwhile")[1:] == ("", "")


def test_a_picked_model_leaves_the_table_as_it_was_sorted(lab):
    table, chosen, card, *_ = models_tab.pick("plain-gan", {})
    assert table == gr.skip() and chosen == "plain-gan" and "<h3>plain-gan</h3>" in card


def test_models_of_one_measure_are_compared_and_others_are_named(lab, at_hand):
    list(models_tab.measure("fashion-mnist-gan"))
    models_tab.time_all()
    table, *_ = models_tab.refresh("plain-gan")
    assert table.count('class="gc-point') >= 1 and "Not shown, because not measured yet: " in table
    point = re.search(r'<g class="gc-point[^>]*data-model="fashion-mnist-gan" aria-label="([^"]+)"', table)
    assert "Fréchet distance" in point[1] and "fashion-mnist-airnet" in point[1]


def test_better_lies_higher_in_both_pictures():
    points = [charts.Point("a", 1, 0.9, 0, ""), charts.Point("b", 2, 0.7, 0, "")]
    up = models_table._accuracy_axis(points)
    assert up.place(0.9) > up.place(0.7)
    down = models_table._distance_axis([charts.Point("a", 1, 5, 0, ""), charts.Point("b", 2, 50, 0, "")])
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
    assert 'data-model="mine"' in models_table._picture("classifier", [one], {"mine": 2.0}, ["mine"])


@pytest.mark.parametrize("values", [[3.0], [0.2, 90], [1, 1], [0.0301, 0.031]])
def test_ticks_enclose_all_values(values):
    ticks = charts.decades(values)
    assert len(ticks) >= 2 and ticks[0] <= min(values) and ticks[-1] >= max(values)


def test_names_are_escaped(lab):
    assert "<b>" not in charts.matrix([[1, 0], [0, 1]], ["<b>x", "y"], "<b>")


@pytest.fixture
def short(monkeypatch, at_hand):
    for name, value in {"STEPS": 4, "TRAINING_IMAGES": 40, "TEST_IMAGES": 20, "PROBED": 40, "FEW_REAL": 20,
                        "ADDED": (20,), "AGREEMENT_IMAGES": 30, "CHUNK": 15}.items():  # fmt: skip
        monkeypatch.setattr(closed_loop, name, value)


def test_the_closed_loop_fills_every_section(lab, short):
    *_, (bar, page) = closed_loop_panel.experiment("fashion-mnist-gan", list(closed_loop_panel.ASKED), 2)
    assert "Done: fashion-mnist-gan" in bar
    for name in closed_loop_panel.ASKED:
        section = page.split(f'id="loop-{name}"')[1].split("</section>")[0]
        assert 'class="gc-summary"' in section, name
    assert "(2 seeds)" in page


def test_a_model_without_classes_is_told_what_it_lacks(lab, short, monkeypatch):
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: fashion())
    *_, (_, page) = closed_loop_panel.experiment("plain-gan", ["transfer"], 1)
    assert "was trained without classes" in page


def test_an_experiment_that_is_asked_for_often_runs_once(lab, short):
    reports = list(closed_loop_panel.experiment("fashion-mnist-gan", ["transfer"] * 1000, 1))
    assert "experiment 1 of 1" in reports[0][0] and len(reports) < 100


@pytest.mark.parametrize("asked, seeds", [([], 1), ("transfer", 1), (["nothing"], 1), (["transfer"], 0),
                                          (["transfer"], 6), (["transfer"], None), ([{}], 1)])  # fmt: skip
def test_wrong_questions_are_refused(lab, short, asked, seeds):
    with pytest.raises(gr.Error):
        list(closed_loop_panel.experiment("fashion-mnist-gan", asked, seeds))
