"""Types of arguments that several commands take."""

import argparse
import json
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # what a command is added to
Value: TypeAlias = str | int | float | bool | list | dict | None


MODEL = "a name that `genclass models` lists, a checkpoint folder or a run folder"


def pair(text: str) -> tuple[str, Value]:
    """KEY=VALUE, its value a number or true or false where it reads as one.

    Raises:
        argparse.ArgumentTypeError: for anything else, as the types below.
    """
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, _value(value)


def triple(text: str) -> tuple[str, str, Value]:
    """A:B:VALUE; A may hold ':' itself."""
    parts = text.rsplit(":", 2)
    if len(parts) != 3 or not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not three words with ':' between them")
    return parts[0], parts[1], _value(parts[2])


def _value(text: str) -> Value:
    try:
        return json.loads(text)
    except ValueError:
        return text
