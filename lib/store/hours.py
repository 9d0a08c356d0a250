"""The table hours: how much the whole server moved each hour, and how many were online, for the last five weeks."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.days import DAY, HOUR, hour_of, split_by_hour
from lib.store.database import list_rows, number

KEPT_SECONDS = 35 * DAY


@dataclass(frozen=True)
class Hour:
    """A row of hours; see sql/schema.sql for each column."""

    hour: int
    received: int
    sent: int
    online: int


def add_traffic(db: sqlite3.Connection, moved: tuple[int, int], since: int, now: int) -> None:
    """Divide the bytes moved (received, sent) between two moments among the hours that are still kept."""
    begin = max(since, now - KEPT_SECONDS)
    parts = [(hour, amount, 0) for hour, amount in split_by_hour(moved[0], begin, now).items()]
    parts += [(hour, 0, amount) for hour, amount in split_by_hour(moved[1], begin, now).items()]
    query = """INSERT INTO hours (hour, received, sent, online) VALUES (?, ?, ?, 0)
               ON CONFLICT (hour) DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent"""
    db.executemany(query, parts)


def note_online(db: sqlite3.Connection, count: int, now: int) -> None:
    """Record how many configs are online; the hour keeps the maximum."""
    query = """INSERT INTO hours (hour, received, sent, online) VALUES (?, 0, 0, ?)
               ON CONFLICT (hour) DO UPDATE SET online = max(online, excluded.online)"""
    db.execute(query, (hour_of(now), count))


def list_hours(db: sqlite3.Connection, first: int, last: int) -> list[Hour]:
    """List the hours from `first` to `last`, both included; hours in which the bot was off are absent."""
    query = "SELECT hour, received, sent, online FROM hours WHERE hour BETWEEN ? AND ? ORDER BY hour"
    return list_rows(db, Hour, query, (first, last))


def count_busy_days(db: sqlite3.Connection, now: int, days: int) -> int:
    """Count the past days on which anyone was online in this hour of the day and in the one before it."""
    query = """SELECT count(*)
               FROM hours JOIN hours AS earlier ON earlier.hour = hours.hour - ? AND earlier.online > 0
               WHERE hours.online > 0 AND hours.hour BETWEEN ? AND ? AND (? - hours.hour) % ? = 0"""
    hour = hour_of(now)
    return number(db, query, (HOUR, hour - days * DAY, hour - DAY, hour, DAY))


def forget_hours(db: sqlite3.Connection, now: int) -> None:
    """Delete what is older than five weeks."""
    db.execute("DELETE FROM hours WHERE hour < ?", (hour_of(now - KEPT_SECONDS),))
