"""One preparation for every way in: whatever holds a picture gives the same pixels."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from genclass.cli.main import main
from genclass.errors import GenClassError
from genclass.models import pictures
from genclass.models.classifier import Classifier
from tests.helpers import code_of, encode, picture

TURNED = 0x0112  # the tag of an orientation


@pytest.fixture
def classifier(save_tiny):
    return Classifier.load(save_tiny("classifier"))


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def ways(pixels, folder):
    """The same picture in every form."""
    image = Image.fromarray(pixels)
    path = folder / "picture.png"
    image.save(path)
    tensor = torch.from_numpy(pixels)
    return {
        "a path": path,
        "a path as text": str(path),
        "a file's bytes": path.read_bytes(),
        "a picture": image,
        "a file opened by Pillow": Image.open(path),
        "an array": pixels,
        "a batch": pixels[None],
        "channels first": np.ascontiguousarray(pixels.transpose(2, 0, 1)),
        "with transparency": np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 255, np.uint8)], 2),
        "floats": pixels / 255,
        "small floats": (pixels / 255).astype(np.float32),
        "16 bits": pixels.astype(np.uint16) * 257,
        "16 bits, the other end first": (pixels.astype(np.uint16) * 257).astype(">u2"),
        "a tensor, channels last": tensor,
        "a tensor": tensor.permute(2, 0, 1),
        "a tensor's batch": tensor.permute(2, 0, 1)[None],
        "a tensor of floats": tensor.permute(2, 0, 1) / 255,
        "one that lies backwards in memory": pixels[:, ::-1].copy()[:, ::-1],
    }


def test_every_form_of_a_picture_gives_the_same_row(classifier, pixels, tmp_path):
    forms = ways(pixels, tmp_path)
    expected = classifier.predict(Image.fromarray(pixels))
    assert expected.shape == (1, 3)
    for name, form in forms.items():
        assert np.array_equal(classifier.predict(form), expected), name
    together = classifier.predict(list(forms.values()))
    assert together.shape == (len(forms), 3) and np.allclose(together, expected, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_batch_of_the_right_size_is_what_each_of_it_is_alone(save_tiny, channels):
    made = Classifier.load(save_tiny("classifier"))
    digits = Classifier(made.network, {**made.config, "dataset": "mnist", "channels": 1})
    classifier = digits if channels == 1 else made
    batch = np.random.default_rng(0).integers(0, 256, (5, 32, 32, channels), np.uint8)
    batch[0, [0, -1]], batch[0, :, [0, -1]] = 250, 250  # dark on light: turned where digits are
    alone = torch.cat([classifier.prepare(Image.fromarray(image.squeeze())) for image in batch])
    assert torch.equal(classifier.prepare(batch), alone)
    assert torch.equal(classifier.prepare(torch.from_numpy(batch).permute(0, 3, 1, 2)), alone)
    assert torch.equal(classifier.prepare(batch), torch.from_numpy(batch).permute(0, 3, 1, 2)) == (channels == 3)


def test_grey_pictures_need_no_channels(classifier):
    grey = np.random.default_rng(0).integers(0, 256, (32, 32), np.uint8)
    seen = classifier.prepare(grey)
    assert seen.shape == (1, 3, 32, 32) and (seen[0] == torch.from_numpy(grey)).all()
    assert torch.equal(
        classifier.prepare([grey, grey[:, :, None], torch.from_numpy(grey)[None]])[1:], seen.repeat(2, 1, 1, 1)
    )


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_lies_upright_by_every_way_in(classifier, pixels, tmp_path, turn, capsys):
    exif = Image.Exif()
    exif[TURNED] = turn
    path = tmp_path / "turned.jpg"
    path.write_bytes(encode(Image.fromarray(pixels), "JPEG", exif=exif, quality=95))
    found = classifier.predict(path)
    for form in (path.read_bytes(), Image.open(path), Image.open(io.BytesIO(path.read_bytes()))):
        assert np.array_equal(classifier.predict(form), found)
    assert main(["classify", str(classifier.folder), str(path), "--json"]) == 0
    best = classifier.top(found[0], 1)[0]
    assert f'{{"class": "{best["class"]}", "probability": {best["probability"]}' in capsys.readouterr().out


def test_sixteen_bits_that_use_twelve_are_as_bright_as_in_a_file(classifier, tmp_path):
    deep = np.random.default_rng(0).integers(0, 4096, (32, 32), np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert torch.equal(classifier.prepare(deep), classifier.prepare(tmp_path / "deep.png"))
    assert classifier.prepare(deep).max() > 250


def test_many_files_are_decoded_few_at_a_time(classifier, tmp_path, monkeypatch):
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(encode(picture(number)))
    paths = sorted(tmp_path.glob("*.png"))
    whole = classifier.predict(paths)
    monkeypatch.setattr("genclass.models.classifier.CHUNK", 2)
    read, most = [], []
    monkeypatch.setattr(
        pictures, "read_noted", lambda path, *_: read.append(path) or (Image.open(path).convert("RGB"), ())
    )
    answer = classifier.answer
    monkeypatch.setattr(classifier, "answer", lambda images: most.append(len(read)) or answer(images))
    assert np.allclose(classifier.predict(paths), whole, atol=1e-6) and most == [2, 4, 6]


def test_nothing_gives_no_rows(classifier):
    for nothing in ([], (), np.zeros((0, 32, 32, 3), np.uint8), np.zeros((0, 8, 8, 1), np.float32)):
        assert classifier.predict(nothing).shape == (0, 3) and classifier.prepare(nothing).shape == (0, 3, 32, 32)


@pytest.mark.parametrize(
    "given",
    [None, 5, {"path": "a.png"}, [None], [[1, 2]], np.zeros(5, np.uint8), np.zeros((2, 40, 40), np.uint8),
     np.zeros((4, 4, 3), np.int64), np.zeros((4, 4, 3), bool), np.zeros((0, 4), np.uint8), np.full((4, 4), 255.0),
     np.full((4, 4), -1.0), torch.zeros(1, 2, 3, 4, 5), torch.zeros(3, 4, 4, dtype=torch.int64),
     np.array([object()])],
)  # fmt: skip
def test_anything_else_ends_in_a_sentence(classifier, given):
    assert code_of(classifier.predict, given) == "not_pictures"


def test_what_was_given_is_named(classifier):
    with pytest.raises(GenClassError, match="int64 of 4 × 4 × 3"):
        classifier.predict(np.zeros((4, 4, 3), np.int64))
    with pytest.raises(GenClassError, match="from -1 to 3"):
        classifier.predict(np.array([[-1.0, 3.0]]))


def test_what_can_not_be_read_ends_in_its_own_sentence(classifier, tmp_path):
    (tmp_path / "no.png").write_text("no picture")
    assert code_of(classifier.predict, tmp_path / "no.png") == "not_an_image"
    assert code_of(classifier.predict, tmp_path / "none.png") == "missing_file"
    assert code_of(classifier.predict, "a\0b") == "missing_file"
    assert code_of(classifier.predict, tmp_path) == "many_pictures"
    (tmp_path / "empty").mkdir()
    assert code_of(classifier.predict, tmp_path / "empty") == "empty_folder"
    assert code_of(classifier.predict, np.full((4, 4), np.nan)) == "not_finite"


def test_of_a_file_cut_short_there_is_a_word(classifier, tmp_path, caplog):
    data = encode(picture(size=48), "JPEG")[:-20]
    (tmp_path / "cut.jpg").write_bytes(data)
    rows = classifier.predict([tmp_path / "cut.jpg", data, Image.open(tmp_path / "cut.jpg")])
    assert np.array_equal(rows[0], rows[1]) and np.array_equal(rows[0], rows[2])
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3 and told[0].startswith(f"{tmp_path / 'cut.jpg'}: This file is cut short")
