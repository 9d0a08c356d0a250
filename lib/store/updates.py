"""Which updates were handled: none is handled twice, and the next poll confirms them."""

from __future__ import annotations

import sqlite3

from lib.days import DAY
from lib.store.database import get_metas

BATCH = 100  # the most updates that one poll returns, so the most that can come again
KEPT_SECONDS = DAY  # how long Telegram keeps an update; after that its ids may start anywhere


def claim(db: sqlite3.Connection, update_id: int, now: int) -> bool:
    """Record an update in the transaction that holds its effects; return False if it was handled before.

    A poll that was cut off brings at most a batch again. Numbers further below the last one are new: Telegram draws
    them at random after a quiet week.
    """
    query = """INSERT INTO meta (key, value) VALUES ('update_id', ?), ('update_at', ?)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value
               WHERE key = 'update_at' OR value - excluded.value NOT BETWEEN 0 AND ?"""
    return db.execute(query, (str(update_id), str(now), BATCH - 1)).rowcount == 2


def next_offset(db: sqlite3.Connection, now: int) -> int | None:
    """Return the offset of the next poll; None after a silence in which Telegram may have begun new numbers."""
    last, at = get_metas(db, "update_id", "update_at")
    if last is None or at is None or now - int(at) > KEPT_SECONDS:
        return None
    return int(last) + 1
