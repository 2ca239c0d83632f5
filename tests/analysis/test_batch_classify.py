import tracemalloc

import numpy as np
import pytest
from PIL import Image

from genclass.analysis.batch_classify import CHUNK, verdicts
from genclass.errors import GenClassError
from genclass.files.budget import Budget
from genclass.models.answerer import Answerer
from genclass.models.classifier import Classifier
from tests.helpers import encode


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier"))


@pytest.fixture
def answerer(classifier):
    return Answerer(classifier)


@pytest.fixture
def files(tmp_path, photo):
    for index in range(2 * CHUNK + 5):
        photo.rotate(index).save(tmp_path / f"{index:03}.png")
    return sorted(tmp_path.glob("*.png"))


def test_many_are_answered_as_one_by_one(classifier, answerer, files):
    found = list(verdicts(answerer, files))
    assert [verdict.path for verdict in found] == files
    expected = classifier.predict([Image.open(path) for path in files])
    assert np.allclose(np.stack([verdict.answer.probabilities for verdict in found]), expected, atol=1e-5)


def test_bad_files_are_errors_of_their_own(answerer, files, tmp_path):
    files[3].write_bytes(b"")
    files[70].write_bytes(b"<svg/>")
    found = list(verdicts(answerer, [*files, tmp_path / "gone.png"]))
    wrong = {index: verdict.error.code for index, verdict in enumerate(found) if verdict.error}
    assert wrong == {3: "broken_image", 70: "not_an_image", len(files): "missing_file"}


def test_a_file_cut_short_is_answered_with_a_note(answerer, tmp_path, photo):
    whole = encode(photo.resize((300, 200)))
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.png").write_bytes(whole)
    cut, good = verdicts(answerer, [tmp_path / "cut.png", tmp_path / "whole.png"])
    assert [note.code for note in cut.notes] == ["cut_short"] and cut.answer is not None and good.notes == ()


def test_only_bad_files(answerer, tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    assert [verdict.error.code for verdict in verdicts(answerer, [tmp_path / "a.png"])] == ["not_an_image"]
    assert list(verdicts(answerer, [])) == []


def test_images_are_asked_in_batches(classifier, files):
    sizes = []

    def ask(asked, small):
        sizes.append(len(small))
        return asked.answer(small)

    list(verdicts(Answerer(classifier, ask=ask), files))
    assert sizes == [CHUNK, CHUNK, 5]


def test_memory_does_not_grow_with_the_number_of_files(answerer, files):
    def peak(paths):
        tracemalloc.start()
        for _ in verdicts(answerer, paths):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(files)
    assert peak(files * 4) < 1.5 * peak(files) + 200_000


def test_a_batch_has_a_budget(answerer, files):
    assert len(list(verdicts(answerer, files, budget=Budget(1e6)))) == len(files)
    with pytest.raises(GenClassError) as caught:
        list(verdicts(answerer, files, budget=Budget(1e5)))  # of 2,400 pixels each
    assert caught.value.code == "too_many_pixels"
