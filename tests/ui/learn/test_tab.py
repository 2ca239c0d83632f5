"""Texts of the lessons."""

import re
from pathlib import Path
from string import Formatter

from genclass.analysis import layer_steps
from genclass.ui.common.text import say
from genclass.ui.learn import toy_panel
from genclass.ui.words.en import learn as english
from genclass.ui.words.zh import learn as chinese


def test_every_word_of_the_lessons_is_shown_somewhere():
    """Keys that no code names are dead; keys made of parts are named by their beginning."""
    code = "".join(path.read_text() for path in Path(toy_panel.__file__).parent.glob("*.py"))
    made = ("toy_", "choice_", "cnn_", "sizes_", "try_", "article_", "learn_", "dense_")
    assert [key for key in english.WORDS if f'"{key}"' not in code and not key.startswith(made)] == []


def test_places_of_the_lessons_are_named():
    for key, words in english.WORDS.items():
        assert all(name and name.isidentifier() for _, name, _, _ in Formatter().parse(words) if name is not None), key
    assert say("learn") == "Learn" and layer_steps.KERNEL == 3


def test_the_lessons_are_told_in_both_languages():
    """Formulas and places are the same, and what is English is told in Chinese."""
    assert list(english.WORDS) == list(chinese.WORDS)
    for key, words in english.WORDS.items():
        told = chinese.WORDS[key]
        assert places(told) == places(words), key
        assert told.strip() and (told != words or not re.search("[a-z]{4}", re.sub(r"{\w+}", "", words))), key
        assert not re.search("[\u4e00-\u9fff][,.:;!?]", told), key


def places(template):
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name is not None)
