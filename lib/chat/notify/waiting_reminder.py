"""Remind admins and helpers of what has waited too long for a decision."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.notify import decisions_shown
from lib.chat.phrases import span
from lib.chat.screens import Compose, Keyboard, tell_staff
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, drop_subject, forget_subject, message_of, recipients
from lib.store.views.waiting import count_open, list_waiting, waits_since

TOO_LONG = 86400  # seconds of waiting; also how often a reminder is sent at most
ROWS = 7  # people and requests that have a button each


def remind(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Send a reminder once a day while something waits too long, but not in QUIET_HOURS."""
    since = waits_since(db)
    if since is None:
        return _delete_reminder(db)
    told, waited = int(get_meta(db, "reminded_at") or 0), now - since
    if waited <= TOO_LONG or 0 <= now - told < TOO_LONG or days.is_quiet(now, settings.timezone, settings.quiet_hours):
        return []
    put_meta(db, "reminded_at", str(now))
    return [*_delete_reminder(db), *tell_staff(db, settings, _notice(db, waited, now), "reminder")]


def _notice(db: sqlite3.Connection, waited: int, now: int) -> Compose:
    """Describe what is waiting: one item with the buttons of its card, several with a button to each."""
    count, oldest = count_open(db), list_waiting(db, ROWS)
    only = decisions_shown.waiting_notice(db, oldest[0]) if count == 1 else None

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, "reminder", count=count, span=span(language, waited))
        if only:
            card, buttons = only(language)
            return Markup(f"{text}\n\n{card}"), buttons
        return text, [*decisions_shown.waiting_rows(language, oldest, now), *keyboards.to_waiting(language)]

    return notice


def _delete_reminder(db: sqlite3.Connection) -> list[Outgoing]:
    """Delete the last reminder where it still is one, and drop it where it was not sent yet."""
    sent = [(chat_id, message_of(db, "reminder", chat_id)) for chat_id in recipients(db, "reminder")]
    drop_subject(db, "reminder")
    forget_subject(db, "reminder")
    return [Outgoing(chat_id, "deleteMessage", {"message_id": number}) for chat_id, number in sent if number]
