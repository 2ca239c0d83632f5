"""How a model wants a picture made small: ``preprocess`` in its config.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from PIL import Image

from genclass.files.records import Fits, is_count, is_number, is_text

INTERPOLATIONS = {name: Image.Resampling[name.upper()] for name in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
ALIASED = ("nearest", "bilinear", "bicubic")  # that Pillow can also do without antialiasing


@dataclass(frozen=True)
class Preprocess:
    """How a picture becomes a small square.

    Attributes:
        crop_share: of the shorter side, how much is kept around the centre; of a padded picture all is.
        interpolation: a name among ``INTERPOLATIONS``.
        antialias: whether a pixel is made of all that it replaces, not of its nearest neighbours alone.
    """

    crop_share: float = 1.0
    interpolation: str = "lanczos"
    antialias: bool = True

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """As a model's config.json says. There ``resize`` are the pixels of the shorter side, of which ``image_size``
        are kept: another way to tell ``crop_share``."""
        told = dict(config.get("preprocess", {}))
        share = min(1.0, config["image_size"] / told.pop("resize", config["image_size"]))
        return cls(**{"crop_share": share, **told})

    def square(self, image: Image.Image, size: int, whole: bool = False) -> Image.Image:
        """The middle of an image, or ``whole`` of it as far as it is square, as ``size`` pixels wide and high."""
        box, method = centre(*image.size, 1.0 if whole else self.crop_share), INTERPOLATIONS[self.interpolation]
        if not self.antialias:
            return image.transform((size, size), Image.Transform.EXTENT, box, method)
        # With a reducing gap, large photos are first halved and halved again by plain means, which is far quicker.
        return image.resize((size, size), method, box=box, reducing_gap=3.0)


PLAIN = Preprocess()
# What may stand there, and how each is to be.
FIELDS: dict[str, Fits] = {
    "resize": lambda value: is_count(value) and 1 <= value <= 4096,
    "crop_share": lambda value: is_number(value) and 0.1 <= value <= 1,
    "interpolation": lambda value: is_text(value) and value in INTERPOLATIONS,
    "antialias": lambda value: isinstance(value, bool),
}


def is_preprocess(told: Any) -> bool:
    """Whether something, a stranger's even, may stand under ``preprocess``."""
    return (
        isinstance(told, dict)
        and told.keys() <= FIELDS.keys()
        and all(FIELDS[key](value) for key, value in told.items())
        and (told.get("antialias", True) or told.get("interpolation") in ALIASED)
    )


def centre(width: int, height: int, share: float = 1.0) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of the middle square of an image, ``share`` of its shorter side wide."""
    side = min(width, height) * share
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side
