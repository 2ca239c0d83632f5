import pytest
import torch

from genclass.analysis import metrics


def test_accuracy_and_confusion():
    chosen, labels = torch.tensor([0, 1, 1, 2]), torch.tensor([0, 1, 2, 2])
    assert metrics.accuracy(chosen, labels) == 0.75
    assert metrics.confusion(chosen, labels, 3).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]


def test_calibration_error_by_hand():
    # Two bins: 0.9 sure and right in 1 of 2, 0.6 sure and right in 2 of 2.
    probabilities = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.6, 0.4]])
    labels = torch.tensor([0, 1, 1, 0])
    assert metrics.calibration_error(probabilities, labels) == pytest.approx(0.4, abs=1e-6)
    certain = torch.eye(2)[labels]
    assert metrics.calibration_error(certain, labels) == 0


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(true):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, 5, generator=generator) * 4
    labels = torch.multinomial((logits / true).softmax(1), 1, generator=generator)[:, 0]
    assert metrics.fit_temperature(logits, labels) == pytest.approx(true, rel=0.05)
    fitted = metrics.calibration_error((logits / true).softmax(1), labels)
    assert fitted < 0.01 and (true == 1 or fitted < metrics.calibration_error(logits.softmax(1), labels) / 3)


def test_frechet_distance_of_shifted_sets_is_the_squared_shift():
    features = torch.randn(500, 6)
    shift = torch.tensor([1.0, 2, 0, 0, 0, 0])
    assert metrics.frechet_distance(features, features + shift) == pytest.approx(5, rel=1e-4)
    assert metrics.frechet_distance(features, features) == pytest.approx(0, abs=1e-4)


def test_frechet_distance_of_scaled_sets_has_a_closed_form():
    features = torch.randn(2000, 4).double()
    features -= features.mean(0)
    expected = torch.cov(features.T).trace().item() * (3 - 1) ** 2
    assert metrics.frechet_distance(features, features * 3) == pytest.approx(expected, rel=1e-6)
