"""Lists of files and labels beside pictures, as people write them."""

from pathlib import PurePosixPath

import pytest

from genclass.data.reading import tables

CLASSES = ["cat", "dog", "cat", "dog", "cat", "dog"]
PATHS = [PurePosixPath(f"images/{index}.jpg") for index in range(6)]


def columns(text, paths=PATHS, where="labels.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return tables.columns({PurePosixPath(where): content}, paths)


def written(header, row, delimiter=","):
    lines = [delimiter.join(header)] if header else []
    return "\n".join([*lines, *(delimiter.join(row(index)) for index in range(6))]) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["", ".jpg"])
def test_any_delimiter_and_endings_or_none(delimiter, ending):
    (column,) = columns(written(("file", "label"), lambda i: (f"{i}{ending}", CLASSES[i]), delimiter))
    assert column.labels == CLASSES and column.name == "label" and column.where == "labels.csv"


@pytest.mark.parametrize("file", ["file", "filename", "image", "image_id", "path", "id", "Image Name", "whatever"])
@pytest.mark.parametrize("label", ["label", "class", "category", "Class Name", "breed", "diagnosis", "something"])
def test_headers_are_understood(file, label):
    (column,) = columns(written((label, file), lambda i: (CLASSES[i], f"{i}.jpg")))
    assert column.labels == CLASSES and column.name == label


@pytest.mark.parametrize(
    "path", ["images/{}.jpg", "./images/{}.jpg", "images\\{}.jpg", "/kaggle/input/x/images/{}.jpg", "IMAGES/{}.JPG"]
)
def test_paths_are_understood(path):
    (column,) = columns(written(("path", "label"), lambda i: (path.format(i), CLASSES[i])))
    assert column.labels == CLASSES


def test_a_list_without_headers():
    (column,) = columns(written(None, lambda i: (f"{i}.jpg", CLASSES[i])))
    assert column.labels == CLASSES and column.name == "2"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk", "cp932"])
def test_lists_from_other_systems(encoding):
    names = ["汽车", "青蛙"] if encoding == "gbk" else ["自動車", "蛙"]
    text = written(("file", "label"), lambda i: (f"{i}.jpg", names[i % 2]))
    (column,) = columns(text.encode(encoding))
    assert column.labels == names * 3


@pytest.mark.parametrize("before", ["sep=;\n", "# made by hand\n#\n", "\n"])
def test_what_stands_before_the_headers_is_passed_over(before):
    (column,) = columns(before + written(("file", "label"), lambda i: (f"{i}.jpg", CLASSES[i]), ";"))
    assert column.name == "label" and column.labels == CLASSES


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_ends_of_lines_of_any_system(end):
    (column,) = columns(written(("file", "label"), lambda i: (f"{i}.jpg", CLASSES[i])).replace("\n", end))
    assert column.labels == CLASSES


def test_quotes_and_lines_of_another_length():
    text = 'file,label\n0.jpg,"cat, black"\n"1.jpg",dog\n2.jpg\n3.jpg,dog\n4.jpg,"cat, black"\n'
    (column,) = columns(text)
    assert column.labels == ["cat, black", "dog", None, "dog", "cat, black", None]


def test_one_column_for_each_class():
    text = written(("filename", " bent", " whole"), lambda i: (f"{i}.jpg", str(i % 2), str(1 - i % 2)))
    (column,) = columns(text, where="images/_classes.csv")
    assert column.labels == ["whole", "bent"] * 3


def test_words_come_before_numbers_and_unusual_columns_are_offered_if_there_is_no_usual_one():
    text = written(("file", "class id", "class", "age"), lambda i: (f"{i}.jpg", str(i % 2), CLASSES[i], str(i % 3)))
    assert [column.name for column in columns(text)] == ["class", "class id"]
    text = written(("file", "season", "age"), lambda i: (f"{i}.jpg", "ws"[i % 2], str(i % 3)))
    assert [column.name for column in columns(text)] == ["season", "age"]


def test_names_in_several_folders_are_told_apart_by_the_name_of_the_list():
    paths = [PurePosixPath(part, f"{index}.jpg") for part in ("train", "test") for index in range(6)]
    text = written(("id", "label"), lambda i: (str(i), CLASSES[i]))
    (column,) = columns(text, paths, "train.csv")
    assert column.labels == CLASSES + [None] * 6
    assert columns(text, paths, "labels.csv") == [], "nothing says which of them are meant"


@pytest.mark.parametrize(
    "text",
    ["", "a", "x,y\n1,2\n", "file,label\n", "file,label\n99.jpg,cat\n98.jpg,dog\n", "\0\0\0", '"' * 99, "a,b\n" * 9],
)
def test_what_tells_nothing_of_the_pictures(text):
    assert columns(text) == []


@pytest.mark.parametrize(
    ("name", "told"), [("labels.csv", True), ("x/y.TSV", True), ("sample_submission.csv", False), ("notes.txt", False)]
)
def test_which_files_may_be_lists(name, told):
    assert tables.is_table(PurePosixPath(name)) == told
