"""Sampler: recipe to images. Knows nothing about training or pages."""

import numpy as np
import torch

from genclass import checkpoint
from genclass.errors import GenClassError
from genclass.images import to_uint8
from genclass.recipe import ALL, MAX_SEED, Recipe

CHUNK = 64
SEEDS = MAX_SEED + 1


class Sampler:
    """A trained generator and what it takes to draw from it.

    Args:
        network: images in -1..1 from (z float32 [N, z_dim], class shares float32 [N, classes] or None).
        config: the checkpoint's ``config.json``.
    """

    def __init__(self, network, config):
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.config = config
        self.name, self.z_dim = config["name"], network.z_dim
        self.classes = config["classes"] if network.classes else []
        self.sha256 = config["sha256"]["model.safetensors"]

    @classmethod
    def load(cls, folder):
        """From a checkpoint folder.

        Raises:
            GenClassError: ``broken_checkpoint`` or ``wrong_kind``.
        """
        network, config = checkpoint.load_network(folder)
        if config["kind"] != "gan":
            raise GenClassError("wrong_kind", name=config["name"], kind=config["kind"], needed="gan")
        network.fold()
        return cls(network, config)

    def complete(self, recipe):
        """The recipe (a dict or a Recipe) checked against this model, with its weights' hash.

        Raises:
            GenClassError: ``unknown_class``, ``no_classes``, ``unknown_direction``, ``other_weights``, or what
                ``Recipe.from_dict`` raises.
        """
        values = dict(recipe) if isinstance(recipe, dict) else recipe.to_dict()
        recipe = Recipe.from_dict({**values, "sha256": values.get("sha256") or self.sha256})
        if recipe.sha256 != self.sha256:
            raise GenClassError("other_weights", model=self.name)
        for name in [recipe.class_name, *(recipe.mix or ())]:
            self._check_class(name)
        for name in recipe.directions:
            if name not in {f"z{index}" for index in range(self.z_dim)}:
                raise GenClassError("unknown_direction", model=self.name, name=name[:60], last=self.z_dim - 1)
        return recipe

    def _check_class(self, name):
        if name is not None and not self.classes:
            raise GenClassError("no_classes", model=self.name)
        if name not in (None, ALL, *self.classes):
            choices = ", ".join([*self.classes, ALL])
            raise GenClassError("unknown_class", model=self.name, name=name[:60], choices=choices)

    def labels(self, recipe):
        """int64 [N]: the class of each image; -1 for a model without classes and for a mixture."""
        recipe = self.complete(recipe)
        count = image_count(recipe, self.classes)
        if recipe.mix or not self.classes:
            return np.full(count, -1, np.int64)
        if recipe.class_name == ALL:
            return np.arange(count, dtype=np.int64)
        if recipe.class_name is None:
            return (recipe.seed + np.arange(count, dtype=np.int64)) % SEEDS % len(self.classes)
        return np.full(count, self.classes.index(recipe.class_name), np.int64)

    def latents(self, recipe):
        """float32 tensor [N, z_dim]: z after truncation and directions.

        Each image's z is drawn on the CPU by a generator of its own, so that it is the same everywhere.
        """
        recipe = self.complete(recipe)
        count = image_count(recipe, self.classes)
        given = recipe.drawn_latent(count, self.z_dim)
        if given is not None:
            z = torch.from_numpy(given)
        elif recipe.class_name == ALL:
            z = draw(recipe.seed, self.z_dim).expand(count, -1)
        else:
            z = torch.stack([draw(recipe.seed + index, self.z_dim) for index in range(count)])
        z = z * recipe.truncation
        for name, sigma in recipe.directions.items():
            z[:, int(name[1:])] += sigma
        return z

    def shares(self, recipe):
        """float32 tensor [N, classes]: one-hot, or the mixture; None for a model without classes."""
        recipe = self.complete(recipe)
        if not self.classes:
            return None
        if not recipe.mix:
            return torch.eye(len(self.classes))[torch.from_numpy(self.labels(recipe))]
        row = torch.tensor([recipe.mix.get(name, 0.0) for name in self.classes])
        return (row / row.sum()).expand(image_count(recipe, self.classes), -1)

    def sample(self, recipe):
        """Draw the recipe's images: uint8 [N, H, W, C].

        Args:
            recipe: a ``Recipe`` or its dict form.

        Raises:
            GenClassError: as ``complete``.
        """
        return self.draw(self.latents(recipe), self.shares(recipe))

    @torch.inference_mode()
    def draw(self, z, shares):
        """uint8 [N, H, W, C] from z [N, z_dim] and class shares [N, classes] (or None), in chunks of 64."""
        parts = []
        for start in range(0, len(z), CHUNK):
            end = start + CHUNK
            images = self.network(z[start:end], None if shares is None else shares[start:end])
            parts.append(to_uint8((images + 1) / 2).permute(0, 2, 3, 1).contiguous())
        return torch.cat(parts).numpy()


def image_count(recipe, classes):
    """How many images a recipe makes: ``count``, or one for each class."""
    return len(classes) if recipe.class_name == ALL else recipe.count


def draw(seed, z_dim):
    """One standard normal z, float32 [z_dim]; seeds past 2³²-1 begin again at 0."""
    return torch.randn(z_dim, generator=torch.Generator().manual_seed(seed % SEEDS))
