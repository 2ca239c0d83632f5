"""What the lessons say of shipped models, data and measurements is so, in every language."""

import itertools
import re
from pathlib import Path

import gradio as gr
import pytest
import torch
from torch import nn

from genclass.analysis import explain
from genclass.data import catalog, sources
from genclass.models import checkpoint, facts
from genclass.models.classifier import Classifier
from genclass.networks import toy_gan
from genclass.networks.classic_gan import ClassicDiscriminator, ClassicGenerator
from genclass.train.presets import PRESETS
from genclass.train.settings import adjustable
from genclass.ui.classify.examples import example_files
from genclass.ui.learn import experiments, model_advisor, real_or_generated, size_calculator, toy_panel
from genclass.ui.learn.tab import build as build_tab
from genclass.ui.words import LANGUAGES
from genclass.ui.words.en import learn as english
from tests.stand_ins import SHIPPED

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"
MATHS = re.compile(r"\$[^$]*\$|{\w+}")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
# Figures by the word that they stand in: each is checked below, or is a choice, a name or arithmetic.
FIGURES = {
    "gan_value": {"0", "1", "1.39"},
    "toy_penalty": {"1"},
    "toy_cure_hint": {"1"},
    "toy_collapse_hint": {"16"},
    "cnn_formula": {"32", "3", "9", "1", "896", "2"},
    "cnn_rectified": {"2"},
    "dense_text": {"1,024"},
    "both_text": {"10", "236", "229", "25,408", "96,448", "1.6"},
    "choice_amount_is_few": {"1,000"},
    "choice_amount_is_some": {"10,000"},
    "choice_few_tell": {"1,000"},
    "choice_few_make": {"1,000"},
    "choice_laptop_make": {"28", "32"},
    "slips": {"1", "2", "3", "4", "7", "14", "28"},
    "try_sheet": {"16"},
    "try_typical": {"0.5"},
}


def lessons():
    """(language, key, text) of every word of Learn."""
    return [(language, key, LANGUAGES[language].words[key]) for language in LANGUAGES for key in english.WORDS]


def shipped(**wanted):
    """config.json of every shipped model of which these are the values."""
    configs = [checkpoint.read_config(folder) for folder in sorted(SHIPPED.iterdir()) if folder.is_dir()]
    return [config for config in configs if all(config[key] == value for key, value in wanted.items())]


def test_no_figure_stands_in_a_lesson_unchecked():
    for language, key, text in lessons():
        assert set(NUMBER.findall(MATHS.sub(" ", text))) <= FIGURES.get(key, set()), (language, key)


def test_what_a_lesson_quotes_of_the_page_is_what_the_page_says():
    """A button or tab that a lesson sends to; other quotations are answers that networks give."""
    answers = {"picture", "real or generated", "shirt or shoe", "GAN against CNN", "{name}", "{preset}"}
    answers |= {"图片", "真还是假", "衬衫还是鞋", "GAN 对 CNN"}
    for language, key, text in lessons():
        on_page = {LANGUAGES[language].words[name] for name in LANGUAGES[language].words}
        assert set(re.findall("“([^”]*?)[.,，。]?”", text)) <= on_page | answers, (language, key)


def test_the_games_figures_are_the_games():
    assert len(toy_gan.grid_centres()) == 16 and toy_panel.LESSONS["collapse"][0] == "grid"
    assert round(float(2 * torch.log(torch.tensor(2.0))), 2) == 1.39


def play(name, steps, game=None):
    """A lesson of the game in the plane after so many steps."""
    shape, rules, _ = toy_panel.LESSONS[name]
    game = game or toy_gan.begin(shape, rules)
    game.settings = rules
    for _ in range(steps):
        game.step()
    return game


def test_what_the_hints_of_the_games_foretell_happens():
    learnt, stuck = play("learns", 800), play("stuck", 800)
    assert learnt.modes() == 8 and learnt.found()[0] > 0.9
    assert stuck.modes() <= 4 and stuck.found()[1] < learnt.found()[1] / 2
    assert sum(abs(loss) for _, loss in stuck.losses[-400:]) / 400 < 0.25  # of a game in balance: 0.69
    few = play("collapse", 1200)
    lost = few.modes()
    assert lost < 12 and play("cure", 1500, few).modes() > lost


def test_the_textbook_network_is_as_large_as_the_lesson_says():
    for config in shipped(kind="classifier"):
        if config["architecture"]["name"] != "classic-cnn":
            continue
        network = checkpoint.build(config, "model")
        first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
        dense = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
        assert first.weight[0, 0].numel() == 9 and first.out_channels == 32
        assert sum(part.numel() for part in first.parameters()) == (896 if config["channels"] == 3 else 320)
        assert [layer.out_features for layer in dense] == [1024, len(config["classes"])]


def test_every_shipped_gan_with_classes_saw_with_a_classifier():
    """Of both_text; a discriminator without one needs other words there."""
    judges = [config["architecture"]["discriminator"] for config in shipped(kind="gan") if config["classes"]]
    assert judges and all({"trunk", "backbone"} & set(judge) for judge in judges)


def test_a_discriminator_is_shipped_with_some_generator_not_with_all():
    gans = [SHIPPED / config["name"] for config in shipped(kind="gan")]
    assert {(folder / "discriminator.safetensors").exists() for folder in gans} == {True, False}


def test_the_measurement_that_is_told_is_the_record():
    record = (RESULTS / "generators.md").read_text()
    plain, seeing = (
        [float(cell.replace(",", "")) for cell in re.search(rf"\| {name} \| [\d.]+ \|(.*)\|", record)[1].split("|")]
        for name in ("pixels", "pixels and the classifier's maps")
    )
    assert (plain[0], plain[2], seeing[0], seeing[2]) == (96_448, 229, 25_408, 236)
    assert round(plain[3] / seeing[3], 1) == 1.6 and round(seeing[0] / plain[0] * 4, 1) == 1.1
    assert seeing[0] / seeing[3] < plain[0] / plain[3] / 2
    assert PRESETS["gan"]["gan"].features and not PRESETS["gan"]["quick"].features


def test_a_gan_took_several_times_what_a_classifier_of_the_same_images_did():
    names = [config["name"] for config in shipped(dataset="fashion-mnist")]
    took = {name: facts.of(name, SHIPPED / name).seconds for name in names}
    assert took["fashion-mnist-gan"] > 3 * took["fashion-mnist-airnet"]
    assert took["fashion-mnist-classic-gan"] > 2 * took["fashion-mnist-classic-cnn"]


def test_both_of_the_articles_players_hold_convolutions():
    generator, discriminator = ClassicGenerator(), ClassicDiscriminator()
    assert any(isinstance(layer, nn.ConvTranspose2d) for layer in generator.modules())
    assert any(isinstance(layer, nn.Conv2d) for layer in discriminator.modules())
    assert size_calculator.chain(7, 3, 2, 1, "plain") == [7, 4, 2]
    assert size_calculator.chain(7, 3, 2, 1, "transposed") == [7, 14, 28]
    assert catalog.SETS["fashion-mnist"].image_size == 28


@pytest.mark.parametrize("name, foreign", [("mnist-airnet", "fashion-mnist-mini")])
def test_a_classifier_is_sure_of_what_it_does_not_know(name, foreign):
    images = sources.load_mini(foreign).test_images[:200]
    sure = Classifier.load(SHIPPED / name).predict_prepared(images).amax(1)
    assert sure.mean() > 0.5


def test_steps_that_no_eye_sees_fool_a_classifier():
    classifier, imageset = Classifier.load(SHIPPED / "cifar10-airnet"), sources.load_mini("cifar10-mini")
    images, labels = imageset.test_images[:100], imageset.test_labels[:100].long()
    changed = explain.adversarial(classifier, images, labels, 2, "pgd", towards=False)
    assert (changed.int() - images.int()).abs().max() <= 2
    before, after = (classifier.predict_prepared(view).argmax(1) == labels for view in (images, changed))
    assert before.float().mean() > 0.9 and after.float().mean() < 0.6


def test_an_article_hopes_for_what_there_is(lab):
    tab = build_tab_texts()
    bundled, fetched = len(catalog.bundled()), len([row for row in catalog.SETS.values() if row.part_of is None])
    assert f"{bundled} sets are bundled, {fetched} can be downloaded" in tab
    assert {"loss", "learning_rate", "discriminator_learning_rate", "penalty"} <= set(adjustable(PRESETS["gan"]["gan"]))
    told = {metric.partition("_")[0] for config in shipped() for metric in config["metrics"]}
    assert {"accuracy", "class", "frechet"} <= told
    assert any("temperature" in config for config in shipped(kind="classifier"))


def build_tab_texts():
    """All that Learn's texts say, as the page builds them."""
    with gr.Blocks() as demo, gr.Tabs():
        build_tab([path for path, *_ in example_files()])
    return " ".join(str(part["props"].get("value")) for part in demo.config["components"])


def test_wherever_a_classifier_leads_there_is_one_and_for_most_a_second_is_asked():
    known = [len(shipped(kind="classifier", dataset=config["dataset"])) for config in shipped(kind="gan")]
    assert min(known) >= 1 and sum(count >= 2 for count in known) > len(known) / 2


def test_experiments_and_rounds_are_as_their_words_say():
    assert experiments.RECIPES["sheet"]["count"] == 16 and experiments.RECIPES["typical"]["truncation"] == 0.5
    assert [experiments.RUNS[name][2] for name in ("classic", "textbook", "features")] == [
        "classic-gan",
        "classic-cnn",
        "gan",
    ]
    assert real_or_generated.COUNT == 8  # four and four
    assert len(model_advisor.QUESTIONS) == 4


def test_advice_names_presets_that_there_are():
    for answers in itertools.product(*model_advisor.QUESTIONS.values()):
        advice = model_advisor.advise(*answers)
        assert advice.preset in PRESETS[advice.kind]
