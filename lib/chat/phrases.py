"""Numbers, dates and traffic as people read them, in their language. Each language's formats are in its texts.

`local_` functions, and the end date, are for messages: Telegram shows the date in the reader's own time zone,
and old apps show the text, which is in TIMEZONE. The others are for buttons, toasts, pictures and files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo

from lib.chat.texts import LANGUAGES, Markup, plain
from lib.days import DAY, HOUR
from lib.store.counters import is_online
from lib.store.traffic import Usage
from lib.values import MEGABIT

NAME, AMOUNT = 12, 8  # columns of a table, 30 in all: what a phone shows of a monospace font in one line
LABEL_LENGTH = 34  # characters that fit on a phone on a button as wide as the screen
AS_EMOJI = "\ufe0f"  # the invisible variation selector after a sign
_LAST_MOMENT = 2**31  # Telegram's moments have 32 bits


def size(language: str, amount: int) -> str:
    """Format a number of bytes with three digits and a decimal unit: 0 B, 15.3 MB, 1.25 GB."""
    units: tuple[str, ...] = LANGUAGES[language].UNITS
    number, unit = float(amount), 0
    while number >= 999.5 and unit < len(units) - 1:
        number, unit = number / 1000, unit + 1
    digits = 0 if unit == 0 or number >= 99.95 else 1 if number >= 9.995 else 2
    return f"{number:.{digits}f} {units[unit]}".replace(".", LANGUAGES[language].DECIMAL_POINT)


def speed(language: str, kbit: int) -> str:
    """Format a speed, given in kbit/s: 10 Mbit/s, 2.5 Mbit/s."""
    return f"{kbit / MEGABIT:g} {LANGUAGES[language].SPEED}".replace(".", LANGUAGES[language].DECIMAL_POINT)


def span(language: str, seconds: int) -> str:
    """Format a length of time in its largest unit, rounded up: 45 s, 5 min, 3 h, 2 days."""
    names: tuple[str, ...] = LANGUAGES[language].SPANS
    if seconds >= DAY:
        return str(LANGUAGES[language].days(-(-seconds // DAY)))
    for length, name in zip((HOUR, 60), names, strict=False):
        if seconds >= length:
            return f"{-(-seconds // length)} {name}"
    return f"{max(seconds, 0)} {names[-1]}"


def month_name(language: str, month: str) -> str:
    """Return the name of a month, given as '2026-03': март 2026, March 2026."""
    year, number = month.split("-")
    return f"{LANGUAGES[language].MONTHS[int(number) - 1]} {year}"


def short_month(language: str, month: str) -> str:
    """Return the name of a month in short: мар 2026, Mar 2026."""
    name, _, year = month_name(language, month).partition(" ")
    return f"{name[:3]} {year}"


def full_date(language: str, moment: int, zone: tzinfo) -> str:
    """Format the date of a moment in epoch seconds: 05.03.2026, 5 Mar 2026."""
    return _date(language, LANGUAGES[language].DATE, datetime.fromtimestamp(moment, zone))


def full_date_time(language: str, moment: int, zone: tzinfo) -> str:
    """Format a moment with its year: 05.03.2026 14:05, 5 Mar 2026 14:05."""
    return f"{full_date(language, moment, zone)} {clock_time(moment, zone)}"


def short_date(language: str, day: date) -> str:
    """Format a day without its year: 05.03, 5 Mar."""
    return _date(language, LANGUAGES[language].SHORT_DATE, day)


def short_date_time(language: str, moment: int, zone: tzinfo) -> str:
    """Format a moment without its year: 05.03 14:05, 5 Mar 14:05."""
    return f"{short_date(language, datetime.fromtimestamp(moment, zone))} {clock_time(moment, zone)}"


def clock_time(moment: int, zone: tzinfo) -> str:
    """Format the time of day, in 24 hours: 14:05."""
    return datetime.fromtimestamp(moment, zone).strftime("%H:%M")


def local_date(language: str, moment: int, zone: tzinfo) -> Markup:
    """Format the date of a moment for a message: 5 Mar 2026."""
    return _local(moment, "d", full_date(language, moment, zone))


def local_date_time(language: str, moment: int, zone: tzinfo) -> Markup:
    """Format a moment with its year for a message: 5 Mar 2026 14:05."""
    return _local(moment, "dt", full_date_time(language, moment, zone))


def local_short_date_time(language: str, moment: int, zone: tzinfo) -> Markup:
    """Format a moment without its year for a message: 5 Mar 14:05."""
    return _local(moment, "dt", short_date_time(language, moment, zone))


def local_clock_time(moment: int, zone: tzinfo) -> Markup:
    """Format a time of day for a message: 14:05."""
    return _local(moment, "t", clock_time(moment, zone))


def end_date(language: str, moment: int, zone: tzinfo) -> Markup:
    """Format an end for a message as the last minute before it: not 6 Mar 00:00 but 5 Mar 23:59."""
    return local_date_time(language, moment - 1, zone)


def _local(moment: int, form: str, words: str) -> Markup:
    return Markup(f'<tg-time unix="{moment}" format="{form}">{words}</tg-time>' if 0 < moment < _LAST_MOMENT else words)


def _date(language: str, form: str, day: date) -> str:
    name = LANGUAGES[language].MONTHS[day.month - 1]
    return form.format(day=day.day, month=day.month, month_name=name, year=day.year)


def shorten(text: str, most: int) -> str:
    """Shorten a text to `most` UTF-16 units, as Telegram counts, with an ellipsis and never through a character."""
    units = text.encode("utf-16-le", "surrogatepass")
    return text if len(units) <= 2 * most else f"{units[: 2 * (most - 1)].decode('utf-16-le', 'ignore')}…"


def labelled(sign: str, text: str, tail: str = "") -> str:
    """Return a label of sign, text and tail for a button in its own row; the text is shortened to fit on a phone."""
    room = LABEL_LENGTH - 1 - len(sign.replace(AS_EMOJI, "")) - len(tail)
    return f"{sign} {shorten(text, room)}{tail}"


def sum_of(usages: Iterable[Usage]) -> Usage:
    """Add up traffic."""
    return sum(usages, Usage())


def down_and_up(language: str, usage: Usage) -> dict[str, str]:
    """Format traffic as friends see it, as the values `download` and `upload` of a text."""
    return {"download": size(language, usage.downloaded), "upload": size(language, usage.uploaded)}


def last_seen(language: str, handshake_at: int, now: int, off: str = "") -> str:
    """Describe whether a device is online, or when it last was; a handshake at 0 means never.

    With `off`, the reason why a config is off, its device is not online, however fresh the handshake.
    """
    if not handshake_at:
        return plain(language, "seen_never")
    if is_online(handshake_at, now) and not off:
        return plain(language, "seen_online")
    return plain(language, "seen_ago", span=span(language, now - handshake_at))


def amounts(language: str, name: str, usage: Usage) -> tuple[str, str, str]:
    """Return a row of traffic_table."""
    return name, size(language, usage.downloaded), size(language, usage.uploaded)


def traffic_table(head: Sequence[str], rows: Iterable[tuple[str, str, str]]) -> str:
    """Lay out names, downloads and uploads in columns for a monospace font: no line is wider than a phone shows."""
    return "\n".join(f"{_cut(name)} {down:>{AMOUNT}} {up:>{AMOUNT}}" for name, down, up in [tuple(head), *rows])


def _cut(name: str) -> str:
    """Cut or fill a name to the width of its column; a wide letter or an emoji takes two places, a mark none."""
    if _width(name) > NAME:
        while _width(name) > NAME - 1:
            name = name[:-1]
        name = f"{name}…"
    return name + " " * (NAME - _width(name))


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)
