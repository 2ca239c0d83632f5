"""Why a classifier says so: heat maps of a class, feature maps, nearest training images, adversarial steps.

Images are the small ones that the network sees: uint8 tensors [N, channels, size, size]. Captum is imported where it is
used: it takes a second.
"""

import copy

import torch
import torch.nn.functional as F

from genclass.errors import check_choice
from genclass.files.images import to_float, to_uint8

METHODS = ("grad-cam", "occlusion")
ATTACKS = ("fgsm", "pgd")
WINDOW = 4  # an occluded patch is a quarter of the image wide
PGD_STEPS = 10
CHUNK = 256


def heat(classifier, images, classes, method="grad-cam"):
    """Where the evidence for a class lies.

    Args:
        images: uint8 [N, C, S, S].
        classes: int64 [N], the class asked of each image.
        method: ``grad-cam`` or ``occlusion``.

    Returns:
        float32 [N, S, S], 0 to 1: 1 at the hottest pixel, 0 everywhere where nothing speaks for the class.

    Raises:
        GenClassError: ``bad_choice``.
    """
    check_choice("method", method, METHODS)
    found = {"grad-cam": grad_cam, "occlusion": occlusion}[method](classifier, images, classes).clamp(min=0)
    return found / found.amax((1, 2), keepdim=True).clamp(min=1e-12)


def grad_cam(classifier, images, classes):
    """float32 [N, S, S]: Grad-CAM (Selvaraju et al., 2017) at ``cam_stage``, the mean of image and mirror image.

    Negative values speak against the class. On 500 pairs of test images put side by side, more than half of the heat
    lies on the asked one in more pairs at this stage, and with the mirror image, than without or at the last stage.
    """
    from captum.attr import LayerGradCam

    x, network = classifier.normalise(images), hookable(classifier.network)
    cam = LayerGradCam(network, cam_stage(network, x))
    straight, mirrored = (
        F.interpolate(cam.attribute(view, classes).detach(), x.shape[2:], mode="bilinear")[:, 0]
        for view in (x, x.flip(3))
    )
    return (straight + mirrored.flip(2)) / 2


def hookable(network):
    """A copy of a network that shares its weights: hooks on it see nothing of what other requests do meanwhile."""
    weights = (*network.parameters(), *network.buffers())
    return copy.deepcopy(network, {id(value): value for value in weights})


def cam_stage(network, x):
    """The coarsest stage whose maps still have at least a fifth of the image's pixels on a side."""
    maps = feature_maps(network, x[:1])
    fine = [stage for stage, found in zip(network.stages, maps) if found.shape[-1] * 5 >= x.shape[-1]]
    return fine[-1]


@torch.no_grad()
def feature_maps(network, x):
    """What each stage of a network gives for normalised images: list of float32 [N, channels, h, w]."""
    network, found = hookable(network), []
    for stage in network.stages:
        stage.register_forward_hook(lambda module, given, maps: found.append(maps))
    network(x)
    return found


def occlusion(classifier, images, classes):
    """float32 [N, S, S]: how much the class's logit falls when a grey patch hides the pixel (Zeiler & Fergus, 2014)."""
    from captum.attr import Occlusion

    x = to_float(images)
    window = images.shape[-1] // WINDOW
    stride = max(1, window // 4)
    with torch.no_grad():
        found = Occlusion(classifier.raw_logits).attribute(
            x,
            sliding_window_shapes=(x.shape[1], window, window),
            strides=(x.shape[1], stride, stride),
            target=classes,
            baselines=x.mean((2, 3), keepdim=True).expand_as(x),
            perturbations_per_eval=max(1, CHUNK // len(x)),
        )
    return found.mean(1)


def adversarial(classifier, images, targets, step, method="fgsm", towards=True):
    """Change images by a step that hardly shows and that the network takes for something else.

    Args:
        images: uint8 [N, C, S, S].
        targets: int64 [N], the class to go towards, or to get away from.
        step: the most that any pixel may change, in 1/255.
        method: ``fgsm`` (one step; Goodfellow et al., 2015) or ``pgd`` (ten; Madry et al., 2018).

    Returns:
        uint8 [N, C, S, S], at most ``step`` from ``images`` everywhere.

    Raises:
        GenClassError: ``bad_choice``.
    """
    from captum.robust import FGSM, PGD

    check_choice("method", method, ATTACKS)
    x, most = to_float(images).requires_grad_(), step / 255
    if method == "fgsm":
        attack = FGSM(classifier.raw_logits, _loss, lower_bound=0.0, upper_bound=1.0)
        changed = attack.perturb(x, epsilon=most, target=targets, targeted=towards)
    else:
        attack = PGD(classifier.raw_logits, _loss, lower_bound=0.0, upper_bound=1.0)
        changed = attack.perturb(
            x, radius=most, step_size=most / 4, step_num=PGD_STEPS, target=targets, targeted=towards, norm="Linf"
        )
    return to_uint8(changed.detach())


def _loss(logits, targets):
    return F.cross_entropy(logits, targets, reduction="none")
