import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from genclass.analysis import explain
from genclass.errors import GenClassError
from genclass.models.classifier import Classifier
from tests.stand_ins import random_images


class Corner(torch.nn.Module):
    """Class 0 is the brightness of the top left quarter, class 1 that of the bottom right one."""

    def __init__(self):
        super().__init__()
        self.keep = torch.nn.Identity()
        self.stages = [self.keep]

    def features(self, x):
        maps = self.keep(x).mean(1)
        return torch.stack([maps[:, :16, :16].mean((1, 2)), maps[:, 16:, 16:].mean((1, 2))], 1)

    def forward(self, x):
        return self.features(x) * 10


@pytest.fixture
def corner(classifier):
    return Classifier(Corner(), {**classifier.config, "classes": ["first", "last"]})


WHITE = torch.full((2, 3, 32, 32), 255, dtype=torch.uint8)
BLACK_FRAME = torch.nn.functional.pad(WHITE[:, :, 8:24, 8:24], [8] * 4)


@pytest.mark.parametrize("method", explain.METHODS)
def test_heat_lies_where_the_network_looks(corner, method):
    found = explain.heat(corner, BLACK_FRAME, torch.tensor([0, 1]), method)
    assert found.shape == (2, 32, 32) and found.min() >= 0 and found.amax((1, 2)).tolist() == [1, 1]
    if method == "occlusion":  # an identity has no places of its own: Grad-CAM weighs whole maps
        assert found[0, :16, :16].sum() > 0.6 * found[0].sum()
        assert found[1, 16:, 16:].sum() > 0.6 * found[1].sum()


@pytest.mark.parametrize("method", explain.METHODS)
@pytest.mark.parametrize("network", ["airnet", "classic-cnn"])
def test_heat_of_every_network(network, method, classifier):
    from genclass.networks.cnn import CLASSIFIERS

    torch.manual_seed(0)
    config = {**classifier.config, "test_time_flip": True}
    found = explain.heat(Classifier(CLASSIFIERS[network](3), config), random_images(3), torch.tensor([0, 1, 2]), method)
    assert found.shape == (3, 32, 32) and found.isfinite().all() and found.amax() == 1


def test_grad_cam_of_a_mirror_image_is_mirrored(classifier):
    images = random_images(2)
    straight, mirrored = (explain.heat(classifier, view, torch.tensor([0, 1])) for view in (images, images.flip(3)))
    assert torch.allclose(straight, mirrored.flip(2), atol=1e-4)


def test_requests_through_the_same_network_meanwhile_change_nothing(classifier):
    images, asked, over = random_images(4), torch.tensor([0, 1, 2, 0]), threading.Event()
    alone = explain.heat(classifier, images, asked)

    def others():
        while not over.is_set():
            classifier.predict_prepared(images[:1])

    with ThreadPoolExecutor() as pool:
        meanwhile = pool.submit(others)
        try:
            found = [explain.heat(classifier, images, asked) for _ in range(30)]
        finally:
            over.set()
        meanwhile.result()
    assert all(torch.equal(heat, alone) for heat in found)


def test_an_unknown_method_is_refused(classifier):
    with pytest.raises(GenClassError) as caught:
        explain.heat(classifier, random_images(1), torch.tensor([0]), "guess")
    assert caught.value.code == "bad_choice"


def test_feature_maps_of_every_stage(classifier):
    found = explain.feature_maps(classifier.network, classifier.normalise(random_images(2)))
    assert [maps.shape[2] for maps in found] == [31, 15, 7, 3]
    assert all(not stage._forward_hooks for stage in classifier.network.stages)


@pytest.mark.parametrize("method", explain.ATTACKS)
@pytest.mark.parametrize("step", [1, 8])
def test_an_adversarial_step_stays_small_and_moves_the_right_way(classifier, method, step):
    images, targets = random_images(6), torch.tensor([0, 1, 2, 0, 1, 2])
    changed = explain.adversarial(classifier, images, targets, step, method)
    assert changed.dtype == torch.uint8 and (changed.int() - images.int()).abs().max() == step
    before, after = (classifier.predict_prepared(view)[range(6), targets] for view in (images, changed))
    assert (after > before).all()
    away = explain.adversarial(classifier, images, targets, step, method, towards=False)
    assert (classifier.predict_prepared(away)[range(6), targets] < before).all()


def test_ten_small_steps_go_further_than_one(classifier):
    images, targets = random_images(20), torch.zeros(20, dtype=torch.long)
    reached = [classifier.predict_prepared(explain.adversarial(classifier, images, targets, 8, method))[:, 0].mean()
               for method in ("fgsm", "pgd")]  # fmt: skip
    assert reached[1] >= reached[0]
