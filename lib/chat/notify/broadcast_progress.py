"""Keep the progress messages of announcements up to date."""

from __future__ import annotations

import sqlite3
from functools import partial

from lib.chat.screens import Keyboard, edit_notices, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store import audit, broadcasts
from lib.store.broadcasts import Broadcast, Progress, get_broadcast, progress_of
from lib.store.outbox import Outgoing
from lib.store.told import forget_told, tell_once

SETTLING = 5  # seconds after a stop in which what was just being sent still arrives


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Edit the messages of announcements that made progress, and record those that are complete."""
    edits: list[Outgoing] = []
    for one in broadcasts.running(db):
        progress = progress_of(db, one)
        if not progress.waiting and now - (one.stopped_at or 0) >= SETTLING:
            broadcasts.finish(db, one, progress.sent, now)
            forget_told(db, one.subject)
            audit.note(db, now, None, "sent", one.subject, f"{progress.sent}/{one.total}")
        elif not tell_once(db, one.subject, f"{progress.sent}:{progress.missed}", now):
            continue
        present = get_broadcast(db, one.id)
        edits += edit_notices(db, settings, progress_subject(one), partial(describe, present, progress_of(db, present)))
    return edits


def describe(one: Broadcast, progress: Progress, language: str) -> tuple[Markup, Keyboard]:
    """Describe an announcement's progress; it can be stopped until it is complete."""
    finished = one.finished_at is not None
    stopped = one.stopped_at is not None and progress.sent < one.total  # not if the last one was out before the tap
    key = "broadcast_stopped" if stopped else "broadcast_sent" if finished or one.stopped_at else "broadcast_sending"
    missed = say(language, "broadcast_missed", count=progress.missed) if progress.missed and not stopped else Markup("")
    text = say(language, key, sent=progress.sent, total=one.total, missed=missed)
    stop = text_button(language, "broadcast_stop", "broadcast_stop", one.id, style="danger")
    return text, [[] if finished or one.stopped_at else [stop], [text_button(language, "back", "broadcast")]]


def progress_subject(one: Broadcast) -> str:
    """Return the subject of an announcement's progress messages."""
    return f"progress:{one.id}"
