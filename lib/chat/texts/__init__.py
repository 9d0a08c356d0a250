"""Every word that people read: `say(language, key, …)` escapes all values, so that no name becomes markup."""

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
    """Text that is HTML already: made by say(), and not escaped again inside another text."""


def say(language: str, key: str, **values: object) -> Markup:
    """Return a text as HTML for Telegram; values that are strings are escaped, Markup is not."""
    template: str = LANGUAGES[language].TEXTS[key]
    safe = {name: escaped(value) if isinstance(value, str) else value for name, value in values.items()}
    return Markup(template.format(**safe))


def escaped(text: str) -> Markup:
    """Escape plain text."""
    return text if isinstance(text, Markup) else Markup(text.translate(ESCAPES))


def plain(language: str, key: str, **values: object) -> str:
    """Return a text that is shown without markup: on a button, in a toast, on a picture."""
    template: str = LANGUAGES[language].TEXTS[key]
    return template.format(**values)
