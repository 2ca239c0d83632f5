"""One forward and one backward test over every registered network."""

import functools

import pytest
import torch
import torch.nn.functional as F

from genclass.networks import cnn
from genclass.networks.cnn import AirNet
from genclass.networks.gan import GANS
from genclass.networks.projected_gan import Compared
from genclass.networks.residual_gan import stages

SHAPES = [(3, 32, 10), (1, 28, 3)]
DEEP = "airnet of three convolutions a block"
CLASSIFIERS = cnn.CLASSIFIERS | {DEEP: functools.partial(AirNet, depth=3)}
CASES = [(kind, name, shape) for kind, registry in (("cnn", CLASSIFIERS), ("g", GANS), ("d", GANS))
         for name in registry for shape in SHAPES]  # fmt: skip


def build(kind, name, channels, size, classes):
    """(network, its inputs, the expected shape of its output) for a batch of two."""
    torch.manual_seed(0)
    size += 64 * (name == "timm")  # made for photos: of 32 pixels one is left at the end, and a norm makes that zero
    images, class_weights = torch.rand(2, channels, size, size), torch.eye(classes)[:2]
    arguments = {"classes": classes, "channels": channels, "image_size": size}
    if kind == "cnn":
        return CLASSIFIERS[name](**arguments), (images,), (2, classes)
    if kind == "d":
        return GANS[name].discriminator(**arguments), (images * 2 - 1, class_weights), (2, 1)
    network = GANS[name].generator(**arguments)
    return network, (torch.randn(2, network.z_dim), class_weights), (2, channels, size, size)


@pytest.mark.parametrize(("kind", "name", "shape"), CASES)
def test_forward(kind, name, shape):
    network, inputs, expected = build(kind, name, *shape)
    output = network.eval()(*inputs)
    assert output.shape == expected
    assert output.isfinite().all()
    assert kind != "g" or output.abs().max() <= 1


@pytest.mark.parametrize(("kind", "name", "shape"), CASES)
def test_backward_reaches_every_parameter(kind, name, shape):
    network, inputs, expected = build(kind, name, *shape)
    (network.train()(*inputs) * torch.randn(expected)).sum().backward()
    for key, parameter in network.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None and parameter.grad.isfinite().all(), key
            assert parameter.grad.abs().sum() > 0, key


@pytest.mark.parametrize(("kind", "name", "shape"), [case for case in CASES if case[0] != "d"])
def test_folding_changes_nothing_but_the_work(kind, name, shape):
    network, inputs, _ = build(kind, name, *shape)
    for layer in network.modules():  # statistics and biases as after training
        if isinstance(layer, torch.nn.modules.batchnorm._BatchNorm):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
            if layer.affine:
                torch.nn.init.normal_(layer.bias)
    network.eval()
    with torch.no_grad():
        before = network(*inputs)
        network.fold()
        assert (network(*inputs) - before).abs().max() < 1e-4 * before.abs().max().clamp(min=1)


@pytest.mark.parametrize("name", GANS)
def test_gans_work_without_classes(name):
    generator, discriminator = (network(classes=0, channels=1, image_size=28) for network in GANS[name])
    assert generator(torch.randn(2, generator.z_dim), None).isfinite().all()
    assert discriminator(torch.rand(2, 1, 28, 28), None).isfinite().all()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_keeps_its_protocol(name):
    network, images = CLASSIFIERS[name](classes=3, channels=1, image_size=28).eval(), torch.rand(2, 1, 28, 28)
    features = network.features(images)
    assert (
        features.ndim == 2 and network.head(features).shape == (2, 3) and {"mean", "std"} <= set(network.normalisation)
    )
    assert len(network.stages) > 1 and all(isinstance(stage, torch.nn.Module) for stage in network.stages)


@pytest.mark.parametrize("name", GANS)
def test_a_gan_keeps_its_protocol(name):
    generator, discriminator = (network(classes=3, channels=1, image_size=28) for network in GANS[name])
    sides = [maps.shape[-1] for maps in discriminator.maps(torch.rand(2, 1, 28, 28))]
    assert sides == sorted(sides, reverse=True) and len(sides) > 1
    assert generator.conditional in (True, False) and generator.classes == 3


def test_in_training_a_projected_discriminator_sees_whether_images_of_a_class_are_alike():
    compared, different = Compared(2, 4).train(), torch.rand(8, 2, 4, 4)
    deviations = compared(different)[:, 2:]
    expected = different[:4].std(0, correction=0)
    assert torch.allclose(deviations[3], expected, atol=1e-3) and not torch.allclose(deviations[4], expected, atol=1e-2)
    assert compared(different[:1].expand_as(different))[:, 2:].max() < 0.01
    assert torch.equal(compared(different)[:, :2], different)


def test_afterwards_it_judges_an_image_alone_as_among_others():
    network = GANS["projected-gan"].discriminator(classes=3, image_size=32, width=8).train()
    images, classes = torch.rand(4, 3, 32, 32), torch.eye(3)[[0, 1, 2, 0]]
    network(images, classes)
    together = network.eval()(images, classes)
    alone = torch.cat([network(image[None], own[None]) for image, own in zip(images, classes)])
    assert torch.allclose(together, alone, atol=1e-5) and network.compared.usual.max() > 0


@pytest.mark.parametrize(("channels", "size"), [(3, 32), (1, 28)])
def test_a_classifier_inside_the_discriminator_is_a_judge_more_for_each_of_its_maps(channels, size):
    backbone = AirNet(classes=4, channels=channels, image_size=size, width=4)
    network = (
        GANS["gan"].discriminator(classes=3, channels=channels, image_size=size, width=8, backbone=backbone).train()
    )
    before = {key: value.clone() for key, value in backbone.state_dict().items()}
    images = torch.rand(2, channels, size, size, requires_grad=True)
    logits = network(images, torch.eye(3)[:2])
    logits[:, 1:].sum().backward()
    assert logits.shape == (2, 4) and images.grad.abs().sum() > 0
    assert all(value.grad is None for value in backbone.parameters())
    assert all(torch.equal(value, before[key]) for key, value in backbone.state_dict().items())


def test_classic_cnn_shrinks_as_in_the_article():
    network = cnn.ClassicCNN()
    x, sides = torch.rand(1, 3, 32, 32), []
    for conv in network.convs:
        x = conv(x)
        sides.append(x.shape[-1])
        x = F.max_pool2d(x.relu(), 2)
        sides.append(x.shape[-1])
    assert sides == [30, 15, 13, 6, 4, 2]
    assert network.dense.in_features == 512 and network.dense.out_features == 1024


def test_whitening_gives_uncorrelated_unit_patches():
    network = AirNet()
    images = torch.randn(200, 3, 32, 32).cumsum(2).cumsum(3) / 10  # strongly correlated pixels
    network.whiten_from(images, eps=0)
    white = network.whiten(images)[:, :12].transpose(0, 1).flatten(1)
    second_moment = white.double() @ white.double().T / white.shape[1]
    assert torch.allclose(second_moment, torch.eye(12, dtype=torch.double), atol=1e-2)


def test_class_shares_mix_linearly_at_the_ends():
    """A share of 1 is the class itself; a mixture differs from both."""
    network = GANS["gan"].generator(classes=2, width=4).eval()
    for block in network.blocks:
        torch.nn.init.normal_(block.norm1.table.weight)
    z = torch.randn(1, network.z_dim)
    first, mixed = network(z, torch.tensor([[1.0, 0.0]])), network(z, torch.tensor([[0.5, 0.5]]))
    assert not torch.allclose(first, mixed)


@pytest.mark.parametrize(("size", "expected"), [(28, [7, 14, 28]), (32, [4, 8, 16, 32]), (48, [3, 6, 12, 24, 48])])
def test_stages(size, expected):
    assert stages(size) == expected
