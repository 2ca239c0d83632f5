"""What is asked for in the page, as a request and as a command."""

import dataclasses
import shlex

import pytest

from genclass.cli import main, train
from genclass.errors import GenClassError
from genclass.jobs import drafts, runs
from genclass.train.run.layout import Owner
from genclass.train.settings import Request
from genclass.ui.server import limits
from genclass.ui.train import start
from tests.helpers import code_of
from tests.stand_ins import small_set

ME = Owner("me", "here")


@pytest.mark.parametrize("request_", [
    Request("gan", "fashion-mnist-mini", "gan", {"loss": "hinge", "learning_rate": 0.001}, minutes=2, seed=7),
    Request("classifier", "cifar10", "airnet", {"epochs": 0.5, "width": 16, "shift": 0}, name="mine"),
])  # fmt: skip
def test_the_command_line_asks_for_the_same(request_):
    words = shlex.split(start.command_line(request_, "mine"))
    args = main.build_parser().parse_args(words[3:])
    assert train.request_of(args) == request_ and str(args.out) == "runs/mine"


def test_only_what_differs_from_the_preset_is_asked_for():
    fields = {"batch": 32, "learning_rate": 0.001, "discriminator_learning_rate": None, "shift": 3, "flip": True}
    asked = start.request_of("gan", "fashion-mnist-mini", "gan", 2, 0, 5, fields)
    assert asked.overrides == {"learning_rate": 0.001} and asked.minutes == 2 and asked.seed == 5
    assert start.request_of("gan", "fashion-mnist-mini", "gan", 2, 3, 5, fields).overrides["epochs"] == 3


@pytest.mark.parametrize("changes, code", [
    ({"kind": "diffusion"}, "bad_choice"), ({"preset": "airnet"}, "bad_choice"), ({"minutes": None}, "not_a_number"),
    ({"minutes": 0}, "out_of_range"), ({"epochs": -1}, "out_of_range"), ({"epochs": "two"}, "not_a_number"),
    ({"seed": 2**32}, "out_of_range"), ({"seed": 0.5}, "not_whole"), ({"fields": {"batch": 1}}, "out_of_range"),
    ({"fields": {"learning_rate": float("nan")}}, "not_a_number"), ({"fields": {"flip": "yes"}}, "bad_choice"),
    ({"fields": {"loss": "l2"}}, "bad_choice"), ({"fields": {"batch": 2.5}}, "not_whole"),
])  # fmt: skip
def test_wrong_values_are_refused_in_words(changes, code):
    values = {"kind": "gan", "source": "fashion-mnist-mini", "preset": "gan", "minutes": 2} | changes
    with pytest.raises(GenClassError) as caught:
        start.request_of(**values)
    assert caught.value.code == code and str(caught.value)


@pytest.fixture
def presses(tmp_path, monkeypatch):
    """Presses Start in a session; nothing is trained."""
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path))
    monkeypatch.setattr(limits.now, "launch", lambda path: None)
    monkeypatch.setattr(start, "_newest", {})
    return lambda session, seed=0: start.start("gan", "gan", 2, None, "fashion-mnist-mini", seed=seed, session=session)


def test_start_pressed_a_hundred_times_at_once_starts_one_run(presses):
    assert len({presses("one") for _ in range(100)}) == 1 == len(runs.list_runs())
    assert presses("one", seed=1) != presses("one", seed=2)
    first = presses("one")
    (runs.find(first) / "stop").touch()
    assert presses("one") == first, "one that is being stopped still counts"
    runs.delete(end(first))
    assert presses("one") != first


def test_corrected_images_start_another_run(presses):
    def press(**changes):
        imageset = dataclasses.replace(small_set(), **changes)
        return start.start("gan", "transfer", 2, None, imageset=imageset, session="one")

    first = press()
    assert press() == first
    labels = small_set().train_labels.flip(0)
    assert len({first, press(train_labels=labels), press(classes=["a", "b", "c"])}) == 3


def test_a_model_of_classes_made_in_the_page_is_called_after_them_and_no_two_alike(presses):
    made = lambda **changes: dataclasses.replace(small_set(), name=drafts.NAME, classes=["Cup", "pen", "x"], **changes)
    press = lambda imageset, name=None: start.start("gan", "transfer", 2, name, imageset=imageset)
    asked = [press(made()), press(made(train_labels=small_set().train_labels.flip(0))), press(made(), "mine")]
    asked += [
        press(dataclasses.replace(made(), name="things")),
        press(dataclasses.replace(made(), classes=["一", "二", "三"])),
    ]
    names = [runs.status(run_id)["name"] for run_id in asked]
    assert names == ["cup-pen-x-gan", "cup-pen-x-gan-2", "mine", "things-transfer", "my-images-transfer"]


def test_strangers_may_take_so_much_memory_and_no_more(presses, monkeypatch):
    monkeypatch.setattr(limits, "now", limits.Limits(public=True, launch=lambda path: None))
    large = small_set(size=224)
    press = lambda imageset, **fields: start.start("classifier", "airnet", 2, None, imageset=imageset, fields=fields)
    assert code_of(press, large, image_size=224) == "public_memory" and not runs.list_runs()
    assert press(small_set())


def test_where_nothing_is_trained_nothing_is_unpacked(presses, monkeypatch):
    monkeypatch.setattr(limits, "now", limits.Limits(train=False))
    with pytest.raises(GenClassError) as caught:
        start.start("gan", None, 2, None, upload={"path": "/nowhere.zip"})
    assert caught.value.code == "no_training"


def end(run_id):
    status = runs.find(run_id) / "status.json"
    status.write_text(status.read_text().replace('"queued"', '"stopped"', 1))
    return run_id


def test_visitors_wait_in_line_up_to_the_cap(presses):
    for visitor in range(runs.MAX_WAITING):
        presses(visitor)
    assert len(runs.list_runs()) == runs.MAX_WAITING
    with pytest.raises(GenClassError) as caught:
        presses("one more")
    assert caught.value.code == "too_many_runs"


def test_only_the_newest_sessions_are_remembered(presses, monkeypatch):
    monkeypatch.setattr(start, "SESSIONS", 2)
    for session in "abcb":
        presses(session)
    assert set(start._newest) == {"b", "c"}


@pytest.fixture
def upload(monkeypatch, tmp_path):
    """A zip as it comes with an event; the test fails where it is opened."""
    monkeypatch.setattr(start.uploads, "uploaded", lambda file: tmp_path / "my.zip")
    monkeypatch.setattr(start.sources, "load_folder", None)
    return {"path": "my.zip"}


@pytest.mark.parametrize("values, code", [
    ({"minutes": 11}, "public_minutes"), ({"minutes": "two"}, "not_a_number"), ({"preset": "nope"}, "bad_choice"),
    ({"seed": -1}, "out_of_range"), ({}, "public_waiting"),
])  # fmt: skip
def test_what_may_not_be_started_is_refused_before_it_is_unpacked(presses, upload, monkeypatch, values, code):
    runs.start(Request("gan", "fashion-mnist-mini", "gan", minutes=1), owner=ME, launch=lambda path: None)
    monkeypatch.setattr(limits, "now", limits.Limits(public=True))
    asked = {"kind": "gan", "preset": None, "minutes": 2, "name": None, "upload": upload, "owner": ME}
    assert code_of(start.start, **asked | values) == code


def test_where_too_many_wait_nothing_is_unpacked(presses, upload, monkeypatch):
    monkeypatch.setattr(runs, "MAX_WAITING", 0)
    assert code_of(start.start, "gan", None, 2, None, upload=upload) == "too_many_runs"


@pytest.mark.parametrize(
    ("source", "value", "asked"),
    [("arrows", True, {"flip": True}), ("arrows", False, {"flip": False}), ("arrows", None, {}),
     ("cifar10-mini", True, {}), ("cifar10-mini", False, {"flip": False})],
)  # fmt: skip
def test_of_ones_own_images_mirroring_is_asked_for_where_it_is_named(source, value, asked):
    assert start.request_of("classifier", source, "airnet", 2, fields={"flip": value}).overrides == asked
