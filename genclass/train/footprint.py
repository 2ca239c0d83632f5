"""What a run takes of memory and time, known before it begins: its networks are laid out without memory for them."""

import contextlib
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch.utils.flop_counter import FlopCounterMode

from genclass.data import catalog
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.networks.gan import GANS
from genclass.networks.protocols import Generator, Network
from genclass.networks.timm_backbone import TimmBackbone
from genclass.train import classifier, finetune, gan_architecture, machine, photos
from genclass.train.machine import Shape
from genclass.train.presets import AUTO, ClassifierSettings, GanSettings, Settings
from genclass.train.settings import Request

PROCESS = 450_000_000  # bytes of a training process beside its images and networks
OF_WEIGHTS = 5  # times their bytes: they, what was averaged of them, their gradients and two averages of those
OF_PHOTOS = 1_000_000_000  # bytes of photos of 224×224 that pass a network together: a run took 1.7 GB
OF_MAPS = 1.5  # times what is kept of a batch for its gradients, which have to lie somewhere too


@dataclass(frozen=True)
class Step:
    """What one step takes.

    Attributes:
        flop: floating-point operations, of which a multiply-add counts as two.
        memory: bytes that the process holds meanwhile, less the images of its set.
    """

    flop: float
    memory: float


def memory(request: Request, shape: Shape, images: int) -> int | None:
    """Bytes that a run on so many images takes at most, about; None where a model is needed that can't be read."""
    settings, step = request.settings(), of_step(request, shape)
    taken = None if step is None else step.memory
    if isinstance(settings, ClassifierSettings) and settings.transfer:
        taken = _going_on(settings, shape, images)
    channels, side, _ = shape
    return None if taken is None else round(PROCESS + taken + images * channels * side**2)


def _going_on(settings: ClassifierSettings, shape: Shape, images: int) -> float | None:
    """Bytes of what the early stages of a network for photos make of all images, and of what learns on that; None
    where it is not on this machine."""
    name = store.KNOWS_MOST if settings.backbone == AUTO else str(settings.backbone)
    try:
        with torch.device("meta"):
            network = checkpoint.build(checkpoint.read_config(store.find_named(name)))
            if not isinstance(network, TimmBackbone):
                return None
            maps = network.early(torch.empty(settings.batch, 3, *[photos.side_of(shape[1])] * 2))
            _, learnt = _passed(network.late, maps)
    except GenClassError:
        return None
    kept = images * photos.VIEWS if images <= photos.KEPT else 0
    passed = OF_PHOTOS * (photos.side_of(shape[1]) / photos.SIDES[1]) ** 2
    return kept * maps[0].numel() * maps.element_size() + passed + _held([network], learnt)


def seconds_per_step(request: Request, shape: Shape) -> float | None:
    """What was measured of such steps on this machine or, by the work that there is in one, of others of the preset;
    None where there is neither."""
    measured = machine.seconds_known(request, shape)
    if measured is not None:
        return measured
    step = of_step(request, shape)
    others = [] if step is None else list(filter(None, (_speed(request, name) for name in catalog.bundled())))
    if step is None or not others:
        return None
    flop, seconds = min(others, key=lambda one: abs(math.log(one[0] / step.flop)))
    return seconds * step.flop / flop


def _speed(request: Request, name: str) -> tuple[float, float] | None:
    """(FLOP, seconds) of a step of a preset on a named set, where it was measured."""
    usual = Request(request.kind, name, request.preset, device=request.device, threads=request.threads)
    seconds, step = machine.seconds_known(usual, machine.named_shape(name)), of_step(usual, machine.named_shape(name))
    return None if seconds is None or step is None else (step.flop, seconds)


def of_step(request: Request, shape: Shape) -> Step | None:
    """A step on images of a shape; None where it goes on with a classifier, or a model is needed that can't be read."""
    settings = request.settings()
    if isinstance(settings, ClassifierSettings) and settings.transfer:
        return None
    with contextlib.suppress(GenClassError):
        return _step(settings, request.data, shape)
    return None


@functools.lru_cache(256)  # the page asks whenever something is chosen, and one takes half a second
def _step(settings: Settings, data: str, shape: Shape) -> Step:
    with torch.device("meta"):
        config = _config(settings, data, shape)
        if isinstance(settings, ClassifierSettings):
            return _classifier_step(config, settings)
        return _gan_step(config, settings)


def _config(settings: Settings, data: str, shape: Shape) -> dict[str, Any]:
    """As much of the model's config.json as its networks are built from."""
    channels, side, classes = shape
    none = torch.empty(0, channels, side, side)
    imageset = ImageSet(data, [str(label) for label in range(classes)], none, none, none, none)
    kind = "gan" if isinstance(settings, GanSettings) else "classifier"
    if isinstance(settings, GanSettings):
        conditional = GANS[settings.architecture].generator.conditional
        goes_on = settings.transfer
        found = finetune.architecture(imageset) if goes_on else gan_architecture.architecture(settings, imageset)
    else:
        conditional, found = True, classifier.architecture(settings)
    return {"name": "", "kind": kind, "classes": imageset.classes if conditional else [],
            "channels": channels, "image_size": side, "architecture": found}  # fmt: skip


def _classifier_step(config: dict[str, Any], settings: ClassifierSettings) -> Step:
    network = checkpoint.build(config)
    flop, maps = _passed(network, _images(config, settings.batch))
    return Step(3 * flop, _held([network], maps))


def _gan_step(config: dict[str, Any], settings: GanSettings) -> Step:
    """The generator forwards and back; then the discriminator, on real and generated images for itself, and on
    generated ones for the generator."""
    generator, discriminator = cast(Generator, checkpoint.build(config)), checkpoint.build(config, "discriminator")
    classes = len(config["classes"])
    weights = torch.empty(2 * settings.batch, classes) if classes else None
    half = None if weights is None else weights[: settings.batch]
    drawn, drawn_maps = _passed(generator, torch.empty(settings.batch, generator.z_dim), half)
    judged, judged_maps = _passed(discriminator, _images(config, 2 * settings.batch), weights)
    return Step(3 * drawn + 4.5 * judged, _held([generator, discriminator], drawn_maps + judged_maps))


def _images(config: dict[str, Any], count: int) -> torch.Tensor:
    return torch.empty(count, config["channels"], config["image_size"], config["image_size"])


def _held(networks: list[Network], maps: int) -> float:
    weights = sum(value.numel() * value.element_size() for one in networks for value in one.state_dict().values())
    return OF_WEIGHTS * weights + OF_MAPS * maps


def _passed(network: Callable[..., torch.Tensor], *inputs: torch.Tensor | None) -> tuple[int, int]:
    """(FLOP of a pass forwards, bytes that are kept of it for the gradients)."""
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[id(storage)] = storage  # of several tensors that share one
        return tensor

    with FlopCounterMode(display=False) as counter, torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one):
        network(*inputs)
    return counter.get_total_flops(), sum(storage.nbytes() for storage in kept.values())
