"""The shipped classifier that knows 1,000 kinds of things, on the photos that come with Gradio."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import genclass
from genclass.analysis import explain
from genclass.analysis.nearest import FeatureNeighbours
from genclass.models import checkpoint
from tests.helpers import code_of

gradio = pytest.importorskip("gradio")
PHOTOS = Path(gradio.__file__).parent / "media_assets" / "images"
FOLDER = Path(genclass.__file__).parents[1] / "checkpoints" / "imagenet-efficientnet-lite0"


@pytest.fixture(scope="module")
def classifier():
    return genclass.load(FOLDER)


@pytest.mark.parametrize(("photo", "expected"), [("cheetah.jpg", "cheetah"), ("lion.jpg", "lion")])
def test_it_names_what_a_photo_shows(classifier, photo, expected):
    (found,) = classifier.predict(PHOTOS / photo)
    best = classifier.top(found, 1)[0]
    assert best["class"] == expected and best["probability"] > 0.7


def test_every_way_in_gives_the_same_answer(classifier):
    path = PHOTOS / "cheetah.jpg"
    image = Image.open(path)
    pixels = np.asarray(image.convert("RGB"))
    found = classifier.predict([path, path.read_bytes(), image, pixels, pixels / 255])
    assert np.allclose(found, found[0], atol=1e-5)


def test_its_folder_is_small_and_tells_how_photos_are_prepared():
    config = checkpoint.read_config(FOLDER)
    assert (FOLDER / "model.safetensors").stat().st_size < 10e6 and len(config["classes"]) == 1000
    assert config["preprocess"] == {"resize": 256, "crop_share": 0.875, "interpolation": "bicubic", "antialias": True}
    assert config["training"]["origin"]["licence"] == "Apache-2.0"


@pytest.mark.parametrize("method", explain.METHODS)
def test_heat_lies_on_the_asked_one_of_two_animals(classifier, method):
    halves = [Image.open(PHOTOS / name).convert("RGB").resize((112, 224)) for name in ("cheetah.jpg", "lion.jpg")]
    small = torch.from_numpy(np.concatenate(halves, 1)).permute(2, 0, 1)[None]
    for side, name in enumerate(("cheetah", "lion")):
        heat = explain.heat(classifier, small, torch.tensor([classifier.class_index(name)]), method)[0]
        assert heat.shape == (224, 224) and heat.max() == 1
        assert heat[:, 112 * side : 112 * (side + 1)].sum() > heat.sum() / 2


def test_what_needs_its_training_images_says_that_they_are_not_here(classifier):
    assert code_of(FeatureNeighbours.of, classifier) == "no_neighbours"
