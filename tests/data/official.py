"""Small archives in the layout of the official ones, and a network that sends them to torchvision."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import urllib.error
import urllib.request
import zipfile

import numpy as np
from PIL import Image
from scipy.io import savemat

from genclass.data import class_names

RANDOM = np.random.default_rng(0)


def pixels(*shape):
    return RANDOM.integers(0, 256, shape, dtype=np.uint8)


def jpeg(width=120, height=100):
    """Bytes of a photo."""
    buffer = io.BytesIO()
    Image.fromarray(pixels(height // 20, width // 20, 3)).resize((width, height)).save(buffer, "JPEG")
    return buffer.getvalue()


def tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def matlab(**arrays):
    buffer = io.BytesIO()
    savemat(buffer, arrays)
    return buffer.getvalue()


def idx(array):
    """The format of MNIST's files."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes())


def cifar100():
    parts = {"train": [0, 99, 5], "test": [7, 3]}
    files = {
        name: pickle.dumps({"data": pixels(len(labels), 3072), "fine_labels": labels}) for name, labels in parts.items()
    }
    inside = {**files, "meta": pickle.dumps({"fine_label_names": list(class_names.CIFAR100)})}
    return {"cifar-100-python.tar.gz": tar({f"cifar-100-python/{name}": inside[name] for name in inside})}, inside


def svhn():
    labels = {"train": [1, 10, 2], "test": [9, 10]}  # 10 stands for 0
    return {
        f"{part}_32x32.mat": matlab(X=pixels(32, 32, 3, len(y)), y=np.array(y, np.uint8)[:, None])
        for part, y in labels.items()
    }, {}


def kmnist():
    parts = {"train": [0, 9, 4], "t10k": [2, 1]}
    images = {f"{part}-images-idx3-ubyte.gz": idx(pixels(len(y), 28, 28)) for part, y in parts.items()}
    labels = {f"{part}-labels-idx1-ubyte.gz": idx(np.array(y, np.uint8)) for part, y in parts.items()}
    return images | labels, {}


def eurosat():
    folders = ("AnnualCrop", "Forest", "HerbaceousVegetation", "Highway", "Industrial", "Pasture", "PermanentCrop",
               "Residential", "River", "SeaLake")  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for folder in folders:
            for number in range(1, 6):
                archive.writestr(f"2750/{folder}/{folder}_{number}.jpg", jpeg(64, 64))
    return {"EuroSAT.zip": buffer.getvalue()}, {}


def stl10():
    labels = {"train_y.bin": bytes([1, 10, 3]), "test_y.bin": bytes([2, 4])}
    counts = {"train_X.bin": 3, "test_X.bin": 2, "unlabeled_X.bin": 1}
    inside = labels | {name: pixels(count, 3, 96, 96).tobytes() for name, count in counts.items()}
    return {"stl10_binary.tar.gz": tar({f"stl10_binary/{name}": inside[name] for name in inside})}, inside


def flowers102():
    photos = tar({f"jpg/image_{number:05}.jpg": jpeg() for number in range(1, 7)})
    splits = matlab(trnid=np.array([[1, 6]]), valid=np.array([[3, 5]]), tstid=np.array([[2, 4]]))
    return {"102flowers.tgz": photos, "imagelabels.mat": matlab(labels=np.array([[1, 2, 102, 7, 8, 4]])),
            "setid.mat": splits}, {}  # fmt: skip


def pets():
    parts = {
        "trainval": {"Abyssinian_1": 1, "yorkshire_terrier_9": 37, "pug_3": 26},
        "test": {"pug_4": 26, "Bombay_2": 8},
    }
    photos = tar({f"images/{name}.jpg": jpeg() for names in parts.values() for name in names})
    lists = {f"annotations/{part}.txt": "".join(f"{name} {label} 1 1\n" for name, label in names.items()).encode()
             for part, names in parts.items()}  # fmt: skip
    return {"images.tar.gz": photos, "annotations.tar.gz": tar(lists)}, {}


SETS = {"cifar100": cifar100, "svhn": svhn, "kmnist": kmnist, "eurosat": eurosat, "stl10": stl10,
        "flowers102": flowers102, "oxford-pets": pets}  # fmt: skip


class Network:
    """Sends the files of a set by the last part of their address, whole or cut off; takes the place of urllib's.

    Attributes:
        asked: names of the files that were sent, in order.
        cut: a name of which only half comes.
        down: whether nothing can be reached.
    """

    def __init__(self, files, inside, monkeypatch):
        from torchvision.datasets import utils

        self.files, self.asked, self.cut, self.down = files, [], None, False
        self.whole = {hashlib.md5(content).hexdigest() for content in [*files.values(), *inside.values()]}
        monkeypatch.setattr(urllib.request, "urlopen", self.open)
        # The official hashes are of the official files: that a file is one of these is what is checked instead.
        monkeypatch.setattr(utils, "check_md5", lambda path, md5: self._hash(path) in self.whole)

    @staticmethod
    def _hash(path):
        with open(path, "rb") as file:
            return hashlib.md5(file.read()).hexdigest()

    def open(self, request):
        if self.down:
            raise urllib.error.URLError("no network")
        name = request.full_url.rsplit("/", 1)[1]
        content = self.files[name]
        if request.headers.get("Method") != "HEAD":  # torchvision's way of asking where an address leads
            self.asked.append(name)
        return Response(content[: len(content) // 2] if name == self.cut else content, request.full_url)


class Response(io.BytesIO):
    def __init__(self, content, url):
        super().__init__(content)
        self.url, self.length = url, len(content)
