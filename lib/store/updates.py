"""Remember which updates were handled, so that none is handled twice and the next poll confirms them."""

from __future__ import annotations

import sqlite3

from lib.store.database import get_meta, put_meta

BATCH = 100  # the most updates that one poll brings, so the most that can come again
KEPT_SECONDS = 86400  # how long Telegram keeps an update; after that its numbers may begin anywhere


def was_handled(db: sqlite3.Connection, update_id: int) -> bool:
    """Tell whether an update is one of those that a cut-off poll brings again.

    Only a batch's length back: numbers far below are new ones, drawn at random after a quiet week.
    """
    last = get_meta(db, "update_id")
    return last is not None and int(last) - BATCH < update_id <= int(last)


def note_handled(db: sqlite3.Connection, update_id: int, now: int) -> None:
    """Note an update in the transaction that holds its effects."""
    put_meta(db, "update_id", str(update_id))
    put_meta(db, "update_at", str(now))


def note_repeated(db: sqlite3.Connection, now: int) -> None:
    """Note that Telegram's numbers still go on from ours, so that the next poll confirms what came again."""
    put_meta(db, "update_at", str(now))


def next_offset(db: sqlite3.Connection, now: int) -> int | None:
    """Give the offset of the next poll; None after a silence in which Telegram may have begun new numbers."""
    last, at = get_meta(db, "update_id"), get_meta(db, "update_at")
    if last is None or at is None or now - int(at) > KEPT_SECONDS:
        return None
    return int(last) + 1
