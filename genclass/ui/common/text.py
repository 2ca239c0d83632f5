"""What the page says, in the language of whoever asks: words by their key, from one catalogue for each language.

Sentences of errors are looked up by their code, with English as the fallback.
"""

import contextlib
from contextvars import ContextVar
from urllib.parse import urlsplit

from gradio.context import LocalContext

from genclass.errors import GenClassError
from genclass.ui.words import DEFAULT, LANGUAGES

_spoken = ContextVar("language", default=DEFAULT)


def page_of(language):
    """Where a language's page lies below the root: English at the root itself."""
    return "" if language == DEFAULT else language


@contextlib.contextmanager
def speaking(language):
    """What is built in here is in this language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language():
    """The language to answer in: of the page that an event came from; while a page is built, its own."""
    request = LocalContext.request.get(None)
    return _spoken.get() if request is None else language_of(request)


def language_of(request):
    """Of the page by its address; where a browser keeps that to itself, by the choice in its cookie or its settings."""
    referer = request.headers.get("referer")
    if referer:
        told = urlsplit(referer).path.rstrip("/").rpartition("/")[2]
    else:
        told = request.cookies.get("genclass-language") or request.headers.get("accept-language", "")[:2]
    return told if told in LANGUAGES else DEFAULT


def say(key, **values):
    """The words of ``key``, filled with ``values``."""
    return LANGUAGES[language()].words[key].format(**values)


def class_name(name):
    """A class as people call it; one of a visitor's own keeps its name."""
    return LANGUAGES[language()].classes.get(name, name)


def class_choices(names):
    """Classes for a ``gr.Dropdown``: (as people call it, name) of each."""
    return [(class_name(name), name) for name in names]


def named_class(shown, names):
    """Which of ``names`` ``class_name`` shows like this; what none does is given back as it is."""
    return next((name for name in names if class_name(name) == shown), shown)


def sentence(error):
    """The sentence of an error: a ``GenClassError`` or its ``as_dict()`` form, as a run's status carries it."""
    if isinstance(error, GenClassError):
        error = error.as_dict()
    spoken = LANGUAGES[language()]
    message = spoken.errors.get(error["code"])
    if not message:
        return error["message"]
    return message.format(**{key: spoken.values.get(value, value) for key, value in error["values"].items()})
