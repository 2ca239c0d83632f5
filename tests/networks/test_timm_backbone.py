"""Networks of timm as classifier networks."""

import subprocess
import sys

import pytest
import torch

from genclass.networks.timm_backbone import TimmBackbone


@pytest.mark.parametrize("model", ["tf_efficientnet_lite0", "resnet18", "mobilenetv3_small_050"])
def test_it_is_what_timm_makes_of_it(model):
    import timm

    torch.manual_seed(0)
    network, images = TimmBackbone(5, 3, 64, model).eval(), torch.rand(2, 3, 64, 64)
    plain = timm.create_model(model, num_classes=5).eval()
    plain.load_state_dict(network.network.state_dict())
    with torch.no_grad():
        assert torch.equal(network(images), plain(images))
        assert torch.allclose(network.head(network.features(images)), network(images), atol=1e-5)


def test_its_stages_give_the_maps_that_it_names():
    network, images, found = TimmBackbone(5).eval(), torch.rand(1, 3, 224, 224), []
    for stage in network.stages:
        stage.register_forward_hook(lambda module, given, maps: found.append(maps))
    with torch.no_grad():
        maps = network.maps(images)
    assert [tuple(each.shape[1:]) for each in found] == [
        (16, 112, 112), (24, 56, 56), (40, 28, 28), (112, 14, 14), (320, 7, 7)]  # fmt: skip
    assert all(torch.equal(one, other) for one, other in zip(maps, found))


@pytest.mark.parametrize(
    "model",
    ["nothing_like_it", "hf-hub:timm/resnet18.a1_in1k", "hf_hub:timm/resnet18", "local-dir:/tmp", "../resnet18",
     "resnet18.a1_in1k", "resnet18\n", "", "dla34", "deit_tiny_distilled_patch16_224"],
)  # fmt: skip
def test_what_is_no_name_of_a_fitting_network_is_refused(model):
    with pytest.raises(ValueError):
        TimmBackbone(5, model=model)


def test_nobody_else_imports_timm():
    asked = "import sys, genclass.models.checkpoint, genclass.train.settings; sys.exit('timm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked]).returncode == 0
