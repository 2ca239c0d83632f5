"""The Chinese catalogue beside the English one: nothing missing, nothing left over, nothing untranslated."""

import re
from string import Formatter

from genclass.data import catalog, corruptions
from genclass.errors import MESSAGES
from genclass.models import checkpoint
from genclass.networks import toy_gan
from genclass.ui.server import limits
from genclass.ui.train import form
from genclass.ui.words import LANGUAGES
from tests.stand_ins import SHIPPED

# What is written alike in both languages: names, formats, signs.
ALIKE = {"title", "reset", "download", "save_gif", "save_webp", "save_mp4", "method_grad-cam"}
ALIKE |= {"learn_gan", "learn_cnn", "cnn_layer", "dense_product", "sizes_side"}
ALIKE |= {"choose_kind_gan", "choose_millions", "quality_samples", "loop_spread"}
TERMS = {"GenClass", "Grad", "FGSM", "JPEG", "HEIC", "WebP", "https", "base", "float", "webp"}
TERMS |= {"Inception", "torch", "fidelity", "install", "requirements", "onnx", "onnxruntime", "epochs", "batch"}
TERMS |= {"JSON", "CIFAR", "MNIST", "Fashion", "SVHN", "KMNIST", "EuroSAT"}
TERMS |= {"http", "HEAD", "address"}  # where a cluster answers, and the flag that says so
TERMS |= {
    "html",
    "format",
    "MODEL",
    "CLASS",
    "fashion",
    "mnist",
    "airnet",
    "Sneaker",
}  # a command's form and its example
TERMS |= {"DiceBear", "avatars", "timm", "resnet", "ImageNet"}
TERMS |= {"Adam", "CUDA", "Cutout", "ReLU", "softmax", "hinge"}
TERMS |= {"chet"}  # of Fréchet
ENGLISH, CHINESE = (LANGUAGES[name] for name in ("en", "zh"))
HAN, LATIN = r"[\u4e00-\u9fff]", r"[A-Za-z0-9{}]"

PAIRS = [
    (key, english[key], catalogue.get(key, ""))
    for english, catalogue in ((ENGLISH.words, CHINESE.words), (MESSAGES, CHINESE.errors))
    for key in english
]


def placeholders(template):
    """Names of the values in a template."""
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def test_both_catalogues_have_the_same_keys():
    assert set(CHINESE.words) == set(ENGLISH.words)
    assert set(CHINESE.errors) == set(MESSAGES)


def test_every_named_class_is_translated():
    sets = ("cifar10", "fashion-mnist", "cifar100", "stl10", "eurosat", "oxford-pets", "avatars")
    named = list(dict.fromkeys(name for data in sets for name in catalog.SETS[data].classes))
    known = list(CHINESE.classes.items())[: len(named)]
    assert [name for name, _ in known] == named and len({told for _, told in known}) == len(named)
    assert all(re.search(HAN, name) for name in CHINESE.classes.values())


def test_all_that_the_large_classifier_knows_has_a_name_of_its_own():
    known = checkpoint.read_config(SHIPPED / "imagenet-efficientnet-lite0")["classes"]
    assert len(known) == 1000 and set(ENGLISH.classes) <= set(known) and set(known) <= set(CHINESE.classes)
    for language in (ENGLISH, CHINESE):
        assert len({language.classes.get(name, name) for name in known}) == 1000


def test_both_languages_show_the_same_values():
    assert [key for key, english, told in PAIRS if placeholders(told) != placeholders(english)] == []


def test_every_number_that_the_page_refuses_has_a_chinese_name():
    known = [*corruptions.RANGES, *toy_gan.RANGES, *limits.PUBLIC_SIZES, *form.FIELDS]
    assert {*known, "kind", "step", "minutes", "seed", "epochs"} <= set(CHINESE.values)


def test_everything_is_translated():
    assert [key for key, _, told in PAIRS if not told.strip()] == []
    assert {key for key, english, told in PAIRS if told == english} == ALIKE


def test_no_english_words_are_left_over():
    left = {key: set(re.findall(r"[A-Za-z]{4,}", re.sub(r"{\w+}", "", told))) - TERMS for key, _, told in PAIRS}
    assert {key: words for key, words in left.items() if words} == {}


def test_a_space_stands_between_chinese_and_latin():
    assert [told for _, _, told in PAIRS if re.search(f"{HAN}{LATIN}|{LATIN}{HAN}", told)] == []


def test_punctuation_beside_chinese_is_full_width():
    half = f"{HAN}[,.:;!?()\"']|[,:;!?()\"'] ?{HAN}"
    assert [told for _, _, told in PAIRS if re.search(half, told)] == []


def test_a_sentence_stays_a_sentence():
    assert [key for key, english, told in PAIRS if told.endswith("。") != english.endswith(".")] == []
