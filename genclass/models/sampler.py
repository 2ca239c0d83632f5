"""Sampler: recipe to images. Knows nothing about training or pages."""

import dataclasses
import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Self, cast

import numpy as np
import torch

from genclass.errors import GenClassError
from genclass.files.images import to_uint8
from genclass.models import checkpoint, directions
from genclass.models.directions import Directions, Said
from genclass.models.latents import SEEDS, draw, slerp
from genclass.models.recipe import ALL, Recipe, encode_latent
from genclass.networks.protocols import Generator

CHUNK = 64


class Sampler:
    """A trained generator and what it takes to draw from it.

    Args:
        network: images in -1..1 from (z float32 [N, z_dim], class weights float32 [N, classes] or None).
        config: the checkpoint's ``config.json``.
        folder: the checkpoint's folder, where its directions are kept.
    """

    def __init__(self, network: Generator, config: dict, folder: Path | None = None) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.config = config
        self.name, self.z_dim = config["name"], network.z_dim
        self.classes = config["classes"] if network.classes else []
        self.sha256 = config["sha256"]["model.safetensors"]
        self.folder = folder
        self._raw = {f"z{index}": index for index in range(self.z_dim)}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From a checkpoint folder.

        Raises:
            GenClassError: ``broken_checkpoint`` or ``wrong_kind``.
        """
        network, config = checkpoint.load_network(folder)
        if config["kind"] != "gan":
            raise GenClassError("wrong_kind", name=config["name"], kind=config["kind"], needed="gan")
        generator = cast(Generator, network)
        generator.fold()
        return cls(generator, config, folder)

    @functools.cached_property
    def _directions(self) -> tuple[Directions, Said]:
        return directions.of(self.network, self.config, self.folder)

    @property
    def directions(self) -> Directions:
        """``{id: float32 tensor [z_dim]}``, the strongest first; found on first use where the folder has none."""
        return self._directions[0]

    @property
    def said(self) -> Said:
        """What the directions are called, and what else is known of them."""
        return self._directions[1]

    @property
    def training_images(self) -> int:
        """How many images it was trained on; 0 where its record does not tell."""
        return self.config["training"].get("data", {}).get("images", 0)

    def complete(self, recipe: dict | Recipe) -> Recipe:
        """The recipe (a dict or a Recipe) checked against this model, with its weights' hash.

        Raises:
            GenClassError: ``unknown_class``, ``no_classes``, ``unknown_direction``, ``other_weights``, or what
                ``Recipe.from_dict`` raises.
        """
        values = dict(recipe) if isinstance(recipe, dict) else recipe.to_dict()
        recipe = Recipe.from_dict({**values, "sha256": values.get("sha256") or self.sha256})
        if recipe.sha256 != self.sha256:
            raise GenClassError("other_weights", model=self.name)
        self._check_class(recipe.class_name, ALL)
        for name in [recipe.to_class, *(recipe.mix or ())]:
            self._check_class(name)
        for name in recipe.directions:
            self._check_direction(name)
        return recipe

    def _check_direction(self, name: str) -> None:
        if name not in self._raw and name not in self.directions:
            choices = ", ".join(self.directions)
            raise GenClassError(
                "unknown_direction", model=self.name, name=name[:60], choices=choices, last=self.z_dim - 1
            )

    def _check_class(self, name: str | None, *also: str) -> None:
        if name is not None and not self.classes:
            raise GenClassError("no_classes", model=self.name)
        known = [*self.classes, *also]
        if name is not None and name not in known:
            raise GenClassError("unknown_class", model=self.name, name=name[:60], choices=", ".join(known))

    def labels(self, recipe: dict | Recipe) -> np.ndarray:
        """int64 [N]: the class of each image; -1 for a model without classes and for a mixture."""
        class_weights = self.class_weights(recipe)
        if class_weights is None:
            return np.full(image_count(self.complete(recipe), ()), -1, np.int64)
        most, label = class_weights.max(1)
        return torch.where(most == 1, label, -1).numpy()

    def latents(self, recipe: dict | Recipe) -> torch.Tensor:
        """float32 tensor [N, z_dim]: z after truncation and directions."""
        recipe = self.complete(recipe)
        z = self.drawn(recipe) * recipe.truncation
        for name, sigma in recipe.directions.items():
            if name in self._raw:
                z[:, self._raw[name]] += sigma
            else:
                z += sigma * self.directions[name]
        return z

    def drawn(self, recipe: Recipe) -> torch.Tensor:
        """float32 tensor [N, z_dim]: the z of a complete recipe before truncation and directions.

        Each image's z is drawn by a generator of its own, so that it is the same alone and beside others.
        """
        count = image_count(recipe, self.classes)
        if recipe.steps is not None:
            given = recipe.drawn_latent(1, self.z_dim)
            start = draw([recipe.seed], self.z_dim)[0] if given is None else torch.from_numpy(given[0])
            end = start if recipe.to_seed is None else draw([recipe.to_seed], self.z_dim)[0]
            return slerp(start, end, torch.linspace(0, 1, count))
        given = recipe.drawn_latent(count, self.z_dim)
        if given is not None:
            return torch.from_numpy(given)
        if recipe.class_name == ALL:
            return draw([recipe.seed], self.z_dim).repeat(count, 1)
        return draw(range(recipe.seed, recipe.seed + count), self.z_dim)

    def class_weights(self, recipe: dict | Recipe) -> torch.Tensor | None:
        """float32 tensor [N, classes]: one-hot or a mixture; None for a model without classes."""
        recipe = self.complete(recipe)
        if not self.classes:
            return None
        if recipe.steps is None:
            return self._unmoved_weights(recipe, image_count(recipe, self.classes))
        start = self._unmoved_weights(recipe, 1)
        end = start if recipe.to_class is None else torch.eye(len(self.classes))[[self.classes.index(recipe.to_class)]]
        share = torch.linspace(0, 1, recipe.steps)[:, None]
        return (1 - share) * start + share * end

    def _unmoved_weights(self, recipe: Recipe, count: int) -> torch.Tensor:
        if recipe.mix:
            whole = sum(recipe.mix.values())  # in float64: a share may be below what float32 holds
            row = torch.tensor([recipe.mix.get(name, 0.0) / whole for name in self.classes])
            return row.expand(count, -1)
        if recipe.class_name == ALL:
            label = torch.arange(count)
        elif recipe.class_name is None:
            label = (recipe.seed + torch.arange(count)) % SEEDS % len(self.classes)
        else:
            label = torch.full((count,), self.classes.index(recipe.class_name))
        return torch.eye(len(self.classes))[label]

    def singles(self, recipe: dict | Recipe) -> list[Recipe]:
        """A recipe for each image alone: a list of ``Recipe`` with ``count`` 1."""
        recipe, every = self.complete(recipe), {"count": 1, "to_seed": None, "to_class": None, "steps": None}
        class_weights = None if recipe.mix and recipe.steps is None else self.class_weights(recipe)
        found = []
        for index in range(image_count(recipe, self.classes)):
            own = {**every, **self._own_class(class_weights, index)}
            if recipe.steps is None and recipe.class_name != ALL:
                own["seed"] = (recipe.seed + index) % SEEDS
            found.append(dataclasses.replace(recipe, **own))
        if recipe.latent is not None or recipe.steps is not None:
            latents = [encode_latent(z) for z in self.drawn(recipe)]
            found = [dataclasses.replace(one, latent=latent) for one, latent in zip(found, latents)]
        return found

    def _own_class(self, class_weights: torch.Tensor | None, index: int) -> dict:
        """One image's class: by name, or as the mixture that it is."""
        if class_weights is None:
            return {}
        mix = {name: share for name, share in zip(self.classes, class_weights[index].tolist()) if share > 0}
        return {"class_name": next(iter(mix)), "mix": None} if len(mix) == 1 else {"class_name": None, "mix": mix}

    def sample(self, recipe: dict | Recipe) -> np.ndarray:
        """Draw the recipe's images: uint8 [N, H, W, C].

        Args:
            recipe: a ``Recipe`` or its dict form.

        Raises:
            GenClassError: as ``complete``.
        """
        return self.draw(self.latents(recipe), self.class_weights(recipe))

    @torch.inference_mode()
    def draw(self, z: torch.Tensor, class_weights: torch.Tensor | None) -> np.ndarray:
        """uint8 [N, H, W, C] from z [N, z_dim] and class weights [N, classes] (or None), in chunks of 64."""
        parts = []
        for start in range(0, len(z), CHUNK):
            end = start + CHUNK
            images = self.network(z[start:end], None if class_weights is None else class_weights[start:end])
            parts.append(to_uint8((images + 1) / 2).permute(0, 2, 3, 1).contiguous())
        return torch.cat(parts).numpy()


def image_count(recipe: Recipe, classes: Sequence[str]) -> int:
    """How many images a recipe makes: ``count``, the ``steps`` of a path, or one for each class."""
    if recipe.steps is not None:
        return recipe.steps
    return len(classes) if recipe.class_name == ALL else recipe.count


def sheet_columns(recipe: Recipe, count: int) -> int:
    """Images in a row of a recipe's sheet: all of them for a path or one of each class, else as square as it gets."""
    row = recipe.class_name == ALL or recipe.steps is not None
    return count if row else math.ceil(math.sqrt(count))
