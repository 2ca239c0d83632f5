"""What the page says, in the language of the page it is asked from: words by their key.

Sentences of errors are looked up by their code, with English as the fallback.
"""

import contextlib
import functools
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
from starlette.requests import Request

from genclass.errors import GenClassError
from genclass.ui.server import gradio_patches
from genclass.ui.words import DEFAULT, LANGUAGES, Language, preferred

_building = ContextVar("language", default=DEFAULT)


def page_of(language: str) -> str:
    """Where a language's page lies below the root: English at the root itself."""
    return "" if language == DEFAULT else language


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is built in here is in this language."""
    token = _building.set(language)
    try:
        yield
    finally:
        _building.reset(token)


def language() -> str:
    """The language to answer in: of the page that an event came from; while a page is built, its own."""
    request = gradio_patches.asker()
    return _building.get() if request is None else language_of(request)


def language_of(request: gr.Request | Request) -> str:
    """The language of the page by its address; where a browser keeps that to itself, by its cookie or its settings.

    Of an address of more than 4,096 letters, such as that of given latents, browsers tell no more than the host. A page
    that is at the root has no other language than those tell, or ``language.js`` would have led on.
    """
    address = urlsplit(request.headers.get("referer", ""))
    if address.path.strip("/") or address.query:
        asked = address.path.rstrip("/").rpartition("/")[2]
    else:
        accepted = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
        asked = gradio_patches.cookies_of(request).get("genclass-language") or preferred(accepted)
    return asked if asked in LANGUAGES else DEFAULT


def say(key: str, **values: object) -> str:
    """The words of ``key``, filled with ``values``."""
    return _spoken().words[key].format(**values)


def name_of(kind: str, name: str, /, **values: object) -> str:
    """The words for something registered: of the key ``<kind>_<name>``; what has none yet is shown by its own name.

    Args:
        kind: of things that have a name, such as ``preset`` or ``data``.
    """
    words = _spoken().words.get(f"{kind}_{name}")
    return name if words is None else words.format(**values)


def _spoken() -> Language:
    return LANGUAGES[language()]


def together(*sentences: str) -> str:
    """Sentences one after another, as the language sets them; empty ones are left out."""
    follow = lambda first, second: say("after_another", first=first, second=second) if first else second
    return functools.reduce(follow, filter(None, sentences), "")


def class_name(name: str) -> str:
    """A class as people call it; one of a visitor's own keeps its name."""
    return _spoken().classes.get(name, name)


def class_choices(names: Iterable[str]) -> list[tuple[str, str]]:
    """Classes for a ``gr.Dropdown``: (as people call it, name) of each."""
    return [(class_name(name), name) for name in names]


def named_class(shown: str, names: Sequence[str]) -> str:
    """The class among ``names`` that ``class_name`` shows as ``shown``; what is none is given back as it is."""
    return next((name for name in names if class_name(name) == shown), shown)


def sentence(error: GenClassError | dict) -> str:
    """The sentence of an error: a ``GenClassError`` or its ``as_dict()`` form, as a run's status carries it.

    One that another version wrote may have other values: it is told as that version did, in English.
    """
    told = error.as_dict() if isinstance(error, GenClassError) else error
    spoken = _spoken()
    message = spoken.errors.get(told["code"])
    if not message:
        return told["message"]
    try:
        return message.format(**{key: _value(value, spoken) for key, value in told["values"].items()})
    except (LookupError, TypeError, ValueError):
        return told["message"]


def _value(value: Any, spoken: Language) -> Any:
    """A value as it stands in a sentence; a reason is an error of its own."""
    return sentence(value) if isinstance(value, dict) else spoken.values.get(value, value)
