"""Everything that makes a sample, as a dataclass: checked, to and from JSON, a link and a PNG's text.

Knows nothing about a particular model: what only a model can judge (its classes, its dimensions) the Sampler checks.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlencode

import numpy as np

from genclass.errors import GenClassError, check_number

if TYPE_CHECKING:
    import torch

MAX_SEED = 2**32 - 1
MAX_COUNT = 100_000
MAX_SIGMA = 10
MAX_STEPS = 1000
ALL = "all"
OPTIONAL = ("mix", "latent", "to_seed", "to_class", "steps")
KEYS = ("model", "sha256", "seed", "count", "class", "truncation", "directions", *OPTIONAL)
NUMBERS = ("seed", "count", "truncation", "to_seed", "steps")


@dataclass(frozen=True)
class Recipe:
    """What makes a sample.

    Attributes:
        model: the model's name.
        sha256: hash of its weights, or None for whatever it has now.
        seed: 0 to 2³²-1; image k is drawn from ``seed + k`` alone.
        count: images, 1 to 100,000. With ``class_name="all"`` it plays no part: there is one for each class.
        class_name: a class, None (in turn), or ``"all"`` (every class on the z of ``seed``); in JSON ``class``.
        truncation: factor on z, 0 to 1: less variety, more typical images.
        directions: ``{id: σ}``, added to z after truncation; ``z<i>`` is the raw dimension i.
        mix: ``{class: share}`` of a mixture, instead of ``class_name``; shares are scaled to sum to 1.
        latent: base64 of float32 z (one for each image, or one for all) that replaces the drawn one.
        to_seed, to_class, steps: a path of 2 to 1,000 images instead of ``count``, from the z and class of image 0 to
            the z of ``to_seed`` and to ``to_class``; either may be None, and stays as it is.
    """

    model: str
    sha256: str | None = None
    seed: int = 0
    count: int = 16
    class_name: str | None = None
    truncation: float = 1.0
    directions: dict[str, float] = field(default_factory=dict)
    mix: dict[str, float] | None = None
    latent: str | None = None
    to_seed: int | None = None
    to_class: str | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        _check_text("model", self.model)
        for name in ("sha256", "class_name", "latent", "to_class"):
            if getattr(self, name) is not None:
                _check_text(name, getattr(self, name))
        self._set("seed", check_number("seed", self.seed, 0, MAX_SEED, whole=True))
        self._set("count", check_number("count", self.count, 1, MAX_COUNT, whole=True))
        self._set("truncation", check_number("truncation", self.truncation, 0, 1))
        self._set("directions", _check_map("direction", self.directions, -MAX_SIGMA, MAX_SIGMA))
        if self.mix is not None:
            self._set("mix", _check_map("mix", self.mix, 0, 1))
            if not sum(self.mix.values()) > 0:
                raise GenClassError("out_of_range", field="mix", low=0, high=1)
        self._check_path()

    def _check_path(self) -> None:
        for name, low, high in (("to_seed", 0, MAX_SEED), ("steps", 2, MAX_STEPS)):
            if getattr(self, name) is not None:
                self._set(name, check_number(name, getattr(self, name), low, high, whole=True))
        leads = self.to_seed is not None or self.to_class is not None
        if leads != (self.steps is not None) or leads and ALL in (self.class_name, self.to_class):
            raise GenClassError("bad_path")

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # how a frozen dataclass normalises itself

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """A recipe from its JSON form.

        Raises:
            GenClassError: ``bad_recipe`` for anything but a dict of known keys with ``model``; else as the
                values are checked.
        """
        if not isinstance(values, dict):
            raise GenClassError("bad_recipe", field=type(values).__name__)
        for key in values:
            if key not in KEYS:
                raise GenClassError("bad_recipe", field=str(key)[:60])
        if "model" not in values:
            raise GenClassError("bad_recipe", field="without a model it")
        return cls(**{"class_name" if key == "class" else key: value for key, value in values.items()})

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            return cls.from_dict(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise GenClassError("bad_recipe", field="JSON") from error

    @classmethod
    def from_link(cls, query: str) -> Self:
        """A recipe from a query string: a key for every scalar, ``direction=ID:X`` for each direction."""
        values: dict[str, object] = {}
        directions: dict[str, float] = {}
        mix: dict[str, float] = {}
        for key, value in parse_qsl(query.lstrip("?"), keep_blank_values=True):
            if key in ("direction", "mix"):
                name, _, number = value.rpartition(":")
                {"direction": directions, "mix": mix}[key][name] = _number(number)
            elif key in NUMBERS:
                values[key] = _number(value)
            else:
                values[key] = value
        return cls.from_dict({**values, "directions": directions, **({"mix": mix} if mix else {})})

    def to_dict(self) -> dict:
        """The JSON form, with the ``OPTIONAL`` keys only where they are set."""
        values = {key: getattr(self, "class_name" if key == "class" else key) for key in KEYS}
        return {key: value for key, value in values.items() if value is not None or key not in OPTIONAL}

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    def to_link(self) -> str:
        """The query string that ``from_link`` reads; what has its default is left out."""
        plain = Recipe(self.model).to_dict()
        scalars = [(key, value) for key, value in self.to_dict().items() if value != plain.get(key) or key == "model"]
        pairs = [(key, value) for key, value in scalars if key not in ("directions", "mix")]
        pairs += [("direction", f"{name}:{_exact(sigma)}") for name, sigma in self.directions.items()]
        pairs += [("mix", f"{name}:{_exact(share)}") for name, share in (self.mix or {}).items()]
        return urlencode(pairs)

    def drawn_latent(self, images: int, z_dim: int) -> np.ndarray | None:
        """The ``latent`` decoded: float32 [images, z_dim], or None if z is to be drawn.

        Raises:
            GenClassError: ``bad_latent``.
        """
        if self.latent is None:
            return None
        try:
            values = np.frombuffer(base64.b64decode(self.latent, validate=True), "<f4")
        except (binascii.Error, ValueError) as error:
            raise GenClassError("bad_latent", size=z_dim) from error
        if values.size not in (z_dim, images * z_dim) or not np.isfinite(values).all():
            raise GenClassError("bad_latent", size=z_dim)
        return np.broadcast_to(values.reshape(-1, z_dim), (images, z_dim)).astype(np.float32)


def encode_latent(z: "torch.Tensor | np.ndarray") -> str:
    """A ``latent`` from float32 z [N, z_dim], a tensor or an array."""
    return base64.b64encode(np.asarray(z, "<f4").tobytes()).decode()


def _check_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise GenClassError("not_text", field=field.replace("_name", ""))


def _check_map(field: str, values: object, low: float, high: float) -> dict[str, float]:
    if not isinstance(values, dict):
        raise GenClassError("bad_directions")
    return {str(name): check_number(f"{field} {name}"[:60], value, low, high) for name, value in values.items()}


def _exact(number: float) -> str:
    """The shortest text that reads as the same number."""
    return repr(number).removesuffix(".0")


def _number(text: str) -> float:
    """A link's number: whole where it is written whole.

    Raises:
        GenClassError: ``not_a_number``.
    """
    try:
        value = float(text)
    except ValueError as error:
        raise GenClassError("not_a_number", field=text[:60]) from error
    return int(value) if value.is_integer() else value
