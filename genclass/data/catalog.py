"""The data sets that have a name: a row each, from which everything else that names them follows.

To add one, ``register`` a row; how it is got is a function of ``data/downloads.py`` or any other that gives the same.
Its words on the page, ``data_<name>`` and its classes, may come later: until then it is shown by its own names.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from genclass.data import avatars, class_names, downloads
from genclass.data.downloads import Parts

# Sets of larger photos are kept at this side, which is STL-10's own: a quarter of a gigabyte for some thousand, and
# small enough for networks that train on a laptop's processor.
PHOTO_SIDE = 96


@dataclass(frozen=True)
class DataSet:
    """One row.

    Attributes:
        name: what it is called everywhere.
        classes: class names by label.
        image_size: side in pixels.
        channels: 1 or 3.
        images: in its training part.
        fetch: gets all of it, into a folder for downloads.
        licence: its terms, as far as its authors state any.
        source: whom to cite, and where it comes from.
        mirrored: whether the mirror image of an image is still one of its class.
        light_on_black: whether it shows light things on a black ground, so that dark ones on white are to be inverted.
        bundled: images in the training part of ``<name>-mini``, which comes with the program; 0 without one.
        part_of: the name of the set that this one is the bundled part of.
        megabytes: to be downloaded for it, in millions of bytes; 0 where it is drawn here, or comes with the program.
    """

    name: str
    classes: tuple[str, ...]
    image_size: int
    channels: int
    images: int
    fetch: Callable[[Path], Parts | avatars.Parts]
    licence: str
    source: str
    mirrored: bool = True
    light_on_black: bool = False
    bundled: int = 0
    part_of: str | None = None
    megabytes: int = 0

    @property
    def mini(self) -> str | None:
        """The name of its bundled part, which may be itself; None without one."""
        return f"{self.part_of or self.name}-mini" if self.bundled else None


SETS: dict[str, DataSet] = {}


def register(row: DataSet) -> None:
    """Offer a data set, and its bundled part, by name."""
    SETS[row.name] = row
    if row.mini:
        SETS[row.mini] = replace(row, name=row.mini, images=row.bundled, part_of=row.name, megabytes=0)


def find(name: object) -> DataSet | None:
    """The row of a name; None for anything else, such as a path."""
    return SETS.get(name) if isinstance(name, str) else None


def names() -> list[str]:
    """All names, what is bundled first."""
    return [*bundled(), *(name for name, row in SETS.items() if row.part_of is None)]


def bundled() -> list[str]:
    """Names of the bundled parts."""
    return [name for name, row in SETS.items() if row.part_of]


def whole_name(name: str) -> str:
    """The name of the set that a bundled part is of; any other name as it is."""
    row = find(name)
    return row.part_of if row and row.part_of else name


def is_mirrored(name: str) -> bool:
    """Whether images of a set may be mirrored; those of one's own may."""
    row = find(name)
    return row is None or row.mirrored


def is_light_on_black(name: str) -> bool:
    """Whether a set shows light things on black; one's own is left as it is."""
    row = find(name)
    return row is not None and row.light_on_black


register(
    DataSet(
        name="cifar10",
        classes=tuple("airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck".split(",")),
        image_size=32,
        channels=3,
        images=50_000,
        fetch=functools.partial(downloads.torchvision, "CIFAR10"),
        megabytes=170,
        licence="none stated; its author asks to be cited",
        source='Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, '
        "https://www.cs.toronto.edu/~kriz/cifar.html",
        bundled=5_000,
    )
)
register(
    DataSet(
        name="fashion-mnist",
        classes=tuple("T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(",")),
        image_size=28,
        channels=1,
        images=60_000,
        fetch=functools.partial(downloads.torchvision, "FashionMNIST"),
        megabytes=31,
        licence="MIT, © 2017 Zalando SE",
        source='Xiao, Rasul & Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning '
        'Algorithms", 2017, https://github.com/zalandoresearch/fashion-mnist',
        light_on_black=True,
        bundled=5_000,
    )
)
register(
    DataSet(
        name="mnist",
        classes=tuple("0123456789"),
        image_size=28,
        channels=1,
        images=60_000,
        fetch=functools.partial(downloads.torchvision, "MNIST"),
        megabytes=12,
        licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
        source='LeCun, Cortes & Burges, "The MNIST Database of Handwritten Digits", http://yann.lecun.com/exdb/mnist/',
        mirrored=False,
        light_on_black=True,
    )
)
register(
    DataSet(
        name="cifar100",
        classes=class_names.CIFAR100,
        image_size=32,
        channels=3,
        images=50_000,
        fetch=functools.partial(downloads.torchvision, "CIFAR100"),
        megabytes=169,
        licence="none stated; its author asks to be cited",
        source='Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, '
        "https://www.cs.toronto.edu/~kriz/cifar.html",
    )
)
register(
    DataSet(
        name="svhn",
        classes=tuple("0123456789"),
        image_size=32,
        channels=3,
        images=73_257,
        fetch=functools.partial(downloads.torchvision, "SVHN", parts=downloads.BY_NAME),
        megabytes=246,
        licence="for non-commercial use only",
        source='Netzer, Wang, Coates, Bissacco, Wu & Ng, "Reading Digits in Natural Images with Unsupervised Feature '
        'Learning", 2011, http://ufldl.stanford.edu/housenumbers/',
        mirrored=False,
    )
)
register(
    DataSet(
        name="kmnist",
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        image_size=28,
        channels=1,
        images=60_000,
        fetch=functools.partial(downloads.torchvision, "KMNIST"),
        megabytes=21,
        licence="CC BY-SA 4.0, © 2018 ROIS-DS Center for Open Data in the Humanities",
        source='Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto & Ha, "Deep Learning for Classical Japanese '
        'Literature", 2018, https://github.com/rois-codh/kmnist',
        mirrored=False,
        light_on_black=True,
    )
)
register(
    DataSet(
        name="eurosat",
        classes=class_names.EUROSAT,
        image_size=64,
        channels=3,
        images=21_600,
        fetch=downloads.eurosat,
        megabytes=94,
        licence="MIT; Copernicus Sentinel-2 data are free to use",
        source='Helber, Bischke, Dengel & Borth, "EuroSAT: A Novel Dataset and Deep Learning Benchmark for Land Use '
        'and Land Cover Classification", 2019, https://github.com/phelber/eurosat',
    )
)
register(
    DataSet(
        name="stl10",
        classes=tuple("airplane,bird,car,cat,deer,dog,horse,monkey,ship,truck".split(",")),
        image_size=96,
        channels=3,
        images=5_000,
        fetch=functools.partial(downloads.torchvision, "STL10", parts=downloads.BY_NAME),
        megabytes=2640,
        licence="none stated; photos from ImageNet, its authors ask to be cited",
        source='Coates, Lee & Ng, "An Analysis of Single-Layer Networks in Unsupervised Feature Learning", 2011, '
        "https://cs.stanford.edu/~acoates/stl10/",
    )
)
register(
    DataSet(
        name="flowers102",
        classes=class_names.FLOWERS102,
        image_size=PHOTO_SIDE,
        channels=3,
        images=2_040,
        fetch=functools.partial(downloads.photos, "Flowers102", PHOTO_SIDE, ("train", "val"), ("test",)),
        megabytes=345,
        licence="none stated; its authors ask to be cited",
        source='Nilsback & Zisserman, "Automated Flower Classification over a Large Number of Classes", 2008, '
        "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/",
    )
)
register(
    DataSet(
        name="oxford-pets",
        classes=class_names.OXFORD_PETS,
        image_size=PHOTO_SIDE,
        channels=3,
        images=3_680,
        fetch=functools.partial(downloads.photos, "OxfordIIITPet", PHOTO_SIDE, ("trainval",), ("test",)),
        megabytes=811,
        licence="CC BY-SA 4.0; the photos remain their owners'",
        source='Parkhi, Vedaldi, Zisserman & Jawahar, "Cats and Dogs", 2012, https://www.robots.ox.ac.uk/~vgg/data/pets/',
    )
)
register(
    DataSet(
        name="avatars",
        classes=tuple(style.name for style in avatars.STYLES),
        image_size=avatars.SIZE,
        channels=3,
        images=len(avatars.STYLES) * avatars.TRAIN,
        fetch=avatars.fetch,
        licence="; ".join(f"{style.name} by {style.artist}: {style.licence}" for style in avatars.STYLES),
        source="drawn with the open avatar library DiceBear, https://www.dicebear.com; its styles are remixes of their "
        "artists' works: https://github.com/dicebear/styles/blob/main/LICENSE.md",
        mirrored=False,
        bundled=5_000,
    )
)
