"""Tiny stand-ins: image sets of a few dozen images, models that build in milliseconds, steps as if measured."""

import math

import numpy as np
import torch
from PIL import Image, ImageDraw

from genclass import paths
from genclass.data import catalog
from genclass.data.imageset import ImageSet
from genclass.models import checkpoint
from genclass.train import machine

SHIPPED = paths.SHIPPED  # as it is before tests of the page put models of their own there


def know(request, shape=None):
    """The request, as if its step had been measured here: most steps of a short run would be for that.

    Args:
        shape: as ``machine.shape_of`` its images, where they are not those that it names.
    """
    found = {"precision": "float32", "seconds_per_step": 0.1}
    if shape or request.data in catalog.SETS:
        machine.remember(request, shape or machine.named_shape(request.data), found)
    return request


def know_machine():
    """As if every preset had been measured here: a process kept ready has nothing to do then."""
    for request in machine.unmeasured():
        know(request)


def random_images(count, channels=3, size=32, seed=0):
    """uint8 tensor [count, channels, size, size]."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)


def small_set(classes=3, count=60, channels=3, size=32):
    """An ImageSet of random images whose brightness tells their class."""
    labels = torch.arange(count) % max(classes, 1)
    shades = (labels * 200 // max(classes, 1)).view(-1, 1, 1, 1)
    images = (random_images(count, channels, size) // 5 + shades).to(torch.uint8)
    names = [f"class-{index}" for index in range(classes)]
    half, labels = count // 2, labels.to(torch.uint8)
    return ImageSet("small", names, images[:half], labels[:half], images[half:], labels[half:])


def config_of(kind, architecture, classes=("a", "b", "c"), channels=3, size=32, name="tiny"):
    """A checkpoint's config.json, less what ``checkpoint.save`` adds."""
    return {
        "name": name,
        "kind": kind,
        "dataset": "small",
        "classes": list(classes),
        "image_size": size,
        "channels": channels,
        "architecture": architecture,
        "normalisation": {"mean": 0.5, "std": 0.25},
        "metrics": {},
        "training": {},
    }


def save_network(folder, name, config):
    """Write a checkpoint of an untrained network."""
    torch.manual_seed(0)
    parts = ("model", "discriminator") if config["kind"] == "gan" else ("model",)
    checkpoint.save(folder / name, config, {part: checkpoint.build(config, part) for part in parts})


def arrows(count=40, size=32, turns=(0, 180)):
    """(uint8 [count * len(turns), 3, size, size], labels): arrows, of each turn as many; 0 points left."""
    random, outline = np.random.default_rng(0), [(-9, 0), (0, -9), (0, -3), (9, -3), (9, 3), (0, 3), (0, 9)]
    labels, images = torch.arange(count * len(turns)) % len(turns), []
    for label in labels.tolist():
        picture = Image.new("RGB", (size, size), tuple(random.integers(180, 256, 3).tolist()))
        angle, place, length = (
            math.radians(turns[label]),
            random.integers(-3, 4, 2) + size / 2,
            random.uniform(0.8, 1.2),
        )
        turned = [
            (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in outline
        ]
        points = [(place[0] + x * length, place[1] + y * length) for x, y in turned]
        ImageDraw.Draw(picture).polygon(points, fill=tuple(random.integers(0, 90, 3).tolist()))
        images.append(torch.from_numpy(np.array(picture)).permute(2, 0, 1))
    return torch.stack(images), labels.to(torch.uint8)


def arrow_set(count=40):
    """An ImageSet of arrows to the left and to the right, every fourth of which is a test image."""
    images, labels = arrows(count)
    test = torch.arange(len(images)) // 2 % 4 == 3
    return ImageSet("arrows", ["left", "right"], images[~test], labels[~test], images[test], labels[test])
