"""Presets by name: what can be trained, and how, as dataclasses of settings."""

import dataclasses
from dataclasses import dataclass


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
    image_size: int = 32
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
        image_size: side to which images of one's own are cropped and resized; named sets keep theirs.
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
    image_size: int = 32
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
            architecture="projected-gan",  # of which the ImageNet network is left out
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
            learning_rate=4e-4,
            discriminator_learning_rate=4e-4,
            ema_images=2_000,
            z_dim=None,
            width=None,
            discriminator_width=None,
            features=None,
            image_size=64,
            augment=True,
            transfer=True,
        ),
    },
}

# The preset of each kind that the command line begins with, which takes its time; the page begins with the first.
LASTING = {"classifier": "airnet", "gan": "gan"}
