"""The arithmetic of the lesson against torch's own layers."""

import pytest
import torch
import torch.nn.functional as F

from genclass.analysis import layer_steps
from genclass.networks.cnn import ClassicCNN


@pytest.fixture
def network():
    torch.manual_seed(0)
    return ClassicCNN(classes=4, channels=3, image_size=28).eval()


@pytest.fixture
def x():
    return torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(1))


def test_the_layers_lead_to_the_networks_own_answer(network, x):
    last = layer_steps.layers(network, x)[-1].pooled
    assert torch.allclose(network.head(F.relu(network.dense(last.flatten()))), network(x[None])[0], atol=1e-5)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("row, column", [(0, 0), (1, 2)])
def test_products_and_bias_add_up_to_what_torch_gives(network, x, number, row, column):
    layer = layer_steps.layers(network, x)[number]
    total = layer_steps.products(layer, 5, row, column).sum() + layer.bias[5]
    assert torch.allclose(total, F.conv2d(layer.inputs[None], layer.weight, layer.bias)[0, 5, row, column], atol=1e-5)


def test_the_dense_layers_products_add_up_to_the_score(network, x):
    dense = layer_steps.dense(network, x)
    assert torch.allclose(dense.products(2).sum() + dense.bias[2], network(x[None])[0, 2], atol=1e-5)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_kernels_gradient_is_autograds(network, x, number):
    step = layer_steps.learn(network, x, 1, number, 0.01)
    F.cross_entropy(network(x[None]), torch.tensor([1])).backward()
    assert torch.allclose(step.kernels, network.convs[number].weight.grad, atol=1e-6)
    assert step.kernels.abs().max() > 0


def test_a_step_lowers_the_loss_and_leaves_the_network_alone(network, x):
    before = [weight.clone() for weight in network.parameters()]
    step = layer_steps.learn(network, x, 1, 0, 0.01)
    assert step.losses[1] < step.losses[0] and step.probabilities[1] > step.probabilities[0]
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters()))
