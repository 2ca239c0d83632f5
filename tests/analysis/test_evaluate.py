import pytest
import torch

from genclass import paths
from genclass.analysis import evaluate
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from tests.stand_ins import config_of, save_network, small_set


def test_evaluates_a_classifier_on_the_whole_test_set(save_tiny, monkeypatch):
    folder = save_tiny("classifier", classes=small_set().classes)
    monkeypatch.setattr(sources, "load", lambda *given, **more: small_set())
    found = evaluate.evaluate(folder)
    assert found["samples"] == 30 and 0 <= found["accuracy"] <= 1
    mean = sum(found["per_class"].values()) / 3
    assert mean == pytest.approx(found["accuracy"])  # classes have equal parts


def test_a_folder_is_prepared_as_the_classifier_wants_it(image_folder, tmp_path):
    pictures = image_folder(count=10)
    config = config_of("classifier", {"name": "airnet", "width": 4}, ("cat", "dog"), size=16)
    save_network(tmp_path, "middle", config | {"preprocess": {"crop_share": 0.5, "interpolation": "bicubic"}})
    found = evaluate.material(tmp_path / "middle", checkpoint.read_config(tmp_path / "middle"), str(pictures))
    files = [pictures / name / f"{index:02}.png" for name in ("cat", "dog") for index in (4, 9)]
    assert torch.equal(found.test_images, Classifier.load(tmp_path / "middle").prepare(files))


def test_a_set_is_made_as_large_and_as_colourful_as_the_classifier_takes_it(save_tiny, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *given, **more: small_set(channels=1, size=48))
    folder = save_tiny("classifier", classes=small_set().classes)
    assert evaluate.material(folder, checkpoint.read_config(folder)).test_images.shape == (30, 3, 32, 32)


def test_refuses_a_set_with_other_classes(save_tiny):
    with pytest.raises(GenClassError) as caught:
        evaluate.evaluate(save_tiny("classifier"), "cifar10-mini")
    assert caught.value.code == "other_classes"


@pytest.mark.parametrize("classes", [("class-0", "class-1", "class-2"), ()])
def test_evaluates_a_gan_by_its_judge(classes, save_tiny, monkeypatch):
    judge = save_tiny("classifier", small_set().classes, "small-airnet")
    monkeypatch.setattr(paths, "SHIPPED", judge.parent)
    monkeypatch.setattr(sources, "load", lambda *given, **more: small_set(count=200))
    found = evaluate.evaluate(save_tiny("gan", classes))
    assert found["judge"] == "small-airnet"
    assert (found["class_agreement"] is None) == (not classes)
    assert found["frechet_small-airnet"]["samples"] == 100 and found["frechet_small-airnet"]["value"] > 0


def test_says_when_there_is_no_judge(save_tiny):
    with pytest.raises(GenClassError) as caught:
        evaluate.evaluate(save_tiny("gan"))
    assert caught.value.code == "no_distance"


def test_a_gan_of_other_images_has_no_judge_there():
    with pytest.raises(GenClassError) as caught:
        evaluate.evaluate(paths.SHIPPED / "fashion-mnist-gan", "cifar10-mini")
    assert caught.value.code == "other_classes"
