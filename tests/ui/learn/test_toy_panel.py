"""The GAN in the plane: games of visitors, and what can be done with them."""

import base64
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from genclass.networks import toy_gan
from genclass.networks.toy_gan import ToySettings
from genclass.ui.learn import toy_games, toy_panel

RULES = ("non-saturating", 0.001, 0.002, 1, 0.01)


@pytest.fixture(autouse=True)
def games(monkeypatch):
    monkeypatch.setattr(toy_panel, "games", toy_games.Games(most=3))
    return toy_panel.games


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
