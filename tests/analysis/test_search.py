import numpy as np
import torch

from genclass.analysis import search


def test_the_classifier_is_seen_as_it_sees_itself(sampler, classifier):
    drawn = sampler.sample({"model": "tiny", "seed": 7, "count": 4})
    with torch.no_grad():
        x = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255
        found = search.logits(classifier, x).softmax(1).numpy()
    assert np.abs(found - classifier.predict(drawn)).max() < 1e-5


def test_other_sizes_and_colours_are_fitted_with_gradients(classifier):
    grey = torch.rand(2, 1, 28, 28, requires_grad=True)
    assert search.view(classifier, grey).shape == (2, 3, 32, 32)
    search.logits(classifier, grey).sum().backward()
    assert grey.grad.abs().sum() > 0
