"""Keep the messages about a broadcast on its way up to date."""

from __future__ import annotations

import sqlite3

from lib.chat.screens import Keyboard, edit_notices, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store import audit, broadcasts
from lib.store.broadcasts import Broadcast, get_broadcast, progress_of
from lib.store.outbox import Outgoing
from lib.store.told import forget_told, tell_once

SETTLING = 5  # seconds in which what was just being sent at a stop arrives


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Keep the messages about what is on its way up to date, and note the end."""
    edits: list[Outgoing] = []
    for one in broadcasts.running(db):
        progress = progress_of(db, one)
        if not progress.waiting and now - (one.stopped_at or 0) >= SETTLING:
            broadcasts.finish(db, one, progress.sent, now)
            forget_told(db, one.subject)
            audit.note(db, now, None, "sent", one.subject, f"{progress.sent}/{one.total}")
        elif not tell_once(db, one.subject, f"{progress.sent}:{progress.missed}", now):
            continue
        edits += _edit(db, settings, get_broadcast(db, one.id))
    return edits


def _edit(db: sqlite3.Connection, settings: Settings, one: Broadcast) -> list[Outgoing]:
    progress = progress_of(db, one)
    return edit_notices(db, settings, seen_under(one), lambda language: describe(language, one, progress))


def describe(language: str, one: Broadcast, progress: broadcasts.Progress) -> tuple[Markup, Keyboard]:
    """Say how far a broadcast is; it can be stopped until it is over."""
    key = "broadcast_sending" if one.finished_at is None else "broadcast_sent"
    stopped = one.stopped_at is not None
    missed = say(language, "broadcast_missed", count=progress.missed) if progress.missed and not stopped else Markup("")
    text = say(language, "broadcast_stopped" if stopped else key, sent=progress.sent, total=one.total, missed=missed)
    halt = text_button(language, "broadcast_stop", "broadcast_stop", one.id, style="danger")
    ways = [[halt]] if one.finished_at is None and not stopped else []
    return text, [*ways, [text_button(language, "back", "broadcast")]]


def seen_under(one: Broadcast) -> str:
    """Name the subject of the messages that tell how far it is."""
    return f"progress:{one.id}"
