"""Recipes drawn for visitors: at most 64 images, remembered for a while. The page and the web API share it."""

import math
from typing import Any

import numpy as np

from genclass.errors import GenClassError, check_number
from genclass.files import images
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler, image_count, sheet_columns
from genclass.ui.common import draw_pace, model_cache
from genclass.ui.common.kept_models import remembered

MOST = 64
REMEMBERED = 64


def recipe_from(values: Any) -> Recipe:
    """A recipe from its JSON form, of at most 64 images.

    Raises:
        GenClassError: for anything wrong with it that needs no model to tell.
    """
    if isinstance(values, dict) and "count" in values:
        check_number("count", values["count"], 1, MOST, whole=True)
    return Recipe.from_dict(values)


def _check_size(recipe: Recipe) -> None:
    check_number("count", recipe.count, 1, MOST, whole=True)
    if recipe.steps is not None:
        check_number("steps", recipe.steps, 2, MOST, whole=True)


def parse(text: object) -> Recipe:
    """A recipe from its JSON text, as a browser sends it back.

    Raises:
        GenClassError: ``not_text``, ``bad_recipe`` and the like.
    """
    if not isinstance(text, str):
        raise GenClassError("not_text", field="recipe")
    return Recipe.from_json(text)


def prepare(recipe: Recipe) -> tuple[Sampler, Recipe]:
    """Check a recipe against its model.

    Returns:
        (``Sampler``, the complete ``Recipe``).

    Raises:
        GenClassError: for anything wrong with it; more than 64 images are refused.
    """
    _check_size(recipe)
    sampler = model_cache.load(recipe.model, "gan")
    return sampler, sampler.complete(recipe)


def draw(sampler: Sampler, recipe: Recipe) -> np.ndarray:
    """uint8 [N, H, W, C] of a complete recipe; the same again costs nothing."""
    return _drawn(sampler, recipe.to_json())


@remembered(REMEMBERED)
def _drawn(sampler: Sampler, recipe_json: str) -> np.ndarray:
    recipe = Recipe.from_json(recipe_json)
    with draw_pace.timed(sampler, image_count(recipe, sampler.classes)):
        return sampler.sample(recipe)


def sheet_png(sampler: Sampler, recipe: Recipe, size: str = "stored") -> tuple[bytes, int]:
    """(PNG of all images that carries the recipe, of a size of ``images.SIZES``; images in a row)."""
    drawn = draw(sampler, recipe)
    columns = sheet_columns(recipe, len(drawn))
    return images.png_bytes(images.sheet(drawn, columns), recipe.to_json(), size), columns


def shown_columns(recipe: Recipe, count: int) -> int:
    """Images in a row as the page shows a sheet: what the PNG has in one long row is wrapped."""
    columns = sheet_columns(recipe, count)
    return math.ceil(math.sqrt(2 * count)) if columns == count > 3 else columns


def single_pngs(sampler: Sampler, recipe: Recipe, size: str = "stored") -> list[bytes]:
    """A PNG of each image, of a size of ``images.SIZES``, which carries the recipe of this image alone."""
    singles = sampler.singles(recipe)
    return [images.png_bytes(image, one.to_json(), size) for image, one in zip(draw(sampler, recipe), singles)]
