"""Every word of the page: a folder for each language, with the same files in each.

A folder here is a language: nothing else lists them. English stands at the root of the page and is what others fall
back on.
"""

import pkgutil
from dataclasses import dataclass
from importlib import import_module

from genclass.data import class_words

DEFAULT = "en"
TABS = ("generate", "classify", "train", "models", "learn")  # their ids; each has a file of words in every language


@dataclass(frozen=True)
class Language:
    """All that the page says in one language.

    Attributes:
        name: of the language, in itself.
        locale: what Gradio calls it, for its own words.
        words: by their key.
        errors: sentences by code, with places for the error's values.
        classes: what people call the classes of known data sets; those that are missing keep their names.
        values: words for what fills a sentence, such as a setting's name.
    """

    name: str
    locale: str
    words: dict[str, str]
    errors: dict[str, str]
    classes: dict[str, str]
    values: dict[str, str]


def _language(folder: str) -> Language:
    package = f"{__name__}.{folder}"
    part = lambda name: import_module(f"{package}.{name}")
    language = import_module(package)
    words = {key: told for name in ("page", *TABS) for key, told in part(name).WORDS.items()}
    errors = part("errors")
    return Language(language.NAME, language.LOCALE, words, errors.ERRORS, class_words.of(folder), errors.VALUES)


def _folders() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return sorted(found, key=lambda name: (name != DEFAULT, name))


LANGUAGES = {folder: _language(folder) for folder in _folders()}


def preferred(tag: str) -> str:
    """The language for a browser's tag such as ``zh-TW``: of that locale, else a relative of it, else the default."""
    for part in (str.lower, _primary):
        for name, language in LANGUAGES.items():
            if part(language.locale) == part(tag):
                return name
    return DEFAULT


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
