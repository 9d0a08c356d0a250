"""Configs that reach Telegram alone, because a limit is used up or they expired; and their traffic meanwhile.

The table telegram_only is what the keeper last made of the interface. The traffic in telegram_days is in no other table
and counts for no quota, but has a small limit of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import tzinfo

from lib.store.database import number, tuples
from lib.store.traffic import by_day, month_bounds

MONTHLY_BYTES = 200_000_000  # of one person: enough to read and to ask, too little to live on


def ids(db: sqlite3.Connection) -> set[int]:
    """Return the configs that reach Telegram alone."""
    return {id_ for (id_,) in tuples(db, "SELECT config_id FROM telegram_only")}


def reaches_telegram(db: sqlite3.Connection, config_id: int) -> bool:
    """Return True if a config reaches Telegram alone."""
    return bool(number(db, "SELECT count(*) FROM telegram_only WHERE config_id = ?", (config_id,)))


def person_reaches_telegram(db: sqlite3.Connection, user_id: int) -> bool:
    """Return True if a config of a person reaches Telegram alone."""
    query = """SELECT count(*) FROM configs JOIN telegram_only ON telegram_only.config_id = configs.id
               WHERE configs.user_id = ?"""
    return bool(number(db, query, (user_id,)))


def keep(db: sqlite3.Connection, config_ids: Collection[int]) -> None:
    """Store which configs reach Telegram alone, instead of those that did."""
    listed = (json.dumps(sorted(config_ids)),)
    db.execute("DELETE FROM telegram_only WHERE config_id NOT IN (SELECT value FROM json_each(?))", listed)
    db.execute("INSERT INTO telegram_only SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING", listed)


def add_telegram(
    db: sqlite3.Connection, moved: Sequence[tuple[int, int, int]], since: int, now: int, zone: tzinfo
) -> None:
    """Add the (config, received, sent) of the time since a moment to the days of the path to Telegram."""
    query = """INSERT INTO telegram_days (config_id, day, received, sent) VALUES (?, ?, ?, ?)
               ON CONFLICT (config_id, day)
               DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent"""
    db.executemany(query, by_day([one for one in moved if one[1] or one[2]], since, now, zone))


def month_of_person(db: sqlite3.Connection, user_id: int, month: str) -> int:
    """Return the bytes that a person moved on the path to Telegram in a month, both ways."""
    query = """SELECT coalesce(sum(received + sent), 0)
               FROM configs JOIN telegram_days ON telegram_days.config_id = configs.id
               WHERE configs.user_id = ? AND day >= ? AND day < ?"""
    return number(db, query, (user_id, *month_bounds(month)))
