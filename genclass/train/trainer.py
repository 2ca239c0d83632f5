"""Trainers by kind, and what must hold before one is made."""

import torch

from genclass.errors import GenClassError
from genclass.train.classifier import ClassifierTrainer
from genclass.train.finetune import FineTuner, LastBlockTrainer
from genclass.train.gan import GanTrainer

TRAINERS = {"classifier": ClassifierTrainer, "gan": GanTrainer}
TRANSFER = {"classifier": LastBlockTrainer, "gan": FineTuner}


def make_trainer(request, imageset, total, precision="float32"):
    """The trainer of a request, with fresh weights from its seed."""
    device = pick_device(request.device)
    return trainer_class(request)(imageset, request.settings(), request.seed, device, total, precision)


def trainer_class(request):
    return (TRANSFER if request.settings().transfer else TRAINERS)[request.kind]


def check_data(imageset, kind):
    """Refuse what can't be trained on.

    Raises:
        GenClassError: ``too_few_classes`` or ``one_image_a_class`` (classifier), or ``too_few_images``.
    """
    if kind == "classifier" and len(imageset.classes) < 2:
        raise GenClassError("too_few_classes", count=1 if len(imageset.train_images) else 0)
    if len(imageset.train_images) < 2:
        raise GenClassError("too_few_images", least=2, count=len(imageset.train_images))
    counts = torch.bincount(torch.cat([imageset.train_labels, imageset.test_labels]).int())
    if kind == "classifier" and counts.min() < 2:
        raise GenClassError("one_image_a_class", name=imageset.classes[counts.argmin()])


def pick_device(name):
    """``torch.device`` of a request.

    Raises:
        GenClassError: ``no_device``.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise GenClassError("no_device", name=name, choices="cpu")
    return torch.device(name)
