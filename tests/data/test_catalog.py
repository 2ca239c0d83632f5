"""The rows of the catalogue, and what follows from them."""

import pytest

from genclass.data import catalog


def test_names_begin_with_what_is_bundled():
    small, names = ["cifar10-mini", "fashion-mnist-mini", "avatars-mini"], catalog.names()
    assert names[:3] == small and names[len(catalog.bundled()) :][:3] == ["cifar10", "fashion-mnist", "mnist"]


@pytest.mark.parametrize("name", catalog.names())
def test_every_row_says_what_there_is_to_know(name):
    row = catalog.SETS[name]
    assert row.name == name and row.licence and row.source and row.images > 0 and row.channels in (1, 3)
    assert len(set(row.classes)) == len(row.classes) > 1


@pytest.mark.parametrize("name", [None, ["mnist"], {}, 7, "my-own", "", "MNIST"])
def test_anything_else_is_no_set(name):
    assert catalog.find(name) is None
    assert catalog.is_mirrored(name) and not catalog.is_light_on_black(name)


def test_a_bundled_part_is_like_its_whole():
    mini, whole = catalog.SETS["fashion-mnist-mini"], catalog.SETS["fashion-mnist"]
    assert mini.classes == whole.classes and mini.light_on_black and mini.images == 5000
    assert mini.mini == whole.mini == "fashion-mnist-mini" and catalog.SETS["mnist"].mini is None
    assert [catalog.whole_name(name) for name in ("cifar10-mini", "mnist", "my-own")] == ["cifar10", "mnist", "my-own"]


def test_digits_and_characters_are_not_mirrored():
    unlike = {name for name in catalog.names() if not catalog.is_mirrored(name)}
    assert unlike == {"mnist", "svhn", "kmnist", "avatars", "avatars-mini"}


def test_digits_and_clothes_are_light_on_black():
    assert all(catalog.is_light_on_black(name) for name in ("mnist", "kmnist", "fashion-mnist", "fashion-mnist-mini"))
    assert not catalog.is_light_on_black("cifar10-mini") and not catalog.is_light_on_black("svhn")


def test_what_is_bundled_or_drawn_is_not_downloaded():
    nothing = {name for name, row in catalog.SETS.items() if not row.megabytes}
    assert nothing == {*catalog.bundled(), "avatars"}
