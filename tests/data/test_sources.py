"""From a name, a folder or a zip to an image set."""

import pytest
import torch
from PIL import Image

from genclass.data import catalog, sources
from genclass.data.imageset import save_packed
from genclass.errors import GenClassError
from tests.helpers import code_of, files_below, zip_of
from tests.stand_ins import random_images, small_set


@pytest.mark.parametrize(
    ("name", "shape"),
    [("cifar10-mini", (3, 32, 32)), ("fashion-mnist-mini", (1, 28, 28)), ("avatars-mini", (3, 64, 64))],
)
def test_bundled_sets_have_equal_parts(name, shape):
    imageset = sources.load(name)
    assert imageset.train_images.shape == (5000, *shape) and imageset.test_images.shape == (1000, *shape)
    assert imageset.train_images.dtype == torch.uint8 and imageset.train_images.is_contiguous()
    assert torch.bincount(imageset.train_labels).tolist() == [500] * 10
    assert torch.bincount(imageset.test_labels).tolist() == [100] * 10
    assert len(set(imageset.classes)) == 10


@pytest.mark.parametrize("name", catalog.bundled())
def test_bundled_images_differ(name):
    images = sources.load(name).train_images.flatten(1)
    # an emoji of fun-emoji has 1,350 forms: of 500 some are the same
    assert len(images.unique(dim=0)) > (4850 if name == "avatars-mini" else 4990)


def test_full_set_is_read_from_its_packed_file(tmp_path, monkeypatch):
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    save_packed(small_set(), tmp_path / "mnist.safetensors")
    loaded = sources.load("mnist")
    assert torch.equal(loaded.train_images, small_set().train_images) and loaded.classes == small_set().classes
    assert [path.name for path in tmp_path.iterdir()] == ["mnist.safetensors"]


def test_a_failed_download_names_the_bundled_set(tmp_path, monkeypatch):
    from torchvision import datasets

    def offline(*arguments, **options):
        raise OSError("no network")

    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    monkeypatch.setattr(datasets, "CIFAR10", offline)
    with pytest.raises(GenClassError, match="cifar10-mini"):
        sources.load("cifar10")


def test_a_download_is_packed_in_channels_first(tmp_path, monkeypatch):
    from torchvision import datasets

    class Fake:
        def __init__(self, root, train, download):
            self.data = random_images(4 if train else 2).permute(0, 2, 3, 1).numpy()
            self.targets = [1, 0, 1, 0] if train else [1, 1]

    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    monkeypatch.setattr(datasets, "CIFAR10", Fake)
    loaded = sources.load("cifar10")
    assert torch.equal(loaded.train_images, random_images(4)) and loaded.test_labels.tolist() == [1, 1]
    assert sources.load("cifar10").classes == list(catalog.SETS["cifar10"].classes)


def test_unknown_name_lists_the_choices():
    with pytest.raises(GenClassError, match="cifar10-mini"):
        sources.load("imagenet")


def test_folder_gives_classes_and_holds_out_every_fifth(image_folder):
    imageset = sources.load(image_folder(("dog", "cat"), count=10))
    assert imageset.name == "pets" and imageset.classes == ["cat", "dog"]
    assert torch.bincount(imageset.train_labels).tolist() == [8, 8]
    assert torch.bincount(imageset.test_labels).tolist() == [2, 2]
    assert imageset.train_images.shape[1:] == (3, 32, 32)


def test_zip_equals_its_folder(image_folder, tmp_path):
    folder = image_folder()
    files = files_below(folder, tmp_path) | {"__MACOSX/pets/cat/._00.png": b"resource fork"}
    zipped, plain = sources.load(zip_of(tmp_path / "pets.zip", files)), sources.load(folder)
    assert torch.equal(zipped.train_images, plain.train_images) and zipped.classes == plain.classes
    assert zipped.skipped == []


def test_grey_images_have_one_channel(image_folder):
    assert sources.load(image_folder(mode="L")).channels == 1


def test_flat_folder_has_no_classes(image_folder):
    imageset = sources.load(image_folder(("only",)) / "only")
    assert imageset.classes == [] and len(imageset.train_images) == 5


def test_loose_images_beside_class_folders_are_left_out(image_folder):
    folder = image_folder()
    Image.new("RGB", (8, 8)).save(folder / "loose.png")
    assert sources.load(folder).classes == ["cat", "dog"]


def test_unreadable_images_are_named(image_folder):
    folder = image_folder()
    (folder / "cat" / "broken.png").write_bytes(b"not a picture")
    imageset = sources.load(folder)
    assert [name.replace("\\", "/") for name in imageset.skipped] == ["cat/broken.png"]
    assert len(imageset.train_images) + len(imageset.test_images) == 12


def test_refuses_folders_and_zips_without_images(tmp_path):
    (tmp_path / "empty").mkdir()
    assert code_of(sources.load, tmp_path / "empty") == "no_images"
    (tmp_path / "fake.zip").write_bytes(b"PK nonsense")
    assert code_of(sources.load, tmp_path / "fake.zip") == "bad_zip"
    assert code_of(sources.load, zip_of(tmp_path / "none.zip", {"readme.txt": "nothing here"})) == "no_images"
