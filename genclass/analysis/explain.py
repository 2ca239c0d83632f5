"""Why a classifier says so: heat maps of a class, feature maps, adversarial steps.

Images are the small ones that the network sees: uint8 tensors [N, channels, size, size]. Captum is imported where it is
used: it takes a second.
"""

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from genclass.errors import check_choice
from genclass.files.images import to_float, to_uint8
from genclass.models.classifier import Classifier
from genclass.networks.protocols import ClassifierNetwork
from genclass.networks.timm_backbone import TimmBackbone

WINDOW = 4  # an occluded patch is a quarter of the image wide
PGD_STEPS = 10
LARGE = 96  # pixels of a side: of larger images fewer places are hidden, or it takes many seconds
Logits = Callable[[torch.Tensor], torch.Tensor]  # of floats [N, C, S, S] in 0..1


def heat(classifier: Classifier, images: torch.Tensor, classes: torch.Tensor, method: str = "grad-cam") -> torch.Tensor:
    """Where the evidence for a class lies.

    Args:
        images: uint8 [N, C, S, S].
        classes: int64 [N], the class asked of each image.
        method: a name among ``METHODS``.

    Returns:
        float32 [N, S, S], 0 to 1: 1 at the hottest pixel, 0 everywhere where nothing speaks for the class.

    Raises:
        GenClassError: ``bad_choice``.
    """
    check_choice("method", method, METHODS)
    found = METHODS[method](classifier, images, classes).clamp(min=0)
    return found / found.amax((1, 2), keepdim=True).clamp(min=1e-12)


def grad_cam(classifier: Classifier, images: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """float32 [N, S, S]: Grad-CAM (Selvaraju et al., 2017) at ``cam_stage``, the mean of image and mirror image.

    Negative values speak against the class. On 500 pairs of test images put side by side, more than half of the heat
    lies on the asked one in more pairs at this stage, and with the mirror image, than without or at the last stage.
    Networks for photos, whose last maps have 7×7 pixels, are looked into at two stages: ``layer_cam``.
    """
    if isinstance(classifier.network, TimmBackbone):
        return layer_cam(classifier, images, classes)
    from captum.attr import LayerGradCam

    x, network = classifier.normalise(images), hookable(classifier.network)
    cam = LayerGradCam(network, cam_stage(network, x))
    straight, mirrored = (
        F.interpolate(cam.attribute(view, classes).detach(), x.shape[2:], mode="bilinear")[:, 0]
        for view in (x, x.flip(3))
    )
    return (straight + mirrored.flip(2)) / 2


def layer_cam(classifier: Classifier, images: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """float32 [N, S, S]: as ``grad_cam``, with gradients that count where they are (LayerCAM, Jiang et al., 2021), at
    the last two stages of different size: the geometric mean of the coarse map and the fine one.

    On 60 pairs of ImageNet's photos side by side, of 224×224 in all, more than half of the heat lies on the asked one
    in 99 %, and 86 % of the heat on average; at the last stage alone, as Grad-CAM, in 98 %, and 81 %.
    """
    x, network = classifier.normalise(images), hookable(classifier.network)
    found: list[torch.Tensor] = []
    for stage in network.stages[-2:]:
        stage.register_forward_hook(lambda module, given, maps: found.append(maps))
    with torch.enable_grad():
        scores = network(torch.cat([x, x.flip(3)]).requires_grad_())
        gradients = torch.autograd.grad(scores.gather(1, classes.repeat(2)[:, None]).sum(), found)
    heats = [_unmirrored((maps.detach() * gradient.clamp(min=0)).sum(1), x) for maps, gradient in zip(found, gradients)]
    return torch.stack([heat / heat.amax((1, 2), keepdim=True).clamp(min=1e-12) for heat in heats]).prod(0).sqrt()


def _unmirrored(maps: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """[N, S, S], at least 0: maps [2N, h, w] of images ``x`` and their mirror images, enlarged and laid together."""
    straight, mirrored = F.interpolate(maps[:, None], x.shape[2:], mode="bilinear")[:, 0].chunk(2)
    return ((straight + mirrored.flip(2)) / 2).clamp(min=0)


def hookable(network: ClassifierNetwork) -> ClassifierNetwork:
    """A copy of a network that shares its weights: hooks on it see nothing of what other requests do meanwhile."""
    weights = (*network.parameters(), *network.buffers())
    return copy.deepcopy(network, {id(value): value for value in weights})


def cam_stage(network: ClassifierNetwork, x: torch.Tensor) -> nn.Module:
    """The coarsest stage whose maps still have at least a fifth of the image's pixels on a side."""
    maps = feature_maps(network, x[:1])
    fine = [stage for stage, found in zip(network.stages, maps) if found.shape[-1] * 5 >= x.shape[-1]]
    return fine[-1]


@torch.no_grad()
def feature_maps(network: ClassifierNetwork, x: torch.Tensor) -> list[torch.Tensor]:
    """What each stage of a network gives for normalised images: list of float32 [N, channels, h, w]."""
    network = hookable(network)
    found: list[torch.Tensor] = []
    for stage in network.stages:
        stage.register_forward_hook(lambda module, given, maps: found.append(maps))
    network(x)
    return found


def occlusion(classifier: Classifier, images: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """float32 [N, S, S]: how much the class's logit falls when a grey patch hides the pixel (Zeiler & Fergus, 2014)."""
    from captum.attr import Occlusion

    x = to_float(images)
    window = images.shape[-1] // WINDOW
    stride = max(1, window // (2 if images.shape[-1] > LARGE else 4))
    with torch.no_grad():
        found = Occlusion(classifier.raw_logits).attribute(
            x,
            sliding_window_shapes=(x.shape[1], window, window),
            strides=(x.shape[1], stride, stride),
            target=classes,
            baselines=x.mean((2, 3), keepdim=True).expand_as(x),
            perturbations_per_eval=max(1, classifier.chunk // len(x)),
        )
    return found.mean(1)


# What the page and the web API offer, by name: another method is another line here.
METHODS: dict[str, Callable[[Classifier, torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "grad-cam": grad_cam,
    "occlusion": occlusion,
}


def adversarial(
    classifier: Classifier,
    images: torch.Tensor,
    targets: torch.Tensor,
    step: float,
    method: str = "fgsm",
    towards: bool = True,
) -> torch.Tensor:
    """Change images by a step that hardly shows and that the network takes for something else.

    Args:
        images: uint8 [N, C, S, S].
        targets: int64 [N], the class to go towards, or to get away from.
        step: the most that any pixel may change, in 1/255.
        method: a name among ``ATTACKS``.

    Returns:
        uint8 [N, C, S, S], at most ``step`` from ``images`` everywhere.

    Raises:
        GenClassError: ``bad_choice``.
    """
    check_choice("method", method, ATTACKS)
    changed = ATTACKS[method](classifier.raw_logits, to_float(images).requires_grad_(), targets, step / 255, towards)
    return to_uint8(changed.detach())


def fgsm(logits: Logits, x: torch.Tensor, targets: torch.Tensor, most: float, towards: bool) -> torch.Tensor:
    """``x``, float [N, C, S, S] in 0..1, after one step of ``most`` (Goodfellow et al., 2015)."""
    from captum.robust import FGSM

    attack = FGSM(logits, _loss, lower_bound=0.0, upper_bound=1.0)
    return attack.perturb(x, epsilon=most, target=targets, targeted=towards)


def pgd(logits: Logits, x: torch.Tensor, targets: torch.Tensor, most: float, towards: bool) -> torch.Tensor:
    """``x``, float [N, C, S, S] in 0..1, after ten steps that end within ``most`` of it (Madry et al., 2018)."""
    from captum.robust import PGD

    steps = {"radius": most, "step_size": most / 4, "step_num": PGD_STEPS, "norm": "Linf"}
    attack = PGD(logits, _loss, lower_bound=0.0, upper_bound=1.0)
    return attack.perturb(x, **steps, target=targets, targeted=towards)


def _loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, targets, reduction="none")


# What the page offers, by name, as ``METHODS``.
ATTACKS: dict[str, Callable[[Logits, torch.Tensor, torch.Tensor, float, bool], torch.Tensor]] = {
    "fgsm": fgsm,
    "pgd": pgd,
}
