"""Remind the staff of what has waited for a decision too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lib import days
from lib.chat import keyboards
from lib.chat.phrases import span
from lib.chat.screens import Keyboard, tell_staff
from lib.chat.texts import say
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, drop_subject, forget_subject, message_of, recipients
from lib.store.views.waiting import count_open, waits_since

TOO_LONG = 86400  # seconds after which the staff is reminded, at most as often


def remind(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Remind the staff once a day of what waits longer than that, but not in QUIET_HOURS."""
    since = waits_since(db)
    if since is None:
        return _take_reminder_away(db)
    told = int(get_meta(db, "reminded_at") or 0)
    quiet = days.is_quiet(now, settings.timezone, settings.quiet_hours)
    if now - since <= TOO_LONG or 0 <= now - told < TOO_LONG or quiet:
        return []
    put_meta(db, "reminded_at", str(now))
    return [*_take_reminder_away(db), *tell_staff(db, settings, _reminder(db, now - since), "reminder")]


def _take_reminder_away(db: sqlite3.Connection) -> list[Outgoing]:
    """Delete the last reminder where it still is one, or stop it on its way."""
    found = [(chat_id, message_of(db, "reminder", chat_id)) for chat_id in recipients(db, "reminder")]
    drop_subject(db, "reminder")
    forget_subject(db, "reminder")
    return [Outgoing(chat_id, "deleteMessage", {"message_id": number}) for chat_id, number in found if number]


def _reminder(db: sqlite3.Connection, waited: int) -> Callable[[str], tuple[str, Keyboard]]:
    count = count_open(db)
    return lambda language: (
        say(language, "reminder", count=count, span=span(language, waited)),
        keyboards.to_waiting(language),
    )
