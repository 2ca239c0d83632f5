"""The sheet of Generate: live, at rest, and what is refused."""

import json

import gradio as gr
import numpy as np
import pytest

import genclass
from genclass.files import carried, images
from genclass.ui.common import draw_pace, text
from genclass.ui.generate import browser_request, direction_sliders, sheet
from tests.ui.generate.helpers import GAN, asked, decoded, redrawn


def test_the_sheet_holds_the_pixels_of_its_recipe(lab):
    picture, recipe, _ = redrawn({"directions": {"z3": 1.5, "d1": -2}})
    pixels, png = decoded(picture)
    assert np.array_equal(pixels, images.sheet(genclass.load(GAN).sample(recipe), 2)[:, :, 0])
    assert json.loads(carried.text(png)) == recipe and recipe["directions"] == {"d1": -2.0, "z3": 1.5}


@pytest.mark.parametrize(
    "moved",
    [{"class": "class-1", "mix_with": "class-2", "share": share} for share in (float("nan"), "half", True, None, 7)]
    + [{"directions": 5}, {"directions": {"d1": float("nan")}}, {"directions": {"d2": "x"}}, {"seed": -5}, {"class": 5},
       {"directions": {"d1": float("inf")}}, {"directions": {"z0": 99}}, {"mix_with": "zebra", "class": "class-1"},
       {"count": 65}, {"seed": None}, {"colour": 1}, [1]],
)  # fmt: skip
def test_bad_values_are_refused_in_a_sentence(lab, moved):
    with pytest.raises(gr.Error) as caught:
        sheet.live(asked(moved=moved))
    assert text.say("server_error") not in str(caught.value)


@pytest.mark.parametrize("most, places", [(1, [20]), (8, [20, 21, 22, 23, 24, 0, 1, 2])])
def test_what_can_be_drawn_in_time_follows_from_the_chosen_image_on(lab, monkeypatch, most, places):
    monkeypatch.setattr(draw_pace, "fitting", lambda sampler, count: min(most, count))
    text = asked(count=25, chosen=20, moved={"directions": {"d1": 1}}, seen={"shown": "25x5", "part": True})
    live, rest = sheet.live(text), sheet.rest(text)
    assert "picture" not in live
    pixels, _ = decoded(f'"{live["tile"]}"')
    drawn = genclass.load(GAN).sample(json.loads(rest["recipe"]))
    whole, there = images.sheet(drawn, 5)[:, :, 0], np.zeros((25, 28, 28, 1), np.uint8)
    there[places] = 255
    assert np.array_equal(pixels[..., 1], images.sheet(there, 5)[:, :, 0])
    assert np.abs(pixels[..., 0].astype(int) - whole)[pixels[..., 1] > 0].max() <= 1
    assert np.array_equal(decoded(rest["picture"])[0], whole)


@pytest.mark.parametrize("seen", [None, {"shown": "16x4"}, {"shown": "10x5"}, {"shown": 7}])
def test_a_sheet_of_another_form_is_drawn_as_a_whole(lab, monkeypatch, seen):
    monkeypatch.setattr(draw_pace, "BUDGET", 0)
    assert sheet.live(asked(count=25, seen=seen))["tile"] == ""


def test_of_one_row_a_part_is_one_row_too(lab, monkeypatch):
    monkeypatch.setattr(draw_pace, "BUDGET", 0)
    live = sheet.live(asked(moved={"class": "all"}, chosen=3, seen={"shown": "10x5"}))
    assert decoded(f'"{live["tile"]}"')[0].shape == (28, 10 * 28, 2)


def test_one_of_each_class_is_shown_in_rows_with_its_names_and_kept_in_one(lab):
    picture = sheet.live(asked(moved={"class": "all"}))["picture"]
    pixels, png = decoded(picture)
    assert pixels.shape == (28, 10 * 28) and json.loads(carried.text(png))["class"] == "all"
    assert 'data-columns="5"' in picture and all(f">class-{index}</span>" in picture for index in range(10))


@pytest.mark.parametrize("chosen", [-1, 99, None, "x", True, float("nan"), 1.5])
def test_any_chosen_image_is_survived(lab, chosen):
    assert 0 <= browser_request.prepare(asked(chosen=chosen))[2] < 4


def test_a_strip_shows_what_its_direction_does_to_the_chosen_image(lab):
    rest = sheet.rest(asked(chosen=2, moved={"directions": {"d2": 1}}))
    pixels, _ = decoded(rest["strips"][1])
    assert len(rest["strips"]) == direction_sliders.COUNT and pixels.shape == (28, 7 * 28)
    assert not rest["held"]["visible"] and not rest["free"]["visible"]
    sampler = genclass.load(GAN)
    for place, sigma in ((0, -3), (4, 1), (6, 3)):
        moved = sampler.sample({**json.loads(rest["recipe"]), "directions": {"d2": sigma}})[2, :, :, 0]
        assert np.abs(pixels[:, place * 28 : place * 28 + 28].astype(int) - moved).max() <= 1
