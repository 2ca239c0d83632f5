"""Every word comes from the catalogue, in the language of the page that asks."""

import json
import re
import shutil
from pathlib import Path

import pytest

from genclass.errors import GenClassError
from genclass.ui import words
from genclass.ui.common import text
from genclass.ui.layout import build_app, launch_settings
from genclass.ui.server import gradio_patches

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKUP = re.compile(r"<style.*?</style>|<svg.*?</svg>|<[^>]*>|\$[^$]*\$", re.S)
TOLD = ("label", "info", "placeholder", "value", "title", "x_title", "y_title")
# Names, formats and symbols that are the same in every language.
SAME = re.compile(r"^[\W\d_]*$|^(GenClass|English|GAN|CNN|PNG|GIF|WebP|MP4|Grad-CAM|FGSM|PGD|[dz]\d+|live|rest)$")


@pytest.fixture(scope="module")
def config():
    return build_app().config


def shown(config, page):
    """(elem_id, property, text) of every text that a page's components are built with."""
    ids = set(config["page"][page]["components"])
    for component in config["components"]:
        if component["id"] in ids:
            for name in TOLD:
                value = component["props"].get(name)
                if isinstance(value, str) and value:
                    yield component["props"].get("elem_id"), name, MARKUP.sub(" ", value).strip()


def known(text_shown, names):
    return SAME.match(text_shown) or text_shown in names or text_shown.startswith(("{", "python ", "http"))


def names_of_things(config):
    """What is chosen by name: models, data sets, presets and the values of other choices."""
    found = set()
    for component in config["components"]:
        for choice in component["props"].get("choices") or ():
            found |= {str(part) for part in (choice if isinstance(choice, (list, tuple)) else [choice])}
    return found


def test_no_text_bypasses_the_catalogue(config):
    names = names_of_things(config)
    english = [told for told in shown(config, "zh") if not CHINESE.search(told[2]) and not known(told[2], names)]
    assert not english


def test_both_pages_have_the_same_parts(config):
    def parts(page):
        ids = set(config["page"][page]["components"])
        return {c["props"].get("elem_id") for c in config["components"] if c["id"] in ids} - {None}

    assert parts("") == parts("zh")


def test_choices_are_translated(config):
    ids = set(config["page"]["zh"]["components"])
    radios = [c for c in config["components"] if c["id"] in ids and c["type"] == "radio"]
    choices = [[label for label, _ in radio["props"]["choices"]] for radio in radios]
    assert choices and [labels for labels in choices if not CHINESE.search("".join(labels))
                        and not all(map(SAME.match, labels))] == []  # fmt: skip


class Asked:
    """A request, as far as its language goes."""

    def __init__(self, referer=None, cookie=None, accept=None):
        headers = {"referer": referer, "accept-language": accept}
        self.headers = {name: value for name, value in headers.items() if value}
        self.cookies = {"genclass-language": cookie} if cookie else {}


@pytest.mark.parametrize(
    "asked, language",
    [
        (Asked("http://here/zh?model=a", accept="en-US"), "zh"),
        (Asked("http://here/lab/zh/", cookie="en"), "zh"),
        (Asked("http://here/?tab=zh", accept="zh-CN"), "en"),
        (Asked("http://here/", accept="zh-CN"), "zh"),  # cut: a page there would have been left for that in Chinese
        (Asked("http://here/", cookie="en", accept="zh-CN"), "en"),
        (Asked(cookie="zh"), "zh"),
        (Asked(accept="zh-CN,zh;q=0.9"), "zh"),
        (Asked(accept="zh-TW;q=0.9"), "zh"),
        (Asked(accept="fr"), "en"),
        (Asked(cookie="../x"), "en"),
        (Asked(), "en"),
    ],
)
def test_an_answer_speaks_the_language_of_its_page(monkeypatch, asked, language):
    monkeypatch.setattr(gradio_patches, "asker", lambda: asked)
    assert text.language() == language
    refused = text.sentence(GenClassError("nothing_given"))
    assert bool(CHINESE.search(refused)) == (language == "zh")


def test_a_class_of_ones_own_keeps_its_name():
    with text.speaking("zh"):
        assert text.class_name("cat") == "猫" and text.class_name("my cat") == "my cat"
        assert text.class_choices(["cat"]) == [("猫", "cat")]
        assert text.named_class("猫", ["dog", "cat"]) == "cat" and text.named_class("my cat", ["dog"]) == "my cat"
    assert text.class_name("cat") == "cat"


@pytest.fixture
def french(tmp_path, monkeypatch):
    """A language that is one more folder of words, all of them English but its name."""
    shutil.copytree(Path(words.__file__).parent / "en", tmp_path / "fr", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "fr" / "__init__.py").write_text('NAME = "français"\nLOCALE = "fr"\n')
    monkeypatch.setattr(words, "__path__", [*words.__path__, str(tmp_path)])
    for name in words._folders():
        monkeypatch.setitem(words.LANGUAGES, name, words._language(name))


def test_a_language_is_a_folder_of_words(french):
    demo = build_app()
    assert {path for path, _, _ in demo.pages} == {"", *words.LANGUAGES} - {words.DEFAULT}
    parts = [component["props"] for component in demo.config["components"]]
    headings = [part["value"] for part in parts if part.get("elem_id") == "heading"]
    on_the_others = [0] + [1] * (len(words.LANGUAGES) - 1)
    assert sorted(heading.count('lang="fr"') for heading in headings) == on_the_others
    assert sorted(heading.count("français</a>") for heading in headings) == on_the_others
    head = launch_settings()["head"]
    told = json.loads(head.partition("genclassTold = ")[2].partition(";</script>")[0])
    assert told["languages"]["fr"] == {"locale": "fr", "page": "fr"} and told["languages"]["en"]["page"] == ""


@pytest.mark.parametrize("tag, name", [("fr-CH", "fr"), ("FR", "fr"), ("zh-CN", "zh"), ("frr", "en"), ("", "en")])
def test_a_browser_is_answered_in_the_language_it_prefers(french, tag, name):
    assert words.preferred(tag) == name
