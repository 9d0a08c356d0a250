"""Own the table hours: the whole server by the hour, how much it moved and how many were online, for five weeks."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.days import HOUR, hour_of, split_by_hour

KEPT_SECONDS = 35 * 86400  # how long an hour is kept
DAY = 86400


@dataclass(frozen=True)
class Hour:
    """A row of hours; see sql/schema.sql for each column."""

    hour: int
    received: int
    sent: int
    online: int


def add_traffic(db: sqlite3.Connection, moved: tuple[int, int], since: int, now: int) -> None:
    """Divide what moved between two moments among the hours; `moved` are (received, sent) bytes.

    What came over more time than is kept goes to the hours that are.
    """
    begin = max(since, now - KEPT_SECONDS)
    parts = [(hour, amount, 0) for hour, amount in split_by_hour(moved[0], begin, now).items()]
    parts += [(hour, 0, amount) for hour, amount in split_by_hour(moved[1], begin, now).items()]
    db.executemany(
        """INSERT INTO hours (hour, received, sent, online)
           VALUES (?, ?, ?, 0)
           ON CONFLICT (hour) DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent""",
        parts,
    )


def note_online(db: sqlite3.Connection, count: int, now: int) -> None:
    """Note how many configs are online; the hour keeps the most."""
    db.execute(
        """INSERT INTO hours (hour, received, sent, online)
           VALUES (?, 0, 0, ?)
           ON CONFLICT (hour) DO UPDATE SET online = max(online, excluded.online)""",
        (hour_of(now), count),
    )


def list_hours(db: sqlite3.Connection, first: int, last: int) -> list[Hour]:
    """List the hours from one to another, both included; one in which the bot did not look is absent."""
    rows = db.execute(
        "SELECT hour, received, sent, online FROM hours WHERE hour BETWEEN ? AND ? ORDER BY hour", (first, last)
    )
    return [Hour(*row) for row in rows]


def count_busy_days(db: sqlite3.Connection, now: int, days: int) -> int:
    """Count on how many of the past days somebody was online in this hour of the day, and in the one before it."""
    row = db.execute(
        """SELECT count(*)
           FROM hours
           JOIN hours AS earlier ON earlier.hour = hours.hour - ? AND earlier.online > 0
           WHERE hours.online > 0 AND hours.hour BETWEEN ? AND ? AND (? - hours.hour) % ? = 0""",
        (HOUR, hour_of(now) - days * DAY, hour_of(now) - DAY, hour_of(now), DAY),
    ).fetchone()
    return int(row[0])


def forget_hours(db: sqlite3.Connection, now: int) -> None:
    """Forget what is older than five weeks."""
    db.execute("DELETE FROM hours WHERE hour < ?", (hour_of(now - KEPT_SECONDS),))
