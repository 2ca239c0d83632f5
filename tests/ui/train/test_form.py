"""The form that asks for a run."""

import re
from types import SimpleNamespace

import pytest

from genclass.jobs import drafts
from genclass.ui.common import html, text
from genclass.ui.train import expectation, form
from tests.helpers import encode, picture


def test_the_form_tells_what_it_will_take(lab, monkeypatch):
    known = {"precision": "float32", "seconds_per_step": 0.1}
    monkeypatch.setattr(form.machine, "known", lambda *_: known)
    fields = [32, 5e-4, 4e-4, 32, None, True, "non-saturating"]
    assert "2 min here: about 1,200 steps, 7.68 passes over 5,000" in form.estimate(
        "gan", "fashion-mnist-mini", None, "gan", 2, 0, 0, *fields
    )
    assert "about 312 steps, 2 passes" in form.estimate("gan", "fashion-mnist-mini", None, "gan", 2, 2, 0, *fields)
    assert "batch size must be between 2 and 4096" in form.estimate(
        "gan", "fashion-mnist-mini", None, "gan", 2, 0, 0, 1, *fields[1:]
    )
    titles = {name: title for title, name in form.choose_data("gan", "cifar10", "gan", "")["preset"]["choices"]}
    assert titles["gan"].startswith("gan: ") and "take 13 min here" in titles["gan"]
    assert next(iter(titles)) == "quick"


def test_fields_follow_the_preset():
    updates = form.choose_preset("classifier", "mnist", "airnet")
    assert updates["batch"]["value"] == 256 and updates["flip"]["value"] is False  # digits are not mirrored
    assert updates["loss"]["visible"] is False and updates["shift"]["visible"] is True
    assert "0 to 8" in updates["shift"]["info"]


def test_presets_are_those_that_make_sense_for_the_data():
    assert form.offered("classifier", "cifar10-mini") == ["airnet", "sprint", "classic-cnn"]
    assert form.offered("classifier", "cifar10") == ["airnet", "sprint", "minute", "ninety", "record", "classic-cnn"]
    assert form.offered("classifier", form.OWN) == ["airnet", "sprint", "classic-cnn", "transfer"]
    assert form.offered("gan", "fashion-mnist-mini") == ["quick", "gan", "classic-gan"]
    assert "transfer" in form.offered("gan", form.OWN)
    for source, preset in (("cifar10", "record"), ("mnist", "record"), ("cifar10-mini", "airnet")):
        assert form.choose_data("classifier", source, "record", None)["preset"]["value"] == preset


def test_who_would_teach_it_their_own_gets_a_classifier_of_their_images():
    asked = form.ask_own("gan", None)
    assert (asked["kind"], asked["data"], asked["tabs"]["selected"]) == ("classifier", form.OWN, "train")
    assert asked["own"]["visible"] and asked["preset"]["value"] == "transfer"


def test_the_size_of_ones_own_images_is_chosen_among_what_the_preset_can_do():
    shown = form.choose_preset("classifier", form.OWN, "airnet")["image_size"]
    assert shown["visible"] and shown["value"] == 32
    assert [side for _, side in shown["choices"]] == [32, 48, 64, 96, 128, 160, 224]
    assert [side for _, side in form.choose_preset("gan", form.OWN, "classic-gan")["image_size"]["choices"]][-1] == 96
    assert form.choose_preset("classifier", form.OWN, "transfer")["image_size"]["value"] == 224
    shown = form.choose_preset("gan", form.OWN, "transfer")["image_size"]
    assert shown["visible"] and shown["value"] == 64
    shown = form.choose_preset("classifier", "mnist", "airnet")["image_size"]
    assert shown["visible"] is False and shown["value"] is None


@pytest.fixture
def draft(lab, tmp_path):
    """The id of a draft of two classes of 20 pictures of 60 pixels each."""
    found = None
    for label in ("cups", "forks"):
        given = [(f"{label}{seed}", tmp_path / f"{label}{seed}.png") for seed in range(20)]
        for seed, (_, path) in enumerate(given):
            path.write_bytes(encode(picture(hash(label) % 100 + seed, size=60)))
        found = drafts.add(found and found.id, label, given)
    return found.id


def estimate(draft, preset="airnet", **fields):
    """What the form tells of a classifier of a draft, with fields that differ from the preset's."""
    usual = {name: shown["value"] for name, shown in form.choose_preset("classifier", form.OWN, preset).items()}
    values = (usual | fields).values()
    return form.estimate("classifier", form.OWN, draft, preset, 2, 0, 0, *values)


def test_time_and_memory_of_larger_images_are_told_before_the_start(draft, monkeypatch):
    known = {"precision": "float32", "seconds_per_step": 0.1}
    monkeypatch.setattr(form.machine, "known", lambda asked, shape: known if asked.data == "cifar10-mini" else None)
    small, large = estimate(draft), estimate(draft, image_size=96)
    steps = [int(re.search("about ([0-9,]+) steps", told)[1].replace(",", "")) for told in (small, large)]
    memory = [re.search("about ([0-9.]+) (MB|GB) of memory", told).groups() for told in (small, large)]
    assert 6 < steps[0] / steps[1] < 12, "nine times the pixels"
    few, many = (float(count) * {"MB": 1, "GB": 1000}[unit] for count, unit in memory)
    assert few < many
    assert "smaller" not in small and "40 images 40 are smaller than 96×96, the smallest of 60 pixels" in large


def test_nothing_is_told_of_what_was_never_measured(draft, monkeypatch):
    monkeypatch.setattr(form.machine, "known", lambda *_: None)
    told = estimate(draft)
    assert text.say("estimate_own") in told and "of memory" in told
    assert estimate(None) == html.note(text.say("estimate_own"))


def test_too_little_memory_is_a_warning(draft, monkeypatch):
    monkeypatch.setattr(expectation.psutil, "virtual_memory", lambda: SimpleNamespace(available=1e8))
    told = estimate(draft, image_size=224)
    assert "gc-warning" in told and "Only 100 MB" in told


def test_sizes_that_are_no_sizes_are_refused_in_words(draft):
    for bad in (33, "96", -1, True, 1e9):
        assert "gc-warning" in estimate(draft, image_size=bad)
