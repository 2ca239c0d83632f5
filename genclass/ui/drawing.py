"""Recipes drawn for visitors: at most 64 images, remembered for a while. The page and the web API share it."""

import dataclasses
import functools
import math

from genclass import images
from genclass.errors import check_number
from genclass.recipe import ALL, Recipe
from genclass.sample import SEEDS
from genclass.ui import models

MOST = 64
REMEMBERED = 64


def ask(values):
    """A recipe from its JSON form, of at most 64 images.

    Raises:
        GenClassError: for anything wrong with it that needs no model to tell.
    """
    check_number("count", values.get("count"), 1, MOST, whole=True)
    return Recipe.from_dict(values)


def prepare(recipe):
    """Check a recipe against its model.

    Returns:
        (``Sampler``, the complete ``Recipe``).

    Raises:
        GenClassError: for anything wrong with it; more than 64 images are refused.
    """
    check_number("count", recipe.count, 1, MOST, whole=True)
    sampler = models.load(recipe.model, "gan")
    return sampler, sampler.complete(recipe)


def draw(sampler, recipe):
    """uint8 [N, H, W, C] of a complete recipe; the same again costs nothing."""
    return _drawn(sampler, recipe.to_json())


@functools.lru_cache(maxsize=REMEMBERED)
def _drawn(sampler, recipe_json):
    return sampler.sample(Recipe.from_json(recipe_json))


def columns(recipe, count):
    """Images in a row of a sheet: all of them for one of each class, else as square as it gets."""
    return count if recipe.class_name == ALL else math.ceil(math.sqrt(count))


def sheet_png(sampler, recipe):
    """(PNG of all images that carries the recipe, images in a row)."""
    drawn = draw(sampler, recipe)
    wide = columns(recipe, len(drawn))
    return images.png_bytes(images.sheet(drawn, wide), recipe.to_json()), wide


def single_pngs(sampler, recipe):
    """A PNG of each image, which carries the recipe of this image alone."""
    labels = sampler.labels(recipe)
    singles = [_single(sampler, recipe, index, label) for index, label in enumerate(labels)]
    return [images.png_bytes(image, one.to_json()) for image, one in zip(draw(sampler, recipe), singles)]


def _single(sampler, recipe, index, label):
    step = 0 if recipe.class_name == ALL else index
    name = sampler.classes[label] if label >= 0 else None
    return dataclasses.replace(recipe, seed=(recipe.seed + step) % SEEDS, count=1, class_name=name)
