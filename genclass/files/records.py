"""JSON files that a crash or an editor may have spoilt: read as what their readers rely on, or not at all."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Fits = Callable[[Any], bool]  # whether a value is of the kind that is expected
MOST = 1e100  # of a number: what is computed of it stays finite


def read(path: Path, required: Mapping[str, Fits], optional: Mapping[str, Fits] | None = None) -> dict[str, Any]:
    """The object in a JSON file; entries that are not named here may be anything.

    Args:
        required: what each entry that must be there has to be.
        optional: the same of entries that may be missing.

    Raises:
        OSError: if the file can't be read.
        ValueError: if it holds anything else.
    """
    try:
        found = json.loads(path.read_text())
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not an_object(required, optional)(found):
        raise ValueError("not what is expected")
    return found


def an_object(required: Mapping[str, Fits], optional: Mapping[str, Fits] | None = None) -> Fits:
    """Whether a value is an object with such entries."""
    known = {**required, **(optional or {})}
    return lambda value: (
        isinstance(value, dict)
        and required.keys() <= value.keys()
        and all(fits(value[key]) for key, fits in known.items() if key in value)
    )


def a_list(each: Fits) -> Fits:
    """Whether a value is a list of such values."""
    return lambda value: isinstance(value, list) and all(map(each, value))


def or_none(fits: Fits) -> Fits:
    """Whether a value is None or such a value."""
    return lambda value: value is None or fits(value)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_number(value: Any) -> bool:
    """A finite number; not a boolean, which Python takes for one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -MOST < value < MOST


def is_count(value: Any) -> bool:
    """A whole number from 0 on."""
    return is_number(value) and isinstance(value, int) and value >= 0


def packed(numbers: np.ndarray) -> str:
    """Many numbers as a text: base64 of their float16, little-endian."""
    return base64.b64encode(numbers.astype("<f2").tobytes()).decode()


def unpacked(text: str) -> np.ndarray:
    """float32 [N] of what ``packed`` gave.

    Raises:
        ValueError: for anything else.
    """
    return np.frombuffer(base64.b64decode(text, validate=True), "<f2").astype(np.float32)


def are_packed(count: int) -> Fits:
    """Whether a value is a text of so many finite numbers."""

    def fits(value: Any) -> bool:
        try:
            numbers = unpacked(value) if is_text(value) else np.zeros(0)
        except ValueError:
            return False
        return len(numbers) == count and bool(np.isfinite(numbers).all())

    return fits


is_object = an_object({})
# An error as ``GenClassError.as_dict`` writes it.
is_error = an_object({"code": is_text, "values": is_object, "message": is_text})
