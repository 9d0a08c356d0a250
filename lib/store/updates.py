"""Which updates were handled: none is handled twice, and the next poll confirms them."""

from __future__ import annotations

import sqlite3

from lib.days import DAY
from lib.store.database import get_meta, put_meta

BATCH = 100  # the most updates that one poll returns, so the most that can come again
KEPT_SECONDS = DAY  # how long Telegram keeps an update; after that its ids may start anywhere


def was_handled(db: sqlite3.Connection, update_id: int) -> bool:
    """Return True for an update that comes again because the poll that returned it was cut off.

    Ids more than a batch below the last one are new: after a quiet week Telegram starts at a random id.
    """
    last = get_meta(db, "update_id")
    return last is not None and int(last) - BATCH < update_id <= int(last)


def note_handled(db: sqlite3.Connection, update_id: int, now: int) -> None:
    """Record an update in the transaction that holds its effects."""
    put_meta(db, "update_id", str(update_id))
    put_meta(db, "update_at", str(now))


def note_repeated(db: sqlite3.Connection, now: int) -> None:
    """Record that Telegram's ids still continue ours, so that the next poll confirms what came again."""
    put_meta(db, "update_at", str(now))


def next_offset(db: sqlite3.Connection, now: int) -> int | None:
    """Return the offset of the next poll; None after a silence in which Telegram may have started new ids."""
    last, at = get_meta(db, "update_id"), get_meta(db, "update_at")
    if last is None or at is None or now - int(at) > KEPT_SECONDS:
        return None
    return int(last) + 1
