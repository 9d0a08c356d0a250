"""Remind admins and helpers of what has waited too long for an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from lib import days
from lib.chat import keyboards
from lib.chat.notify.waiting_shown import waiting_notice, waiting_rows
from lib.chat.phrases import span
from lib.chat.screens import Compose, Keyboard, tell_admins, tell_helpers
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, forget_message, message_of, recipients
from lib.store.views.waiting import count_open, list_waiting, waits_since

TOO_LONG = 86400  # seconds of waiting; also how often a reminder is sent at most
ROWS = 7  # of what waits, with a button each


def remind(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Send a reminder once a day while something waits too long, but not in QUIET_HOURS."""
    since, for_helpers = waits_since(db, for_admin=True), waits_since(db, for_admin=False)
    if since is None:
        return _delete_reminder(db, recipients(db, "reminder"))
    told, waited = int(get_meta(db, "reminded_at") or 0), now - since
    if waited <= TOO_LONG or 0 <= now - told < TOO_LONG or days.is_quiet(now, settings.timezone, settings.quiet_hours):
        past = [who for who in recipients(db, "reminder") if who not in settings.admin_ids]
        return _delete_reminder(db, past) if for_helpers is None else []
    put_meta(db, "reminded_at", str(now))
    gone = _delete_reminder(db, recipients(db, "reminder"))
    admins = tell_admins(db, settings, _notice(db, settings, waited, now, for_admin=True), "reminder")
    if for_helpers is None or now - for_helpers <= TOO_LONG:
        return [*gone, *admins]
    notice = _notice(db, settings, now - for_helpers, now, for_admin=False)
    return [*gone, *admins, *tell_helpers(db, settings, notice, "reminder")]


def _notice(db: sqlite3.Connection, settings: Settings, waited: int, now: int, *, for_admin: bool) -> Compose:
    """Describe what is waiting: one item with the buttons of its card, several with a button to each."""
    count, oldest = count_open(db, for_admin=for_admin), list_waiting(db, ROWS, for_admin=for_admin)
    only = waiting_notice(db, settings, oldest[0]) if count == 1 else None

    def notice(language: str) -> tuple[Markup, Keyboard]:
        text = say(language, "reminder", count=count, span=span(language, waited))
        if only:
            card, buttons = only(language)
            return Markup(f"{text}\n\n{card}"), buttons
        return text, [*waiting_rows(language, oldest, now), *keyboards.to_waiting(language)]

    return notice


def _delete_reminder(db: sqlite3.Connection, chat_ids: Sequence[int]) -> list[Outgoing]:
    """Delete the last reminder where it still is one, and drop it where it was not sent yet."""
    sent = [(chat_id, message_of(db, "reminder", chat_id)) for chat_id in chat_ids]
    for chat_id in chat_ids:
        forget_message(db, "reminder", chat_id)
    return [Outgoing(chat_id, "deleteMessage", {"message_id": number}) for chat_id, number in sent if number]
