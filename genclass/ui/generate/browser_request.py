"""What a browser asks of Generate: the recipe it was last given, what was moved since, and the chosen image.

``page.js`` keeps them and sends them as one text. An event that took every control instead would have the browser copy
the values of some 150 of them each time a slider moves.
"""

import json
from collections.abc import Mapping
from typing import Any

from genclass.errors import GenClassError
from genclass.models.recipe import ALL, Recipe
from genclass.models.sampler import Sampler, image_count
from genclass.ui.common import render

IN_TURN = ""  # the class that stands for "in turn", and for "mixed with nothing"
SCALARS = ("seed", "count", "truncation")
CLASSES = ("class", "mix_with", "share")
MOVED = (*SCALARS, *CLASSES, "directions", "cleared", "free")
GIVEN = ("latent", "to_seed", "to_class", "steps")  # what another seed lets go of


def prepare(text: object) -> tuple[Sampler, Recipe, int]:
    """What is asked for, checked against its model.

    Args:
        text: ``{"recipe": a recipe's JSON text, "moved": {what: to what}, "chosen": index, …}`` as JSON: see ``seen``.

    Returns:
        The ``Sampler``, the complete ``Recipe``, and the index of the chosen image: the first for what is no index.

    Raises:
        GenClassError: for anything wrong with what the browser sent.
    """
    asked = _read(text)
    sampler, recipe = render.prepare(moved(render.parse(asked.get("recipe")), asked.get("moved")))
    return sampler, recipe, _chosen(asked.get("chosen"), image_count(recipe, sampler.classes))


def recipe_of(text: object) -> Recipe:
    """The ``Recipe`` that is asked for, not yet checked against its model."""
    asked = _read(text)
    return moved(render.parse(asked.get("recipe")), asked.get("moved"))


def seen(text: object) -> tuple[object, bool]:
    """What the browser shows while it asks: ("<images>x<columns>" of its sheet, whether that has followed in part)."""
    asked = _read(text)
    return asked.get("shown"), asked.get("part") is True


def _read(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise GenClassError("not_text", field="recipe")
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GenClassError("bad_recipe", field="JSON") from error
    if not isinstance(asked, dict):
        raise GenClassError("bad_recipe", field=type(asked).__name__)
    return asked


def _chosen(value: object, count: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    return int(value) if 0 <= value < count else 0


def moved(recipe: Recipe, changes: Any) -> Recipe:
    """A recipe after controls were moved.

    Args:
        changes: ``MOVED`` keys: numbers as the controls show them, ``class`` and ``mix_with`` as names (``IN_TURN`` for
            none), ``directions`` ``{id: σ}``; ``cleared``: no other directions; ``free``: back to the seed.

    Raises:
        GenClassError: for anything else.
    """
    if not isinstance(changes, dict) or not isinstance(changes.get("directions", {}), dict):
        raise GenClassError("bad_directions")
    for key in changes:
        if key not in MOVED:
            raise GenClassError("bad_recipe", field=key[:60])
    values = {**recipe.to_dict(), "sha256": None}  # the model may have been trained further since
    if "seed" in changes or "free" in changes:
        values = {key: value for key, value in values.items() if key not in GIVEN}
    values |= {key: changes[key] for key in SCALARS if key in changes}
    values["directions"] = _directions({} if "cleared" in changes else recipe.directions, changes.get("directions", {}))
    return render.recipe_from({**values, **_classes(recipe, changes)})


def _directions(kept: Mapping[str, float], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A slider at rest is no direction; what is no number is left for the recipe to refuse."""
    return {id: sigma for id, sigma in {**kept, **changes}.items() if sigma != 0}


def _classes(recipe: Recipe, changes: Mapping[str, Any]) -> dict[str, Any]:
    if not any(key in changes for key in CLASSES):
        return {}
    shown = dict(zip(CLASSES, shown_mixture(recipe)))
    first, second, share = (changes.get(key, shown[key]) for key in CLASSES)
    if not second or first in (IN_TURN, ALL, None, second):
        return {"class": first or None, "mix": None}
    number = isinstance(share, (int, float)) and not isinstance(share, bool)
    return {"class": None, "mix": {str(first): round(1 - share, 6) if number else share, str(second): share}}


def shown_mixture(recipe: Recipe) -> tuple[str, str, float]:
    """(class, mixed with, share) that the controls show; a mixture of more than two is kept without a control."""
    mix = {name: share for name, share in (recipe.mix or {}).items() if share > 0}
    if len(mix) != 2:
        return recipe.class_name or IN_TURN, IN_TURN, 0.5
    first, second = mix
    return first, second, mix[second] / (mix[first] + mix[second])
