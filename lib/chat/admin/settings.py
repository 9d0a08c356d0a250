"""Settings that an admin changes in the chat."""

from __future__ import annotations

import sqlite3
from typing import Any

from lib.chat.commands import announce_commands
from lib.chat.input import ask, take_line
from lib.chat.phrases import LABEL_LENGTH, clock_time, shorten, size, speed
from lib.chat.screens import Actor, button, done, show
from lib.errors import Refused
from lib.settings import FIELDS, IN_CHAT, READERS, Settings
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.preferences import in_force, read_preferences, set_preference
from lib.values import LANGUAGES, yes_or_no

VALUE_LENGTH = 200  # UTF-16 units
YES_OR_NO = ("yes", "no")
PRESETS: dict[str, tuple[str, ...]] = {
    "QUOTA_GB": ("0", "50", "100", "200", "500", "1000"),
    "SPEED_MBIT": ("0", "5", "10", "20", "50", "100"),
    "MAX_CONFIGS": ("1", "2", "3", "5", "10"),
    "CLIENT_DNS": ("1.1.1.1, 1.0.0.1", "8.8.8.8, 8.8.4.4", "9.9.9.9, 149.112.112.112", "94.140.14.14, 94.140.15.15"),
    "TELEGRAM_WHEN_OFF": YES_OR_NO,
    "LANGUAGE": LANGUAGES,
    "TIMEZONE": ("UTC", "Europe/Berlin", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Almaty", "Asia/Novosibirsk"),
    "QUIET_HOURS": ("", "22-7", "23-8", "0-9"),
}
UTC = frozenset(f"{prefix}{name}" for prefix in ("", "Etc/") for name in ("UTC", "UCT", "Universal", "Zulu"))
DECIMALS = ("QUOTA_GB", "SPEED_MBIT")  # numbers that may have a fraction, with a point or a comma
COLUMNS = {"CLIENT_DNS": 1, "TIMEZONE": 1, "TELEGRAM_WHEN_OFF": 2, "QUOTA_GB": 2, "SPEED_MBIT": 2, "QUIET_HOURS": 2}
"""Of buttons, in a row; where nothing is said, three fit."""
FILE = "file"  # in the audit log: as in the settings file


def overview(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """List the settings with their values in words."""
    rows = []
    for name in IN_CHAT:
        title = actor.plain(f"setting_{name.lower()}")
        rows.append([button(_label(actor, f"{title}: ", name, _value(actor.settings, name), now), "setting", name)])
    return show(actor, actor.say("settings"), [*rows, [actor.back("panel")]])


def show_setting(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Explain a setting, offer values, and ask for another."""
    settings, in_chat = in_force(db, actor.settings), name in read_preferences(db)
    present, key = _value(settings, name), name.lower()
    text = actor.say(
        "setting",
        title=actor.plain(f"setting_{key}"),
        meaning=actor.say(f"meaning_{key}"),
        value=_in_words(actor, name, present, now),
        origin=actor.say("set_in_chat" if in_chat else "set_in_file"),
        form=actor.say(f"form_{key}"),
    )
    offers = []
    for number, value in enumerate(map(READERS[name][1], PRESETS[name])):
        label = _in_words(actor, name, value, now)
        offers.append(button(f"✅ {label}" if _is_same(value, present) else label, "set", name, number))
    wide = COLUMNS.get(name, 3)
    rows = [offers[start : start + wide] for start in range(0, len(offers), wide)]
    in_file = _value(settings.of_file or settings, name)
    as_in_file = _label(actor, actor.plain("as_in_file", value=""), name, in_file, now)
    unset = [button(as_in_file, "unset", name)] if in_chat else []
    return ask(db, actor, f"setting_value:{name}", text, [*rows, unset, [actor.back("settings")]])


def choose(db: sqlite3.Connection, actor: Actor, name: str, number: str, now: int) -> list[Outgoing]:
    """Set one of the offered values."""
    if number not in map(str, range(len(PRESETS[name]))):
        raise Refused("old_button")
    return _set(db, actor, name, PRESETS[name][int(number)], now)


def take_value(db: sqlite3.Connection, actor: Actor, text: str, name: str, now: int) -> list[Outgoing]:
    """Set the value that was typed, or say what would be right, and wait for another."""
    bad = f"bad_{name.lower()}"
    typed = take_line(text, VALUE_LENGTH, bad)
    typed = typed.replace(",", ".") if name in DECIMALS else typed
    if READERS[name][1] is yes_or_no:
        typed = {actor.plain(f"word_{word}"): word for word in YES_OR_NO}.get(typed.lower(), typed)
    try:
        value = READERS[name][1](typed)
    except ValueError:
        raise Refused(bad) from None
    return _set(db, actor, name, typed if name in DECIMALS else _text(name, value), now)


def unset(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Go back to the value in the settings file."""
    return _set(db, actor, name, None, now)


def _set(db: sqlite3.Connection, actor: Actor, name: str, text: str | None, now: int) -> list[Outgoing]:
    """Store a value that was checked (None: as in the file), and show the setting again."""
    before = read_preferences(db).get(name)
    if before != text:
        set_preference(db, name, text)
        old, new = (FILE if value is None else value or "-" for value in (before, text))
        audit.note(db, now, actor.id, "set", f"setting:{name}", f"{old} > {new}")
        if name == "LANGUAGE":
            announce_commands(db, in_force(db, actor.settings), now)
    return [*done(actor, "done_set"), *show_setting(db, actor, name, now)]


def _is_same(value: object, present: object) -> bool:
    """Return True if two values are the same; UTC has several names as a zone."""
    return value == present or {str(value), str(present)} <= UTC


def _value(settings: Settings, name: str) -> object:
    return getattr(settings, FIELDS.get(name) or name.lower())


def _in_words(actor: Actor, name: str, value: Any, now: int) -> str:
    """Write a value for people."""
    if name == "QUOTA_GB":
        return size(actor.language, value) if value else actor.plain("no_limit")
    if name == "SPEED_MBIT":
        return speed(actor.language, value) if value else actor.plain("no_speed_limit")
    if name == "LANGUAGE":
        return actor.plain(f"language_{value}")
    if name == "TIMEZONE":
        return actor.plain("zone_now", zone=str(value), now=clock_time(now, value))
    if name == "QUIET_HOURS":
        return actor.plain("hours", begin=value[0], end=value[1]) if value else actor.plain("no_hours")
    if name == "TELEGRAM_WHEN_OFF":
        return actor.plain("telegram_when_off" if value else "telegram_not_when_off")
    return _text(name, value)


def _label(actor: Actor, title: str, name: str, value: Any, now: int) -> str:
    """Return a button label with title and value; a time zone is shortened to its city if it doesn't fit."""
    if name != "TIMEZONE":
        return shorten(title + _in_words(actor, name, value, now), LABEL_LENGTH)
    whole, city = f"{title}{value}", f"{title}{str(value).rpartition('/')[2].replace('_', ' ')}"
    return whole if len(whole) <= LABEL_LENGTH else city


def _text(name: str, value: Any) -> str:
    """Write a value as the settings file has it."""
    if name == "QUIET_HOURS":
        return "-".join(map(str, value)) if value else ""
    if name == "TELEGRAM_WHEN_OFF":
        return "yes" if value else "no"
    return ", ".join(value) if name == "CLIENT_DNS" else str(value)
