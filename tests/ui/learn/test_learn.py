"""The tab Learn: its games, its arithmetic, its advice, and what it sets in the other tabs."""

import base64
import re
from string import Formatter
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from genclass.analysis import layer_steps
from genclass.networks import toy_gan
from genclass.networks.toy_gan import ToySettings
from genclass.ui.classify.examples import example_files
from genclass.ui.common import model_cache
from genclass.ui.common.text import say
from genclass.ui.generate import tab as generate_tab
from genclass.ui.layout import build_app
from genclass.ui.learn import (
    experiments,
    model_advisor,
    network_steps,
    real_or_generated,
    size_calculator,
    toy_games,
    toy_panel,
)
from genclass.ui.learn import network_pictures as pictures
from genclass.ui.server import limits
from genclass.ui.words.en import learn as english
from genclass.ui.words.zh import learn as chinese

TEXTBOOK = "fashion-mnist-classic-cnn"
RULES = ("non-saturating", 0.001, 0.002, 1, 0.01)


@pytest.fixture(autouse=True)
def games(monkeypatch):
    monkeypatch.setattr(toy_panel, "games", toy_games.Games(most=3))
    return toy_panel.games


@pytest.fixture(scope="module")
def file(lab):
    return {"path": example_files()[-1][0]}


def visitor(name="one"):
    return SimpleNamespace(session_hash=name)


def floats(text):
    return np.frombuffer(base64.b64decode(text), np.float32)


def test_a_game_is_played_frame_by_frame_and_ends_by_itself():
    game = toy_games.Game("ring", toy_gan.begin("ring", ToySettings()))
    game.toy.step()  # the first one waits for torch
    frames = list(game.play(slowly=False, seconds=0.6))
    assert len(frames) >= 2 and frames[0]["running"] and not frames[-1]["running"]
    assert frames[0]["step"] < frames[-1]["step"] == len(game.toy.losses)
    assert len(floats(frames[-1]["fake"])) == 2 * toy_gan.SHOWN


def test_slow_motion_makes_one_step_a_frame(monkeypatch):
    monkeypatch.setattr(toy_games, "SLOW", 0.01)
    game = toy_games.Game("ring", toy_gan.begin("ring", ToySettings()))
    frames = game.play(slowly=True)
    assert [next(frames)["step"] for _ in range(3)] == [1, 2, 3]


def test_one_step_is_one_step(games):
    assert [toy_panel.step(visitor(), "ring", *RULES)["step"] for _ in range(2)] == [1, 2]


def test_a_newer_event_takes_the_game_over(games):
    first = toy_panel.play(visitor(), "ring", *RULES, "fast")
    next(first)
    second = toy_panel.play(visitor(), "ring", *RULES, "fast")
    next(second)
    assert list(first) == []
    stopped = toy_panel.stop(visitor())
    assert not stopped["running"] and list(second) == []
    assert toy_panel.stop(visitor())["step"] == stopped["step"]


def test_frames_of_a_newer_event_are_told_from_late_ones(games):
    late = toy_panel.play(visitor(), "ring", *RULES, "fast")
    turns = [next(late)["turn"]]
    turns += [toy_panel.stop(visitor())["turn"], toy_panel.step(visitor(), "ring", *RULES)["turn"]]
    turns += [toy_panel.reset(visitor(), "ring", *RULES)["turn"], toy_panel.clear(visitor(), *RULES)["turn"]]
    assert turns == sorted(set(turns)) and turns[0] > toy_games.first_frame("ring", ToySettings())["turn"]


def test_visitors_have_games_of_their_own_and_the_oldest_go(games):
    for name in "abcd":
        toy_panel.step(visitor(name), "ring", *RULES)
    toy_panel.step(visitor("d"), "ring", *RULES)
    assert games.get("a") is None and len(games.get("d").toy.losses) == 2 and len(games.get("c").toy.losses) == 1


def test_another_shape_begins_anew_and_other_rules_do_not(games):
    toy_panel.step(visitor(), "ring", *RULES)
    toy_panel.change_rules(visitor(), "ring", "hinge", *RULES[1:])
    assert toy_panel.step(visitor(), "ring", "hinge", *RULES[1:])["step"] == 2
    assert toy_panel.reset(visitor(), "heart", *RULES)["step"] == 0


def test_a_drawing_is_learned_and_wiped_out(games):
    assert toy_panel.reset(visitor(), toy_games.DRAWN, *RULES)["hint"]
    with pytest.raises(gr.Error, match="nothing to learn"):
        toy_panel.step(visitor(), toy_games.DRAWN, *RULES)
    points = [[x / 50 - 0.5, 0.5] for x in range(50)]
    told = toy_panel.draw(visitor(), points, *RULES)
    frame = told["picture"]
    assert told["shape"] == toy_games.DRAWN and not frame["hint"]
    assert toy_panel.step(visitor(), toy_games.DRAWN, *RULES)["step"] == 1
    assert np.array_equal(floats(toy_panel.reset(visitor(), toy_games.DRAWN, *RULES)["real"]), floats(frame["real"]))
    assert toy_panel.clear(visitor(), *RULES)["hint"]


def test_the_tab_opens_with_blank_paper_where_a_drawing_is_gone(games):
    [frame] = toy_panel.open_tab(visitor(), toy_games.DRAWN, *RULES)
    assert frame["hint"] and not frame["running"]


def test_nonsense_is_refused(games):
    for asked in (("star", *RULES), ("ring", "hinge", "x", 0.002, 1, 0), ("ring", "hinge", 0.001, 0.002, 99, 0)):
        with pytest.raises(gr.Error):
            toy_panel.step(visitor(), *asked)
    with pytest.raises(gr.Error):
        toy_panel.draw(visitor(), "x", *RULES)


@pytest.mark.parametrize("name", toy_panel.LESSONS)
def test_a_lesson_sets_every_control(games, name):
    toy_panel.step(visitor(), "grid", *RULES)
    told = toy_panel._lesson(name)(visitor(), "grid")
    shape, rules, _ = toy_panel.LESSONS[name]
    assert told["shape"] == (shape or "grid") and ToySettings(**told["rules"]) == rules
    assert told["picture"]["step"] == (1 if name == "cure" else 0)


def test_losses_are_thinned_to_means():
    steps = [(step, 2 * step) for step in range(960)]
    thin = toy_games.thinned(steps)
    assert thin.shape == (2, toy_games.POINTS) and np.allclose(thin.mean(1), [479.5, 959])
    assert toy_games.thinned([]).shape == (2, 0)


def test_the_pictures_number_is_the_networks(file):
    told = network_steps.look_at(file, TEXTBOOK, 0, 0.01)
    sliders = [told[name] for name in network_steps.NUMBERS]
    index, channel, row, column = (slider["value"] for slider in sliders)
    layer = network_steps._open(file, TEXTBOOK, 0).layer
    assert [slider["maximum"] for slider in sliders] == [32, 2, 26, 26]
    assert [slider["interactive"] for slider in sliders] == [True, False, True, True]
    for slider in sliders:
        gr.Slider(1, maximum=slider["maximum"], value=slider["value"])  # as the page builds it
    assert f"Together: {layer.sums[index - 1, row - 1, column - 1]:.3f}." in told["picture"]
    assert told["name"]["value"] in told["scores"] and told["name"]["value"] in told["taught"]


def test_a_press_on_a_map_chooses_the_position(file):
    at = (file, TEXTBOOK, 1, 3, 2, 1, 1)
    for name, row, column, chosen in (("sums", 4, 5, [5, 6]), ("input", 4, 5, [4, 5]), ("pooled", 2, 0, [5, 1])):
        told = network_steps.press({"name": name, "row": row, "column": column}, *at)
        assert [told["row"], told["column"]] == chosen
        assert told["picture"] == network_steps.position(*at[:5], *chosen)


@pytest.mark.parametrize(
    "asked, words",
    [
        ((0, 33, 1, 1, 1), "between 1 and 32"),
        ((3, 1, 1, 1, 1), "between 0 and 2"),
        ((0, 1, 1, 1.5, 1), "whole number"),
        ((0, 1, 1, None, 1), "must be a number"),
    ],
)
def test_positions_beyond_a_map_are_refused(file, asked, words):
    with pytest.raises(gr.Error, match=words):
        network_steps.position(file, TEXTBOOK, *asked)


def test_another_architecture_is_refused(lab, file):
    with pytest.raises(gr.Error, match="no textbook network"):
        network_steps.position(file, "fashion-mnist-airnet", 0, 1, 1, 1, 1)


def test_the_lesson_lists_textbook_networks_only(lab):
    assert network_steps.names() == [TEXTBOOK]


def test_a_picture_of_signs_is_green_above_zero_and_orange_below():
    import torch

    colours = pictures.signed(torch.tensor([[1.0, -1.0], [0.5, 0.0]]))
    assert colours.shape == (2, 2, 4) and tuple(colours[0, 0]) == (*pictures.PLUS, 255)
    assert tuple(colours[0, 1]) == (*pictures.MINUS, 255) and colours[1, 0, 3] == 128 and colours[1, 1, 3] == 0


def test_a_round_is_half_real_and_the_same_for_its_seed(lab):
    dealt = [real_or_generated.deal_round("fashion-mnist-gan", 5) for _ in range(2)]
    assert dealt[0].generated.sum() == 4 and np.array_equal(dealt[0].pictures, dealt[1].pictures)
    assert not np.array_equal(dealt[0].pictures, real_or_generated.deal_round("fashion-mnist-gan", 6).pictures)
    assert len(dealt[0].seen) == 8 and dealt[0].realness.shape == (8,)


def test_the_truth_is_told_with_a_score(lab):
    generated = real_or_generated.deal_round("fashion-mnist-gan", 5).generated
    picks = [place for place, is_generated in zip(real_or_generated.PLACES, generated) if is_generated]
    assert "You were right about 8 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, picks)
    assert "You were right about 4 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, [])
    assert "You were right about 4 of 8" in real_or_generated.reveal("fashion-mnist-gan", 5, {"not": "a list"})


def test_only_gans_with_real_pictures_here_are_played_with(lab):
    assert real_or_generated.playable() == ["fashion-mnist-gan"]
    with pytest.raises(gr.Error):
        real_or_generated.deal("plain-gan", 1)


def test_every_set_of_answers_gets_advice_with_reasons():
    import itertools

    for answers in itertools.product(*model_advisor.QUESTIONS.values()):
        advice = model_advisor.advise(*answers)
        assert model_advisor.advice_html(advice).count("<p") == 1 + len(advice.reasons) >= 4
        wants_classes = answers[0] == "tell" and answers[2] == "all"
        assert advice.kind == ("classifier" if wants_classes else "gan")
    with pytest.raises(gr.Error):
        model_advisor.answer("fly", "few", "all", "laptop")


def test_sizes_are_torchs():
    import torch
    from torch import nn

    for size, kernel, stride, padding in ((7, 3, 2, 1), (9, 5, 3, 2), (8, 2, 1, 0)):
        x = torch.zeros(1, 1, size, size)
        plain = nn.Conv2d(1, 1, kernel, stride, padding)(x).shape[-1]
        turned = nn.ConvTranspose2d(1, 1, kernel, stride, padding, output_padding=stride - 1)(x).shape[-1]
        assert size_calculator.side(size, kernel, stride, padding, "plain") == plain
        assert size_calculator.side(size, kernel, stride, padding, "transposed") == turned
    assert size_calculator.chain(7, 3, 2, 1, "plain") == [7, 4, 2]
    assert size_calculator.chain(7, 3, 2, 1, "transposed") == [7, 14, 28]
    with pytest.raises(gr.Error):
        size_calculator.show(7, 2, 2, 2, "plain")


@pytest.mark.parametrize("name", experiments.RECIPES)
def test_an_experiment_opens_generate(lab, name):
    assert "data:image/png" in generate_tab.shown(experiments.recipe(name))["picture"]


def test_an_experiment_without_a_gan_that_can_show_it_is_told(monkeypatch):
    monkeypatch.setattr(model_cache, "listed", lambda: [{"name": "plain", "kind": "gan", "classes": []}])
    assert experiments._model_of("sheet") == "plain"
    with pytest.raises(gr.Error, match="no GAN here"):
        experiments.recipe("classes")


@pytest.mark.parametrize("name", experiments.RUNS)
def test_an_experiment_asks_for_a_run_that_there_is(name):
    from genclass.train.settings import Request

    told = experiments.run_values(*experiments.RUNS[name])
    preset = told["preset"]
    Request(told["kind"], told["data"], preset["value"], minutes=told["minutes"])
    assert told["own"]["visible"] is False and told["epochs"] == 0
    assert told["tabs"]["selected"] == "train" and preset["value"] in preset["choices"]


def test_without_train_there_are_no_buttons_that_lead_there(lab, monkeypatch):
    monkeypatch.setattr(limits.now, "train", True)  # as it will be again
    ids = {part["props"].get("elem_id") or "" for part in build_app(training=False).config["components"]}
    assert {name for name in ids if name.startswith("try-")} == {"try-sheet", "try-classes", "try-typical", "try-ask"}
    assert "tab-train" not in ids and "tab-models" in ids


def test_an_experiment_sends_the_image_to_classify(file):
    told = experiments.open_classify(file, TEXTBOOK)
    assert told["tabs"]["selected"] == "classify"
    assert (told["image"], told["model"]) == (file["path"], TEXTBOOK)
    with pytest.raises(gr.Error):
        experiments.open_classify({"path": "/etc/passwd"}, TEXTBOOK)


def test_every_word_of_the_lessons_is_shown_somewhere():
    """Keys that no code names are dead; keys made of parts are named by their beginning."""
    from pathlib import Path

    code = "".join(path.read_text() for path in Path(toy_panel.__file__).parent.glob("*.py"))
    made = ("toy_", "choice_", "cnn_", "sizes_", "try_", "article_", "learn_", "dense_")
    assert [key for key in english.WORDS if f'"{key}"' not in code and not key.startswith(made)] == []


def test_places_of_the_lessons_are_named():
    for key, words in english.WORDS.items():
        assert all(name and name.isidentifier() for _, name, _, _ in Formatter().parse(words) if name is not None), key
    assert say("learn") == "Learn" and layer_steps.KERNEL == 3


def test_the_lessons_are_told_in_both_languages():
    """Formulas and places are the same, and what is English is told in Chinese."""
    assert list(english.WORDS) == list(chinese.WORDS)
    for key, words in english.WORDS.items():
        told = chinese.WORDS[key]
        assert places(told) == places(words), key
        assert told.strip() and (told != words or not re.search("[a-z]{4}", re.sub(r"{\w+}", "", words))), key
        assert not re.search("[\u4e00-\u9fff][,.:;!?]", told), key


def places(template):
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name is not None)
