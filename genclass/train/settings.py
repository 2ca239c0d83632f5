"""What can be trained and how: settings as dataclasses, presets by name, a request checked as a whole.

Knows nothing about tensors: a page can show all this without importing torch's machinery.
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genclass.data import catalog
from genclass.errors import GenClassError, check_choice, check_number
from genclass.models.store import NAME
from genclass.networks.cnn import CLASSIFIERS
from genclass.networks.gan import GANS
from genclass.networks.losses import LOSSES
from genclass.train.naming import slug

DEVICES = ("cpu", "cuda")
MAX_MINUTES = 7 * 24 * 60
# Settings that runs and checkpoints of earlier versions name otherwise.
RENAMED = {"rate": "learning_rate", "discriminator_rate": "discriminator_learning_rate"}


@dataclass(frozen=True)
class ClassifierSettings:
    """How a classifier is trained. A setting that is None in a preset does not apply to its architecture.

    Attributes:
        epochs: passes over the training set.
        batch: images in a step.
        optimizer: ``nesterov`` (SGD with momentum 0.85, triangular learning rate) or ``adam`` (a constant one).
        learning_rate: peak learning rate, for losses that are means over the batch.
        weight_decay: L2 penalty's factor.
        label_smoothing: part of the target spread over all classes.
        shift: most pixels by which an image is shifted.
        flip: mirror every image in every other epoch; predict on both.
        cutout: side of a square that is blanked in every image, in pixels.
        width: channels of the first block.
        depth: convolutions of a block.
        image_size: side to which images of one's own are cropped and resized; named sets keep theirs.
        holdout: training images kept away and tested on instead of the test set, to choose settings by.
        transfer: go on with a shipped classifier: its last block and a new last layer learn, the rest stays. It takes
            seconds, so that minutes are only the most that it may take.
        backbone: with which model ``transfer`` begins, by its name: a shipped one or one that was fetched from timm;
            ``auto`` for the shipped one that does better on images that are left out.
    """

    architecture: str
    epochs: float
    batch: int
    optimizer: str
    learning_rate: float
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    shift: int = 0
    flip: bool = False
    cutout: int = 0
    width: int | None = None
    depth: int | None = None
    image_size: int | None = 32
    holdout: int = 0
    transfer: bool = False
    backbone: str | None = None


@dataclass(frozen=True)
class GanSettings:
    """How a GAN is trained. A setting that is None in a preset does not apply to its architecture.

    Attributes:
        epochs: passes over the training set.
        batch: real images in a step; as many are generated.
        loss: a key of ``losses.LOSSES``.
        learning_rate: the generator's learning rate (Adam).
        discriminator_learning_rate: the discriminator's.
        beta1, beta2: Adam's averaging factors.
        ema_images: half-life, in images, of the averaged generator that is sampled from.
        penalty: factor on the R1 penalty.
        flip: mirror real images at random.
        z_dim: numbers in a latent vector.
        width, discriminator_width: channels of the widest maps' layers.
        features: let the discriminator see the maps of a shipped classifier beside the pixels.
        augment: change what the discriminator sees, real and generated, so that few images last longer.
        fall: share of the run, at its end, over which both learning rates fall to 0.
        image_size: side to which images of one's own are cropped and resized; named sets keep theirs. None: that of the
            shipped GAN.
        transfer: go on with a shipped GAN of as many channels, of whose layers larger images get more.
    """

    architecture: str
    epochs: float
    batch: int
    loss: str
    learning_rate: float
    discriminator_learning_rate: float
    beta1: float
    beta2: float
    ema_images: int
    penalty: float | None = None
    flip: bool = False
    z_dim: int | None = 100
    width: int | None = None
    discriminator_width: int | None = None
    features: bool | None = None
    augment: bool = False
    fall: float = 0.0
    image_size: int | None = 32
    transfer: bool = False


Settings = ClassifierSettings | GanSettings
AUTO = "auto"
AIRNET = ClassifierSettings("airnet", 10, 256, "nesterov", 0.375, 0.0013, 0.2, 2, True, width=32, depth=2)
GAN = GanSettings("gan", 5, 32, "non-saturating", 5e-4, 4e-4, 0.5, 0.99, 5_000, 0.01, True, 64, 32, 64, True)
# A preset is one entry here; what it is for is said in the page's words as ``preset_<name>``, which it can do without.
PRESETS: dict[str, dict[str, Settings]] = {
    "classifier": {
        "airnet": AIRNET,
        # Points on the curve of accuracy against time, made for the full CIFAR-10 (benchmarks/RESULTS.md).
        "sprint": dataclasses.replace(AIRNET, epochs=0.8, batch=64, shift=0, width=16),
        "minute": dataclasses.replace(AIRNET, epochs=3.25),
        "ninety": dataclasses.replace(AIRNET, epochs=5, width=48),
        "record": dataclasses.replace(AIRNET, epochs=20, width=64, cutout=8),
        "classic-cnn": ClassifierSettings("classic-cnn", 10, 32, "adam", 0.001),
        # For few images of one's own (benchmarks/transfer.py).
        "transfer": dataclasses.replace(
            AIRNET,
            epochs=60,
            batch=32,
            learning_rate=0.03,
            width=None,
            depth=None,
            image_size=224,
            transfer=True,
            backbone=AUTO,
        ),
    },
    "gan": {
        # For minutes on few cores: of small networks that see many images more comes out (benchmarks/RESULTS.md).
        "quick": dataclasses.replace(
            GAN,
            epochs=10,
            learning_rate=1e-3,
            discriminator_learning_rate=8e-4,
            width=16,
            discriminator_width=32,
            features=False,
        ),
        "gan": GAN,
        # For 64 pixels and more.
        "projected-gan": dataclasses.replace(
            GAN,
            architecture="projected-gan",
            epochs=20,
            loss="hinge",
            beta1=0.0,
            ema_images=10_000,
            fall=0.2,
            image_size=64,
        ),
        "classic-gan": GanSettings("classic-gan", 3, 64, "non-saturating", 2e-4, 2e-4, 0.5, 0.99, 10_000, 1.0),
        "transfer": dataclasses.replace(
            GAN,
            epochs=100,
            learning_rate=2e-4,
            discriminator_learning_rate=2e-4,
            ema_images=2_000,
            z_dim=None,
            width=None,
            discriminator_width=None,
            features=None,
            image_size=None,  # that of the shipped GAN
            augment=True,
            transfer=True,
        ),
    },
}

# The preset of each kind that the command line begins with, which takes its time; the page begins with the first.
LASTING = {"classifier": "airnet", "gan": "gan"}

# (least, most) of each numeric setting
RANGES: dict[str, tuple[float, float]] = {
    "epochs": (0.01, 10_000),
    "batch": (2, 4096),
    "learning_rate": (1e-6, 10),
    "discriminator_learning_rate": (1e-6, 10),
    "weight_decay": (0, 1),
    "label_smoothing": (0, 0.9),
    "shift": (0, 8),
    "cutout": (0, 32),
    "width": (4, 256),
    "depth": (2, 3),
    "discriminator_width": (4, 512),
    "z_dim": (1, 1024),
    "beta1": (0, 0.999),
    "beta2": (0, 0.9999),
    "ema_images": (1, 10_000_000),
    "penalty": (0, 1000),
    "holdout": (0, 50_000),
    "fall": (0, 1),
}
IMAGE_SIZES = (32, 48, 64, 96, 128, 160, 224)
CHOICES = {"optimizer": ("adam", "nesterov"), "loss": tuple(LOSSES)}


@dataclass(frozen=True)
class Request:
    """What was asked of a training run, in plain values.

    Attributes:
        kind: ``classifier`` or ``gan``.
        data: a data set's name, or the path of a folder or zip.
        preset: a key of ``PRESETS[kind]``.
        overrides: settings that differ from the preset's, under today's names or earlier ones.
        minutes: length in minutes instead of epochs, or None.
        seed: 0 to 2³²-1.
        threads: CPU threads, or None for as many as there are cores.
        name: the run's public name, or None for ``<data set>-<preset>``.
        classes_from: of a folder or zip, which reading of its classes is taken; None for the likeliest.
    """

    kind: str
    data: str
    preset: str
    overrides: dict[str, Any] = field(default_factory=dict)
    minutes: float | None = None
    seed: int = 0
    device: str = "cpu"
    threads: int | None = None
    name: str | None = None
    classes_from: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "overrides", renamed(self.overrides))
        check_choice("kind", self.kind, tuple(PRESETS))
        check_choice("device", self.device, DEVICES)
        check_number("seed", self.seed, 0, 2**32 - 1, whole=True)
        if self.minutes is not None:
            check_number("minutes", self.minutes, 0.05, MAX_MINUTES)
        if self.minutes is not None and "epochs" in self.overrides:
            raise GenClassError("both_lengths")
        if not isinstance(self.classes_from, str | None):
            raise GenClassError("not_text", field="classes_from")
        if self.threads is not None:
            check_number("threads", self.threads, 1, 1024, whole=True)
        self.settings()

    def settings(self) -> Settings:
        """The preset with the overrides.

        Raises:
            GenClassError: ``unknown_preset``, ``unknown_setting``, or as the values are checked.
        """
        presets = PRESETS[self.kind]
        if not isinstance(self.preset, str) or self.preset not in presets:
            raise GenClassError(
                "unknown_preset", kind=self.kind, name=str(self.preset)[:60], choices=", ".join(presets)
            )
        settings = presets[self.preset]
        if not catalog.is_mirrored(self.data):
            settings = dataclasses.replace(settings, flip=False)
        row = catalog.find(self.data)
        if row is not None and settings.image_size is not None:
            settings = dataclasses.replace(settings, image_size=row.image_size)
        allowed = adjustable(settings)
        for name in self.overrides:
            if name not in allowed:
                raise GenClassError("unknown_setting", preset=self.preset, name=name[:60], choices=", ".join(allowed))
        checked = {name: _check(name, value, getattr(settings, name)) for name, value in self.overrides.items()}
        if row is not None and checked.get("image_size") not in (None, row.image_size):
            raise GenClassError("own_size", name=row.name, size=row.image_size)
        return _fitting(dataclasses.replace(settings, **checked))


def _fitting(settings: Settings) -> Settings:
    """The settings, whose image size must be one that the architecture can do."""
    size, largest = settings.image_size or 0, _largest(settings)
    if size > largest:
        raise GenClassError("too_large_for", architecture=settings.architecture, size=size, largest=largest)
    return settings


def _largest(settings: Settings) -> int:
    known = GANS[settings.architecture].generator if isinstance(settings, GanSettings) else None
    return (known or CLASSIFIERS[settings.architecture]).largest


def sizes(settings: Settings) -> list[int]:
    """Sides to which images of one's own can be made: what the architecture can do."""
    return [side for side in IMAGE_SIZES if side <= _largest(settings)]


def usual_size(settings: Settings) -> int:
    """To which side images of one's own are made."""
    return settings.image_size or IMAGE_SIZES[0]


def renamed(settings: dict[str, Any]) -> dict[str, Any]:
    """A dict of settings under today's names, which an earlier version may have written."""
    return {RENAMED.get(name, name): value for name, value in settings.items()}


def adjustable(settings: Settings) -> list[str]:
    """Names of the settings that apply to a preset and may be overridden; another architecture is another preset."""
    values = dataclasses.asdict(settings)
    return [
        name
        for name, value in values.items()
        if (value is not None or name == "image_size") and name not in ("architecture", "transfer")
    ]


def _check(name: str, value: Any, usual: Any) -> Any:
    """A setting's value checked, in the type of its usual one."""
    if name in CHOICES:
        return check_choice(name, value, CHOICES[name])
    if name == "image_size":
        if isinstance(value, bool) or value not in (*IMAGE_SIZES, usual):
            raise GenClassError("bad_choice", field=name, choices=", ".join(map(str, IMAGE_SIZES)))
        return value
    if isinstance(usual, str):
        if not isinstance(value, str) or not NAME.match(value):
            raise GenClassError("bad_name", name=str(value)[:60])
        return value
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise GenClassError("bad_choice", field=name, choices="true, false")
        return value
    return check_number(name, value, *RANGES[name], whole=isinstance(usual, int) and name != "epochs")


def default_name(request: Request) -> str:
    """``<data set>-<preset>``, made to fit the rules for names."""
    stem = request.data if catalog.find(request.data) else Path(request.data).stem
    return slug(f"{stem}-{request.preset}")
