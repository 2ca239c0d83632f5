"""What was measured of a machine is kept, found again, and used."""

import pytest

from genclass import paths
from genclass.data import catalog
from genclass.train import loop, machine, standby
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from tests.stand_ins import small_set
from tests.train.runs import make, request

pytestmark = pytest.mark.usefixtures("small_data")

SHAPE = (3, 32, 3)
FOUND = {"precision": "float32", "seconds_per_step": 0.5}


def test_a_run_measures_once_and_the_next_one_knows(tmp_path, monkeypatch):
    for name in ("one", "two"):
        run_folder.create(tmp_path / name, request())
    list(loop.train(tmp_path / "one"))
    assert machine.known(request(), SHAPE)["precision"] in ("float32", "bfloat16")
    monkeypatch.setattr(machine, "measure", lambda *_: pytest.fail("measured again"))
    list(loop.train(tmp_path / "two"))
    assert run_folder.read_status(tmp_path / "two")["state"] == "finished"


def test_what_decides_a_steps_time_is_told_apart():
    machine.remember(request(), SHAPE, FOUND)
    wider = {**request().overrides, "width": 8}
    assert machine.known(request(seed=5, name="other"), SHAPE) == FOUND
    assert machine.known(request(overrides=wider), SHAPE) is None
    assert machine.known(request(), (1, 28, 3)) is None
    assert machine.known(request(threads=3), SHAPE) is None


def test_expected_time_and_steps_come_from_what_was_measured():
    asked = Request("classifier", "cifar10-mini", "airnet")
    assert machine.expected_seconds(asked) is None and machine.expected_steps(asked) == 190
    machine.remember(asked, (3, 32, 10), FOUND)
    assert machine.expected_seconds(asked) == 95
    minutes = Request("classifier", "cifar10", "airnet", minutes=1)
    assert (machine.expected_seconds(minutes), machine.expected_steps(minutes)) == (60, 120)


def test_every_preset_is_measured_once_for_each_kind_of_images():
    listed = list(machine.unmeasured())
    assert listed[0] == standby.LIKELY and {asked.data for asked in listed} == set(catalog.bundled())
    machine.remember(listed[0], (1, 28, 10), FOUND)
    assert len(list(machine.unmeasured())) == len(listed) - 1


def test_nothing_is_measured_while_a_run_is_being_trained(monkeypatch):
    monkeypatch.setattr(machine, "measure", lambda *_: pytest.fail("measured beside a run"))
    path = make(paths.runs_dir() / "run")
    training = loop.train(path)
    next(training)
    machine.measure_if_free(request())
    training.close()


def test_a_broken_file_is_as_none(tmp_path):
    machine.remember(request(), SHAPE, FOUND)
    (paths.runs_dir() / ".machine.json").write_text("{")
    assert machine.known(request(), SHAPE) is None
    assert machine.shape_of(small_set()) == SHAPE


def test_a_slowed_run_spoils_the_estimate_by_a_quarter_at_most_and_a_fast_one_mends_it():
    asked = request()
    assert machine.tempered(asked, SHAPE, FOUND) == FOUND
    machine.remember(asked, SHAPE, FOUND)
    assert machine.tempered(asked, SHAPE, FOUND | {"seconds_per_step": 3.0})["seconds_per_step"] == 0.625
    assert machine.tempered(asked, SHAPE, FOUND | {"seconds_per_step": 0.1})["seconds_per_step"] == 0.1


def test_what_was_calibrated_of_a_brief_run_gives_way_to_what_a_run_took():
    asked, slow = Request("classifier", "own", "transfer"), FOUND | {"seconds_per_step": 9.0, "of_run": True}
    machine.remember(asked, SHAPE, FOUND)
    assert machine.tempered(asked, SHAPE, slow) == slow
    machine.remember(asked, SHAPE, FOUND | {"of_run": True})
    assert machine.tempered(asked, SHAPE, slow)["seconds_per_step"] == 0.625, "another run was measured"
