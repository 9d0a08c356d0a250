"""Words for people: `say(language, key, …)` escapes every value, so that no name can become markup."""

from __future__ import annotations

from importlib import import_module

from lib.values import LANGUAGES as CODES

LANGUAGES = {code: import_module(f"lib.chat.texts.{code}") for code in CODES}
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # all that Telegram's HTML asks for


def next_language(language: str) -> str:
    """Return the language that a switch leads to."""
    codes = [*LANGUAGES]
    return codes[(codes.index(language) + 1) % len(codes)]


class Markup(str):
    """Text that is HTML already: built by say(), put into another text as it is."""


def say(language: str, key: str, **values: object) -> Markup:
    """Fill the text `key` with values; strings are escaped, Markup is not. HTML for Telegram's parse mode."""
    template: str = LANGUAGES[language].TEXTS[key]
    safe = {name: escaped(value) if isinstance(value, str) else value for name, value in values.items()}
    return Markup(template.format(**safe))


def escaped(text: str) -> Markup:
    """Make markup of text that has none."""
    return text if isinstance(text, Markup) else Markup(text.translate(ESCAPES))


def plain(language: str, key: str, **values: object) -> str:
    """Fill a text that is shown without markup: buttons, toasts, pictures."""
    template: str = LANGUAGES[language].TEXTS[key]
    return template.format(**values)
