"""Full sets by torchvision's own downloads: from small archives in the official layout, without a network."""

import errno

import pytest
import torch

from genclass.data import catalog, downloads, sources
from genclass.files import sizes
from tests.data import official
from tests.helpers import code_of

# name: (labels of the training part, of the test part)
EXPECTED = {
    "cifar100": ([0, 99, 5], [7, 3]),
    "svhn": ([1, 0, 2], [9, 0]),
    "kmnist": ([0, 9, 4], [2, 1]),
    "eurosat": ([label for label in range(10) for _ in range(4)], list(range(10))),
    "stl10": ([0, 9, 2], [1, 3]),
    "flowers102": ([0, 3, 101, 7], [1, 6]),
    "oxford-pets": ([0, 36, 25], [25, 7]),
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def network(home, monkeypatch, request):
    return official.Network(*official.SETS[request.param](), monkeypatch)


def left(home):
    """What lies in the folder of data sets, but for locks."""
    return sorted(path.name for path in home.rglob("*") if path.is_file() and path.suffix != ".lock")


each = pytest.mark.parametrize(("name", "network"), [(name, name) for name in official.SETS], indirect=["network"])


@each
def test_a_set_is_fetched_packed_and_its_archives_are_let_go(name, network, home, capfd, caplog):
    imageset, row = sources.load(name), catalog.SETS[name]
    side = (row.channels, row.image_size, row.image_size)
    assert imageset.train_images.shape[1:] == imageset.test_images.shape[1:] == side
    assert (imageset.train_labels.tolist(), imageset.test_labels.tolist()) == EXPECTED[name]
    assert imageset.train_images.dtype == torch.uint8 and imageset.classes == list(row.classes)
    assert left(home) == [f"{name}.safetensors"] and sorted(network.asked) == sorted(network.files)
    assert "100%" in capfd.readouterr().err and f"{sizes.in_words(row.megabytes * 1e6)} are downloaded" in caplog.text
    network.down = True
    assert torch.equal(sources.load(name).train_images, imageset.train_images)


@each
def test_a_download_that_is_cut_off_leaves_nothing_half_made_and_goes_on_from_whole_files(name, network, home):
    network.cut = last = list(network.files)[-1]
    assert code_of(sources.load, name) == "download_cut_off"
    whole = sorted(set(network.files) - {last})
    assert left(home) == whole
    network.cut, network.asked = None, []
    assert sources.load(name).train_labels.tolist() == EXPECTED[name][0]
    assert network.asked == [last] and left(home) == [f"{name}.safetensors"]


@each
def test_without_a_network_a_sentence_and_nothing_left(name, network, home):
    network.down = True
    assert code_of(sources.load, name) == "download_failed"
    assert left(home) == []


@each
def test_what_came_whole_before_stays_through_a_try_without_a_network(name, network, home):
    network.cut = last = list(network.files)[-1]
    code_of(sources.load, name)
    network.down = True
    assert code_of(sources.load, name) == "download_failed"
    assert left(home) == sorted(set(network.files) - {last})


@pytest.mark.parametrize("network", ["eurosat"], indirect=True)
def test_what_a_killed_process_unpacked_is_not_taken_for_a_whole_set(network, home):
    photo = home / "downloads/eurosat/eurosat/2750/Forest/Forest_1.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(official.jpeg())
    assert len(sources.load("eurosat").train_images) == 40


@pytest.mark.parametrize("name", ["flowers102", "eurosat"])
def test_a_full_disk_is_told_as_one(name, home, monkeypatch):
    def full(folder):
        (folder / "some").mkdir(parents=True)
        (folder / "some" / "half.tgz").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    row = catalog.SETS[name]
    monkeypatch.setitem(catalog.SETS, name, catalog.replace(row, fetch=full))
    assert code_of(sources.load, name) == "disk_full"
    assert left(home) == []


def test_a_download_that_is_given_up_leaves_nothing_half_made(tmp_path):
    def stopped(folder):
        folder.mkdir()
        (folder / "half.zip").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        downloads.gather(stopped, tmp_path / "set")
    assert left(tmp_path) == []
