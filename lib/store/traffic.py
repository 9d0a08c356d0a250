"""The table stats: traffic by config and day, to the byte, and its sums by month and person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from lib.days import day_of, month_after, split_by_day, start_of
from lib.store import hours
from lib.store.database import Values, get_meta, put_meta


@dataclass(frozen=True)
class Usage:
    """Bytes as the server counts them; friends see received and sent the other way round."""

    received: int = 0
    sent: int = 0

    @property
    def downloaded(self) -> int:
        """What the friend downloaded."""
        return self.sent

    @property
    def uploaded(self) -> int:
        """What the friend uploaded."""
        return self.received

    @property
    def total(self) -> int:
        """Both directions together, which a quota counts."""
        return self.received + self.sent

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.received + other.received, self.sent + other.sent)


def add_traffic(
    db: sqlite3.Connection, moved: Sequence[tuple[int, int, int]], since: int, now: int, zone: tzinfo
) -> None:
    """Add the (config, received, sent) of the time since a moment to the days, the hours and the all-time sum."""
    if not (moved := [one for one in moved if one[1] or one[2]]):
        return
    total = sum(received for _, received, _ in moved), sum(sent for _, _, sent in moved)
    ever = ever_moved(db)
    put_meta(db, "moved", json.dumps([ever.received + total[0], ever.sent + total[1]]))
    query = """INSERT INTO stats (config_id, day, received, sent) VALUES (?, ?, ?, ?) ON CONFLICT (config_id, day)
               DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent"""
    db.executemany(query, by_day(moved, since, now, zone))
    hours.add_traffic(db, total, since, now)


def by_day(
    moved: Sequence[tuple[int, int, int]], since: int, now: int, zone: tzinfo
) -> list[tuple[int, str, int, int]]:
    """Divide the (config, received, sent) of the time since a moment among its days, by time."""
    today = day_of(now, zone)
    if since >= start_of(date.fromisoformat(today), zone):
        return [(config_id, today, received, sent) for config_id, received, sent in moved]
    return [part for one in moved for part in _divided(*one, since, now, zone)]


def _divided(
    config_id: int, received: int, sent: int, since: int, now: int, zone: tzinfo
) -> list[tuple[int, str, int, int]]:
    by_received, by_sent = split_by_day(received, since, now, zone), split_by_day(sent, since, now, zone)
    days = sorted(by_received.keys() | by_sent.keys())
    return [(config_id, day, by_received.get(day, 0), by_sent.get(day, 0)) for day in days]


def ever_moved(db: sqlite3.Connection) -> Usage:
    """Return what all configs ever moved, deleted ones included."""
    if (kept := get_meta(db, "moved")) is not None:
        return Usage(*json.loads(kept))
    return Usage(*db.execute("SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats").fetchone())


def month_bounds(month: str) -> tuple[str, str]:
    """Return the first day of a month and the first day after it."""
    return f"{month}-01", f"{month_after(month)}-01"


_OF_USER = "FROM configs JOIN stats ON stats.config_id = configs.id WHERE configs.user_id = ? AND stats.day >= ?"
_IN_MONTH = "FROM stats WHERE day >= ? AND day < ?"


def _sums(db: sqlite3.Connection, key: str, rows: str, values: Values) -> dict[Any, Usage]:
    """Sum the traffic of some rows of stats for each value of an expression."""
    query = f"SELECT {key}, sum(stats.received), sum(stats.sent) {rows} GROUP BY 1 ORDER BY 1"
    return {key: Usage(received, sent) for key, received, sent in db.execute(query, values)}


def months_of_user(db: sqlite3.Connection, user_id: int, first: str) -> dict[str, Usage]:
    """Return a user's traffic of each month from `first` on, where there was any."""
    return _sums(db, "substr(stats.day, 1, 7)", _OF_USER, (user_id, f"{first}-01"))


def days_of_user(db: sqlite3.Connection, user_id: int, month: str) -> dict[str, Usage]:
    """Return a user's traffic of each day of a month, where there was any."""
    return _sums(db, "stats.day", f"{_OF_USER} AND stats.day < ?", (user_id, *month_bounds(month)))


def days_of_server(db: sqlite3.Connection, month: str) -> dict[str, Usage]:
    """Return everyone's total traffic on each day of a month with any."""
    return _sums(db, "day", _IN_MONTH, month_bounds(month))


def month_total(db: sqlite3.Connection, month: str) -> Usage:
    """Return everyone's total traffic in a month."""
    query = f"SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) {_IN_MONTH}"
    return Usage(*db.execute(query, month_bounds(month)).fetchone())


def month_of_users(db: sqlite3.Connection, month: str) -> list[tuple[int | None, str, Usage]]:
    """List (user id, full name, month's traffic), greatest first; people who left come last as one, without a name."""
    query = """SELECT users.id, coalesce(users.full_name, ''), sum(stats.received), sum(stats.sent)
               FROM stats JOIN configs ON configs.id = stats.config_id LEFT JOIN users ON users.id = configs.user_id
               WHERE stats.day >= ? AND stats.day < ?
               GROUP BY users.id ORDER BY users.id IS NULL, sum(stats.received + stats.sent) DESC, users.id"""
    return [(user_id, name, Usage(*moved)) for user_id, name, *moved in db.execute(query, month_bounds(month))]


def top_users(db: sqlite3.Connection, month: str, limit: int, offset: int) -> tuple[list[tuple[str, Usage]], int]:
    """List (full name, month's traffic), greatest first, and return how many people had any."""
    query = """SELECT users.full_name, sum(stats.received), sum(stats.sent), count(*) OVER ()
               FROM stats JOIN configs ON configs.id = stats.config_id JOIN users ON users.id = configs.user_id
               WHERE stats.day >= ? AND stats.day < ?
               GROUP BY users.id ORDER BY sum(stats.received + stats.sent) DESC, users.id LIMIT ? OFFSET ?"""
    rows = db.execute(query, (*month_bounds(month), limit, offset)).fetchall()
    return [(name, Usage(received, sent)) for name, received, sent, _ in rows], rows[0][3] if rows else 0


def first_month(db: sqlite3.Connection, user_id: int) -> str | None:
    """Return the month of a user's first traffic; None if there was none."""
    query = "SELECT min(stats.day) FROM configs JOIN stats ON stats.config_id = configs.id WHERE configs.user_id = ?"
    day: str | None = db.execute(query, (user_id,)).fetchone()[0]
    return day and day[:7]


def first_day(db: sqlite3.Connection) -> str | None:
    """Return the first day with traffic; None if there was none."""
    day: str | None = db.execute("SELECT min(day) FROM stats").fetchone()[0]
    return day
