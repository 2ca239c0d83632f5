"""What the networks of a GAN are, that learns from some images."""

from pathlib import Path
from typing import Any

from genclass import paths
from genclass.data import catalog
from genclass.data.avatar_attributes import IDS
from genclass.data.imageset import ImageSet
from genclass.models import checkpoint, store
from genclass.train.presets import GanSettings

PROJECTED = "projected-gan"
FEATURES = {1: "fashion-mnist-airnet", 3: "cifar10-airnet"}  # by channels
ENLARGED = 128  # side to which smaller images are enlarged for the network that a projected discriminator sees with
LARGER = 1.5  # times a classifier's own images, from which on they are shrunk for it


def architecture(settings: GanSettings, imageset: ImageSet) -> dict[str, Any]:
    """``architecture`` of the config.json of a GAN that learns from such images."""
    found: dict[str, Any] = {"name": settings.architecture, "z_dim": settings.z_dim}
    if settings.width:
        found |= {"width": settings.width, "discriminator": {"width": settings.discriminator_width}}
    if settings.features and settings.architecture == PROJECTED:
        found["discriminator"] |= _projected(settings, imageset)
    elif settings.features:
        found["discriminator"] |= backbone(imageset, classifier_for(imageset))
    return found


def _projected(settings: GanSettings, imageset: ImageSet) -> dict[str, Any]:
    """What a projected discriminator's architecture says of the network it sees with, which it doesn't hold."""
    known = checkpoint.read_config(paths.SHIPPED / store.KNOWS_MOST)
    network = {"shipped": store.KNOWS_MOST, "sha256": known["sha256"]["model.safetensors"]}
    told = imageset.attributes is not None and (settings.z_dim or 0) >= len(IDS)
    seen = max(ENLARGED, imageset.image_size)
    return {"backbone": network, "seen": seen} | ({"attributes": len(IDS)} if told else {})


def backbone(imageset: ImageSet, folder: Path) -> dict[str, Any]:
    """What a discriminator's architecture says of the classifier inside, which sees images about as large as its own:
    of larger ones its maps would cost more than all the rest.

    Args:
        folder: the classifier's.
    """
    known = checkpoint.read_config(folder)
    found = {"backbone": {**known["architecture"], "classes": len(known["classes"])}}
    too_large = imageset.image_size >= LARGER * known["image_size"]
    return found | ({"backbone_size": known["image_size"]} if too_large else {})


def classifier_for(imageset: ImageSet) -> Path:
    """Folder of the shipped classifier that a discriminator sees with: of the same data, or as colourful."""
    own = paths.SHIPPED / f"{catalog.whole_name(imageset.name)}-airnet"
    return own if own.is_dir() else paths.SHIPPED / FEATURES[imageset.channels]
