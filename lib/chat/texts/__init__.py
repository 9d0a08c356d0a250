"""Words for people: `say(language, key, …)` escapes every value, so that no name can become markup."""

from __future__ import annotations

from lib.chat.texts import en, ru

LANGUAGES = {"ru": ru, "en": en}
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # all that Telegram's HTML asks for


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


def size(language: str, amount: int) -> str:
    """Write bytes for people, three digits and a decimal unit: 0 B, 15.3 MB, 1.25 GB."""
    units: tuple[str, ...] = LANGUAGES[language].UNITS
    number, unit = float(amount), 0
    while number >= 999.5 and unit < len(units) - 1:
        number, unit = number / 1000, unit + 1
    digits = 0 if unit == 0 or number >= 99.95 else 1 if number >= 9.995 else 2
    text = f"{number:.{digits}f}"
    return f"{text.replace('.', ',') if language == 'ru' else text} {units[unit]}"


def span(language: str, seconds: int) -> str:
    """Write a length of time for people in its greatest unit, rounded up: 45 s, 5 min, 3 h, 2 d."""
    names: tuple[str, ...] = LANGUAGES[language].SPANS
    for length, name in zip((86400, 3600, 60), names, strict=False):
        if seconds >= length:
            return f"{-(-seconds // length)} {name}"
    return f"{max(seconds, 0)} {names[-1]}"


def month_name(language: str, month: str) -> str:
    """Name a month, '2026-03', for people: март 2026, March 2026."""
    year, number = month.split("-")
    return f"{LANGUAGES[language].MONTHS[int(number) - 1]} {year}"
