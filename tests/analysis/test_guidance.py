"""Guidance on tiny networks, and with shipped ones what is claimed of them."""

import numpy as np
import pytest
import torch

import genclass
from genclass.analysis import guidance
from genclass.errors import GenClassError
from genclass.models import store
from genclass.models.sampler import Sampler


def recipe(**changes):
    return {"model": "tiny", "seed": 7, "count": 4, **changes}


def probability(classifier, sampler, asked, name):
    return classifier.predict(sampler.sample(asked))[:, classifier.classes.index(name)]


def test_best_of_keeps_the_surest_in_order(sampler, classifier):
    reports = list(guidance.best_of(sampler, classifier, "b", recipe(), tries=130))
    assert [report.step for report in reports] == [64, 128, 130] and reports[-1].total == 130
    every = probability(classifier, sampler, recipe(count=130), "b")
    kept = probability(classifier, sampler, reports[-1].recipe, "b")
    assert np.allclose(kept, np.sort(every)[::-1][:4], atol=0.01)
    assert reports[-1].score == pytest.approx(kept.mean(), abs=0.01)


def test_best_of_keeps_sliders_and_truncation(sampler, classifier):
    asked = recipe(truncation=0.5, directions={"z0": 2.0})
    found = list(guidance.best_of(sampler, classifier, "a", asked, tries=64))[-1].recipe
    assert (found.truncation, found.directions) == (0.5, {"z0": 2.0})


def test_a_climb_makes_the_classifier_surer_and_stays_near_the_prior(sampler, classifier):
    classifier.network.head.weight.data *= 300  # untrained, it would hardly tell one image from another
    reports = list(guidance.climb(sampler, classifier, "b", recipe(), steps=20))
    assert [report.step for report in reports] == list(range(21))
    before = probability(classifier, sampler, recipe(), "b").mean()
    after = probability(classifier, sampler, reports[-1].recipe, "b").mean()
    assert after > before + 0.05 and reports[-1].score == pytest.approx(after, abs=0.01)
    lengths = sampler.latents(reports[-1].recipe).norm(dim=1)
    assert (lengths / sampler.z_dim**0.5).sub(1).abs().max() < 0.5


def test_a_climb_begins_from_what_the_sliders_made(sampler, classifier):
    asked = recipe(directions={"z1": 1.0}, truncation=0.5)
    first = next(guidance.climb(sampler, classifier, "b", asked))
    assert (first.step, first.recipe.directions, first.recipe.truncation) == (0, {}, 1.0)


def test_a_search_leaves_the_networks_as_they_were(sampler, classifier):
    before = [value.clone() for network in (sampler, classifier) for value in network.network.state_dict().values()]
    list(guidance.climb(sampler, classifier, "b", recipe(count=1), steps=3))
    after = [value for network in (sampler, classifier) for value in network.network.state_dict().values()]
    assert all(torch.equal(a, b) for a, b in zip(before, after))
    assert all(weight.grad is None for weight in classifier.network.parameters())


def test_guidance_begins_with_the_class_itself_where_the_generator_has_it(save_tiny, classifier):
    sampler = Sampler.load(save_tiny("gan"))
    assert guidance.start_of(sampler, "c", recipe()).class_name == "c"
    assert guidance.start_of(sampler, "zebra", recipe()).class_name == "b"  # that of seed 7
    assert guidance.start_of(sampler, "c", recipe(**{"class": "a"})).class_name == "a"


@pytest.mark.parametrize("search", [guidance.best_of, guidance.climb])
def test_bad_guidance_is_refused(search, sampler, classifier):
    for name, asked, code in (("zebra", {}, "unknown_class"), ("a", {"count": 65}, "out_of_range"),
                              ("a", {"directions": {"d99": 1}}, "unknown_direction")):  # fmt: skip
        with pytest.raises(GenClassError) as caught:
            next(search(sampler, classifier, name, recipe(**asked)))
        assert caught.value.code == code


def test_the_other_judge_is_of_another_architecture():
    for name, class_name, other in (("cifar10-airnet", "cat", "cifar10-classic-cnn"), ("mnist-airnet", "3", None)):
        assert guidance.other_judge(genclass.load(name).config, class_name, store.named_folders()) == other


def test_a_generator_without_classes_is_led_to_one():
    """Stated: from below 0.2 to above 0.9 for the classifier that is climbed, above 0.6 for the one that is not."""
    sampler, climbed = genclass.load("fashion-mnist-classic-gan"), genclass.load("fashion-mnist-classic-cnn")
    other = genclass.load(guidance.other_judge(climbed.config, "Trouser", store.named_folders()))
    assert sampler.classes == [] and other.config["architecture"]["name"] != climbed.config["architecture"]["name"]
    before, after = [], []
    for name in ("Trouser", "Ankle boot", "Bag"):
        start = {"model": sampler.name, "seed": 1000, "count": 6}
        *_, last = guidance.climb(sampler, climbed, name, start)
        before.append(probability(climbed, sampler, start, name).mean())
        after.append([probability(judge, sampler, last.recipe, name).mean() for judge in (climbed, other)])
    assert np.mean(before) < 0.2
    assert np.mean(after, 0)[0] > 0.9 and np.mean(after, 0)[1] > 0.6


def test_a_climb_begins_where_truncation_has_left_nothing(sampler, classifier):
    *_, last = guidance.climb(sampler, classifier, "b", recipe(truncation=0), steps=5)
    assert np.isfinite(sampler.latents(last.recipe).numpy()).all()
