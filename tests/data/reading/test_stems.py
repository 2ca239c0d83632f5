"""Classes by how file names begin, and names that only seem to tell some."""

import pytest

from genclass.data.reading import stems


@pytest.mark.parametrize(
    ("pattern", "classes"),
    [
        ("{}.{n}.jpg", ("cat", "dog")),
        ("{}_{n:03}.jpg", ("cat", "dog")),
        ("{}{n}.png", ("cat", "dog")),
        ("{} ({n}).jpg", ("benign", "great dane")),
        ("{}_{n}.jpg", ("great_pyrenees", "Abyssinian")),
        ("{}_{n}.JPEG", ("n01440764", "n02123045")),
        ("{}-{n}-a7f.jpg", ("cat", "dog")),
        ("{}_{n}.png", ("0", "1", "9")),
        ("{}{n}", ("猫", "狗")),
    ],
)
def test_names_that_begin_with_the_class_tell_it(pattern, classes):
    names = [pattern.format(name, n=index) for name in classes for index in range(1, 30)]
    told = stems.classes(names)
    assert told is not None and {told(name) for name in names} == set(classes)
    assert told("something else.jpg") is None


@pytest.mark.parametrize(
    "names",
    [
        [f"{index:04}.jpg" for index in range(300)],
        [f"{word}_{index}.jpg" for word in ("IMG", "DSC") for index in range(9)],
        [f"PXL_2024{month:02}01_{index}.jpg" for month in (1, 2) for index in range(9)],
        [f"Screenshot 2024-05-0{day} at 12.0{index}.10.png" for day in (1, 2) for index in range(9)],
        [f"2024050{day}_{index}.jpg" for day in (1, 2) for index in range(9)],
        [f"{index * 7919 % 4096:03x}{index * 31 % 97:02x}.png" for index in range(60)],
        ["paris.jpg", "rome.jpg", "anna.jpg", "tom.jpg"],
        [f"cat_{index}.jpg" for index in range(9)],
        [],
    ],
)
def test_other_names_tell_none(names):
    assert stems.classes(names) is None
