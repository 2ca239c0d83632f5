"""A run on images of one's own says how it read them, packs what it took, and goes on with that."""

import logging

import pytest
import torch

from genclass.train.loop import load_data
from genclass.train.run import layout
from genclass.train.run.writer import RunFolder
from genclass.train.settings import Request
from tests.helpers import code_of, encode, picture


@pytest.fixture
def masks(tmp_path):
    """A folder with images and masks in each of two classes."""
    for seed, (name, kind, index) in enumerate((a, b, n) for a in "xy" for b in ("images", "masks") for n in range(6)):
        path = tmp_path / "set" / name / kind / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(picture(seed, size=8)))
    return tmp_path / "set"


def run_on(data, folder, **options):
    layout.create(folder, Request("classifier", str(data), "airnet", **options))
    return RunFolder(folder)


def test_what_was_taken_and_left_out_is_told(masks, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        load_data(run_on(masks, tmp_path / "run"))
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "2 classes by the names of their folders: x 6, y 6." in told
    assert "Left out as masks or annotations beside the images: 12 (x/masks, y/masks)." in told
    assert "images 12, masks 12. Take those with --classes-from folder-2." in told and "every fifth" in told


def test_the_reading_that_was_asked_for_is_packed_and_stays(masks, tmp_path):
    folder = run_on(masks, tmp_path / "run", classes_from="folder-2")
    imageset = load_data(folder)
    assert imageset.classes == ["images", "masks"]
    for path in masks.rglob("*.png"):
        path.unlink()
    again = load_data(RunFolder(tmp_path / "run"))
    assert again.classes == imageset.classes and torch.equal(again.test_images, imageset.test_images)


def test_another_reading_is_another_run(masks, tmp_path):
    run_on(masks, tmp_path / "run")
    assert code_of(run_on, masks, tmp_path / "run", classes_from="folder-2") == "other_request"


def test_requests_of_an_earlier_version_are_read(tmp_path):
    asked = {"kind": "classifier", "data": "mnist", "preset": "airnet"}
    assert Request(**asked).classes_from is None
    assert code_of(Request, **asked, classes_from=7) == "not_text"
