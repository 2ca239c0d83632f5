"""Names of classes: whole, fit to be shown, and apart."""

import pytest

from genclass.data.reading.names import LONGEST, class_name, class_names, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>cat", "<b>cat"),  # the page escapes it
        ("=1+1", "=1+1"),
        ("a\x00b\x1b\u202ec\ud800", "abc"),
        ("cafe\u0301", "caf\u00e9"),
        ("\x07", "?"),
        ("x" * 99, "x" * 99),
    ],
)
def test_class_names_can_be_shown(text, shown):
    assert class_name(text) == shown


def test_names_no_file_system_holds_are_cut_but_stay_apart():
    names = {class_name("x" * 5000 + end) for end in "ab"}
    assert len(names) == 2 and all(len(name) == LONGEST for name in names)


def test_different_names_stay_different_though_they_look_alike():
    found = class_names(["\x07", "\x08", "ab", "a\u202eb", "cafe\u0301", "caf\u00e9"])
    assert found["ab"] == "ab" and found["a\u202eb"] == "ab (2)"
    assert {found["\x07"], found["\x08"]} == {"?", "? (2)"}
    assert found["cafe\u0301"] == found["caf\u00e9"], "the same letters, as two systems write them"


def test_long_names_are_shortened_in_their_middle():
    short = shortened("a" * 100 + "plexippus")
    assert short.endswith("plexippus") and len(short) <= 60 and shortened("cat") == "cat"
