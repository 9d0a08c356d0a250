"""Settings that an admin changes in the chat."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from lib.chat import keyboards
from lib.chat.commands import announce_commands
from lib.chat.input import take_line
from lib.chat.phrases import clock_time, shorten, size
from lib.chat.screens import Actor, Button, button, done, say_to, show, text_button
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.settings import IN_CHAT, READERS, Settings
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.preferences import in_force, read_preferences, set_preference
from lib.store.users import set_awaiting
from lib.values import LANGUAGES

TYPED = 200  # UTF-16 units of a value
PRESETS: dict[str, tuple[str, ...]] = {
    "QUOTA_GB": ("0", "50", "100", "200", "500", "1000"),
    "MAX_CONFIGS": ("1", "2", "3", "5", "10"),
    "CLIENT_DNS": ("1.1.1.1, 1.0.0.1", "8.8.8.8, 8.8.4.4", "9.9.9.9, 149.112.112.112", "94.140.14.14, 94.140.15.15"),
    "LANGUAGE": LANGUAGES,
    "TIMEZONE": ("UTC", "Europe/Berlin", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Almaty", "Asia/Novosibirsk"),
    "QUIET_HOURS": ("", "22-7", "23-8", "0-9"),
}
FILE = "file"  # in the history: as the settings file says


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """List the settings with their values in words."""
    values = [
        (name, _title(actor.language, name), _words(actor.language, name, actor.settings, now)) for name in IN_CHAT
    ]
    rows = [[button(shorten(f"{title}: {value}", 40), "setting", name)] for name, title, value in values]
    return show(actor, actor.say("settings"), [*rows, *keyboards.to_panel(actor.language)])


def show_setting(db: sqlite3.Connection, actor: Actor, word: str, now: int) -> list[Outgoing]:
    """Explain a setting; the next message may be its value."""
    name = _known(word)
    set_awaiting(db, actor.id, f"setting_value:{name}")
    return show(actor, *_page(db, actor, name, now))


def _page(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> tuple[Markup, list[list[Button]]]:
    language, settings = actor.language, in_force(db, actor.settings)
    in_chat = name in read_preferences(db)
    text = say(
        language,
        "setting",
        title=_title(language, name),
        meaning=say(language, f"meaning_{name.lower()}"),
        value=_words(language, name, settings, now),
        origin=say(language, "set_in_chat" if in_chat else "set_in_file"),
        form=say(language, f"form_{name.lower()}"),
    )
    offers = [_offer(language, name, number, settings, now) for number in range(len(PRESETS[name]))]
    wide = 1 if name in ("CLIENT_DNS", "TIMEZONE") else 3
    rows = [offers[start : start + wide] for start in range(0, len(offers), wide)]
    file = settings.of_file or settings
    as_in_file = plain(language, "as_in_file", value=_words(language, name, file, now))
    back = [[button(as_in_file, "unset", name)]] if in_chat else []
    return text, [*rows, *back, [text_button(language, "back", "settings")]]


def _offer(language: str, name: str, number: int, settings: Settings, now: int) -> Button:
    """Offer a value; the present one is ticked."""
    value = READERS[name][1](PRESETS[name][number])
    label = _say_value(language, name, value, now)
    return button(f"✅ {label}" if value == _value(settings, name) else label, "set", name, number)


def choose(db: sqlite3.Connection, actor: Actor, word: str, number: str, now: int) -> list[Outgoing]:
    """Set one of the offered values."""
    name = _known(word)
    offers = dict(zip(map(str, range(len(PRESETS[name]))), PRESETS[name], strict=True))
    if number not in offers:
        raise Refused("old_button")
    _change(db, actor, name, offers[number], now)
    set_awaiting(db, actor.id, f"setting_value:{name}")
    return [*done(actor, "done_set"), *show(actor, *_page(db, actor, name, now))]


def take_value(db: sqlite3.Connection, actor: Actor, text: str, word: str, now: int) -> list[Outgoing]:
    """Set what was typed, if it is a good value; else say what is right, and wait for another."""
    name = _known(word)
    bad = f"bad_{name.lower()}"
    typed = take_line(text, TYPED, bad)
    if name == "QUOTA_GB":
        typed = typed.replace(",", ".")
    try:
        value = READERS[name][1](typed)
    except ValueError:
        raise Refused(bad) from None
    _change(db, actor, name, _WRITERS.get(name, str)(value) if name != "QUOTA_GB" else typed, now)
    return [say_to(actor.id, *_page(db, actor, name, now))]


def unset(db: sqlite3.Connection, actor: Actor, word: str, now: int) -> list[Outgoing]:
    """Go back to what the settings file says."""
    name = _known(word)
    _change(db, actor, name, None, now)
    set_awaiting(db, actor.id, f"setting_value:{name}")
    return [*done(actor, "done_set"), *show(actor, *_page(db, actor, name, now))]


def _change(db: sqlite3.Connection, actor: Actor, name: str, text: str | None, now: int) -> None:
    """Set a checked value, None: as in the file; what is so already makes no history."""
    before = read_preferences(db).get(name)
    if before == text:
        return
    set_preference(db, name, text)
    old, new = (FILE if value is None else value or "-" for value in (before, text))
    audit.note(db, now, actor.id, "set", f"setting:{name}", f"{old} > {new}")
    if name == "LANGUAGE":
        announce_commands(db, in_force(db, actor.settings), now)


def _known(name: str) -> str:
    if name not in IN_CHAT:
        raise Refused("old_button")
    return name


def _title(language: str, name: str) -> str:
    return plain(language, f"setting_{name.lower()}")


def _value(settings: Settings, name: str) -> object:
    return getattr(settings, "quota_bytes" if name == "QUOTA_GB" else name.lower())


def _words(language: str, name: str, settings: Settings, now: int) -> str:
    """Say what a setting is now."""
    return _say_value(language, name, _value(settings, name), now)


def _say_value(language: str, name: str, value: Any, now: int) -> str:
    if name == "QUOTA_GB":
        return size(language, value) if value else plain(language, "no_limit")
    if name == "LANGUAGE":
        return plain(language, f"language_{value}")
    if name == "TIMEZONE":
        return plain(language, "zone_now", zone=str(value), now=clock_time(now, value))
    if name == "QUIET_HOURS":
        return plain(language, "hours", begin=value[0], end=value[1]) if value else plain(language, "no_hours")
    return _WRITERS.get(name, str)(value)


def _hours(value: tuple[int, int] | None) -> str:
    return "-".join(map(str, value)) if value else ""


# How a value is written where it is not simply its text.
_WRITERS: dict[str, Callable[[Any], str]] = {"CLIENT_DNS": ", ".join, "QUIET_HOURS": _hours}
