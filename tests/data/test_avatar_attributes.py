"""What an avatar has follows from the options that it was drawn with."""

import pytest

from genclass.data import sources
from genclass.data.avatar_attributes import ATTRIBUTES, IDS, _told_of, told
from genclass.data.imageset import ABSENT


@pytest.fixture(scope="module")
def avatars():
    return sources.load("avatars-mini")


def test_every_question_has_both_answers_in_every_style_that_it_is_asked_of(avatars):
    answered = told(avatars.attributes, avatars.attributes.train, avatars.train_labels, avatars.classes)
    for index, one in enumerate(ATTRIBUTES):
        for label, style in enumerate(avatars.classes):
            answers = set(answered[avatars.train_labels == label, index].tolist())
            assert answers - {ABSENT} == ({0, 1} if style in one.rules else set()), (one.id, style)


@pytest.mark.parametrize(
    ("style", "options", "expected"),
    [
        ("micah", {"glasses": "round", "hair": "full", "mouth": "sad"}, {"glasses": 1, "hair-length": 1, "smile": 0}),
        ("micah", {"hair": "turban"}, {"glasses": 0, "hair-length": ABSENT, "beard": 0}),
        ("micah", {"hair": "mrClean", "hair-colour": "#ffffff"}, {"hair-length": 0, "hair-colour": ABSENT}),
        ("pixel-art", {"hair-colour": "#28150a", "skin-colour": "#ffdbac"}, {"hair-colour": 0, "skin-colour": 1}),
        ("critters", {"background": "#be185d", "mouth": "grin"}, {"background": 1, "smile": 1, "glasses": ABSENT}),
        ("personas", {"eyes": "sunglasses", "mouth": "pacifier"}, {"glasses": 1, "smile": ABSENT}),
    ],
)
def test_options_tell_what_an_avatar_has(style, options, expected):
    answered = dict(zip(IDS, _told_of(options, style)))
    assert answered | expected == answered
