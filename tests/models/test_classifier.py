import numpy as np
import pytest
import torch
from PIL import Image

from genclass.errors import GenClassError
from genclass.models.classifier import Classifier, energy


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier"))


def test_predicts_probabilities(classifier, photo):
    found = classifier.predict([photo, photo.rotate(90, expand=True)])
    assert found.shape == (2, 3) and found.dtype == np.float32
    assert np.allclose(found.sum(1), 1, atol=1e-5) and (found >= 0).all()


def test_takes_arrays_and_pictures_alike(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    pictures = [Image.fromarray(image) for image in pixels]
    assert np.array_equal(classifier.predict(pixels), classifier.predict(pictures))


def test_small_images_of_the_right_size_reach_the_network_unchanged(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    assert np.array_equal(classifier.prepare(pixels).permute(0, 2, 3, 1).numpy(), pixels)


def test_grey_arrays_become_colour(classifier):
    grey = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    seen = classifier.prepare(grey)
    assert seen.shape == (2, 3, 32, 32) and (seen[:, 0] == seen[:, 2]).all()


def test_nothing_gives_nothing(classifier):
    assert classifier.predict([]).shape == (0, 3)


def test_batches_do_not_change_the_answer(classifier):
    pixels = np.random.default_rng(1).integers(0, 256, (300, 32, 32, 3), np.uint8)
    together, alone = classifier.predict(pixels), classifier.predict(pixels[270:271])
    assert np.allclose(together[270], alone[0], atol=1e-5)


def test_test_time_flip_makes_mirror_images_equal(classifier):
    pixels = np.random.default_rng(2).integers(0, 256, (4, 32, 32, 3), np.uint8)
    mirrored = pixels[:, :, ::-1].copy()
    assert not np.allclose(classifier.predict(pixels), classifier.predict(mirrored), atol=1e-6)
    classifier.config["test_time_flip"] = True
    assert np.allclose(classifier.predict(pixels), classifier.predict(mirrored), atol=1e-6)


def test_features_are_the_same_in_chunks_and_with_gradients(classifier, monkeypatch):
    images = torch.randint(0, 256, (5, 3, 32, 32), dtype=torch.uint8)
    whole = classifier.features(images)
    monkeypatch.setattr("genclass.models.classifier.CHUNK", 2)
    assert torch.allclose(classifier.features(images), whole, atol=1e-5) and whole.shape == (5, 16)
    x = (images / 255).requires_grad_()
    classifier.raw_features(x).sum().backward()
    assert torch.allclose(classifier.raw_features(x).detach(), whole, atol=1e-5) and x.grad.abs().sum() > 0


def test_normalises_as_its_config_says(classifier):
    white = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    assert classifier.normalise(white).unique().item() == pytest.approx((1 - 0.5) / 0.25)


def test_each_channel_may_have_a_scale_of_its_own(classifier):
    scales = {"mean": [0.1, 0.2, 0.3], "std": [0.5, 1, 2]}
    judged = Classifier(classifier.network, {**classifier.config, "normalisation": scales})
    white = judged.normalise(torch.full((1, 3, 2, 2), 255, dtype=torch.uint8))
    assert torch.allclose(white[0, :, 0, 0], torch.tensor([1.8, 0.8, 0.35]))


def test_it_prepares_as_its_config_says(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    judged = Classifier(classifier.network, {**classifier.config, "preprocess": {"resize": 64}})
    small = judged.prepare(pixels)
    assert torch.equal(small, torch.cat([judged.prepare(Image.fromarray(image)) for image in pixels]))
    parts = [each.float()[:, :, 6:-6, 6:-6] for each in (small, classifier.prepare(pixels[:, 8:24, 8:24]))]
    assert (parts[0] - parts[1]).abs().max() <= 1  # at its edge a crop knows what lies beyond


def test_top_is_sorted_and_cut(classifier):
    found = classifier.top(np.array([0.2, 0.7, 0.1], np.float32), 2)
    assert [entry["class"] for entry in found] == ["b", "a"]
    assert found[0]["probability"] == pytest.approx(0.7)


def test_a_gan_is_no_classifier(save_tiny):
    with pytest.raises(GenClassError) as caught:
        Classifier.load(save_tiny("gan", name="other"))
    assert caught.value.code == "wrong_kind"


def test_temperature_softens_probabilities_and_keeps_their_order(classifier, photo):
    sharp = classifier.predict([photo])[0]
    warm = Classifier(classifier.network, {**classifier.config, "temperature": {"value": 5.0, "measured": "-"}})
    soft = warm.predict([photo])[0]
    logits = classifier.logits(classifier.prepare([photo]))
    assert np.allclose(soft, (logits / 5).softmax(1).numpy()[0], atol=1e-6)
    assert soft.max() < sharp.max() and (soft.argsort() == sharp.argsort()).all()


def test_an_image_above_a_limit_is_unfamiliar(classifier):
    pixels = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), np.uint8)
    small = classifier.prepare(pixels)
    found = energy(classifier.logits(small)).item()
    for limits, expected in (
        ({"energy": found + 0.01, "roughness": 9}, False),
        ({"energy": found - 0.01, "roughness": 9}, True),
        ({"energy": found + 0.01, "roughness": 0.5}, True),  # noise is rough
        ({"energy": found + 0.01, "roughness": 9, "ground": 0.5}, True),  # and bright to its border
        ({"energy": found + 0.01, "roughness": 9, "ground": 1.0}, False),
        (None, False),
    ):
        judged = Classifier(classifier.network, {**classifier.config, "unfamiliar": limits})
        assert judged.answer(small)[1].tolist() == [expected]


def drawn_digit(paper=255, ink=0):
    """A one, dark on light paper, of 60×60."""
    image = Image.new("L", (60, 60), paper)
    image.paste(ink, (27, 10, 33, 50))
    return image


@pytest.fixture
def digits(save_tiny):
    classifier = Classifier.load(save_tiny("classifier"))
    config = {**classifier.config, "dataset": "mnist", "channels": 1, "image_size": 28}
    return Classifier(classifier.network, config)


@pytest.mark.parametrize("paper", [255, 180])
def test_dark_digits_on_light_paper_become_light_on_black(digits, paper):
    seen, inverted = digits.see(drawn_digit(paper))
    assert inverted and seen[0, 0].max() == 0 and seen[0, 14].max() == 255


def test_light_digits_on_black_stay_as_they_are(digits):
    seen, inverted = digits.see(drawn_digit(0, 255))
    assert not inverted and seen[0, 0].max() == 0 and seen[0, 14].max() == 255


def test_photos_are_never_inverted(classifier):
    seen, inverted = classifier.see(drawn_digit().convert("RGB"))
    assert not inverted and seen[0, 0].min() == 255


def test_crop_and_pad_see_different_parts(classifier, photo):
    cropped, padded = (classifier.see(photo, how)[0] for how in ("crop", "pad"))
    assert cropped.shape == padded.shape and not torch.equal(cropped, padded)
    with pytest.raises(GenClassError) as caught:
        classifier.see(photo, "stretch")
    assert caught.value.code == "bad_choice"


def test_a_class_is_found_by_name(classifier):
    assert classifier.class_index("c") == 2
    for name, code in (("zebra", "unknown_class"), (None, "not_text"), (["a"], "not_text")):
        with pytest.raises(GenClassError) as caught:
            classifier.class_index(name)
        assert caught.value.code == code
