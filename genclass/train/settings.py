"""A request for a training run: a preset, settings that differ from its own, all checked as a whole."""

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
from genclass.train.presets import PRESETS, GanSettings, Settings

DEVICES = ("cpu", "cuda")
MAX_MINUTES = 7 * 24 * 60
# Settings that runs and checkpoints of earlier versions name otherwise.
RENAMED = {"rate": "learning_rate", "discriminator_rate": "discriminator_learning_rate"}
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
        if row is not None:
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
    size, largest = settings.image_size, _largest(settings)
    if size > largest:
        raise GenClassError("too_large_for", architecture=settings.architecture, size=size, largest=largest)
    return settings


def _largest(settings: Settings) -> int:
    known = GANS[settings.architecture].generator if isinstance(settings, GanSettings) else None
    return (known or CLASSIFIERS[settings.architecture]).largest


def sizes(settings: Settings) -> list[int]:
    """Sides to which images of one's own can be made: what the architecture can do."""
    return [side for side in IMAGE_SIZES if side <= _largest(settings)]


def renamed(settings: dict[str, Any]) -> dict[str, Any]:
    """A dict of settings under today's names, which an earlier version may have written."""
    return {RENAMED.get(name, name): value for name, value in settings.items()}


def adjustable(settings: Settings) -> list[str]:
    """Names of the settings that apply to a preset and may be overridden; another architecture is another preset."""
    values = dataclasses.asdict(settings)
    return [name for name, value in values.items() if value is not None and name not in ("architecture", "transfer")]


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
