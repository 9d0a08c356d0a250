"""Own the table stats: what moved goes to the days it belongs to, to the byte, and is summed by months and people."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from lib.days import day_of, month_after, split_by_day, start_of
from lib.store import hours
from lib.store.database import get_meta, put_meta


@dataclass(frozen=True)
class Usage:
    """Bytes as the server counts them; friends see them the other way round."""

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
        """Both directions together, as a quota counts them."""
        return self.received + self.sent

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.received + other.received, self.sent + other.sent)


def add_traffic(
    db: sqlite3.Connection, moved: Sequence[tuple[int, int, int]], since: int, now: int, zone: tzinfo
) -> None:
    """Add (config, received, sent) that came since a moment to the days, the hours and the sum of all times."""
    moved = [one for one in moved if one[1] or one[2]]
    if not moved:
        return
    total = sum(received for _, received, _ in moved), sum(sent for _, _, sent in moved)
    ever = ever_moved(db)
    put_meta(db, "moved", json.dumps([ever.received + total[0], ever.sent + total[1]]))
    today = day_of(now, zone)
    if since >= start_of(date.fromisoformat(today), zone):
        _add_to_days(db, [(config_id, today, received, sent) for config_id, received, sent in moved])
    else:
        _add_to_days(db, [part for one in moved for part in _by_day(*one, since, now, zone)])
    hours.add_traffic(db, total, since, now)


def _by_day(
    config_id: int, received: int, sent: int, since: int, now: int, zone: tzinfo
) -> list[tuple[int, str, int, int]]:
    """List (config, day, received, sent) of one config's difference, divided among the days that it spans."""
    by_received, by_sent = split_by_day(received, since, now, zone), split_by_day(sent, since, now, zone)
    days = sorted(by_received.keys() | by_sent.keys())
    return [(config_id, day, by_received.get(day, 0), by_sent.get(day, 0)) for day in days]


def ever_moved(db: sqlite3.Connection) -> Usage:
    """Tell what all configs ever moved, those that are gone too."""
    kept = get_meta(db, "moved")
    if kept is not None:
        return Usage(*json.loads(kept))
    return Usage(*db.execute("SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats").fetchone())


def _add_to_days(db: sqlite3.Connection, days: list[tuple[int, str, int, int]]) -> None:
    db.executemany(
        """INSERT INTO stats (config_id, day, received, sent)
           VALUES (?, ?, ?, ?)
           ON CONFLICT (config_id, day)
           DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent""",
        days,
    )


def month_of_configs(db: sqlite3.Connection, user_id: int, month: str) -> dict[int, Usage]:
    """Sum a month ('YYYY-MM') for each config that the user has or had; one without traffic is absent."""
    rows = db.execute(
        """SELECT configs.id, sum(stats.received), sum(stats.sent)
           FROM configs
           JOIN stats ON stats.config_id = configs.id
           WHERE configs.user_id = ? AND stats.day >= ? AND stats.day < ?
           GROUP BY configs.id""",
        (user_id, *month_bounds(month)),
    )
    return {config_id: Usage(received, sent) for config_id, received, sent in rows}


def months_of_user(db: sqlite3.Connection, user_id: int, first: str) -> dict[str, Usage]:
    """Sum each month from one on over all configs that a user has or had; a month without traffic is absent."""
    rows = db.execute(
        """SELECT substr(stats.day, 1, 7), sum(stats.received), sum(stats.sent)
           FROM configs
           JOIN stats ON stats.config_id = configs.id
           WHERE configs.user_id = ? AND stats.day >= ?
           GROUP BY 1
           ORDER BY 1""",
        (user_id, f"{first}-01"),
    )
    return {month: Usage(received, sent) for month, received, sent in rows}


def first_month(db: sqlite3.Connection, user_id: int) -> str | None:
    """Name the month of a user's first traffic; None before it."""
    row = db.execute(
        """SELECT min(stats.day)
           FROM configs
           JOIN stats ON stats.config_id = configs.id
           WHERE configs.user_id = ?""",
        (user_id,),
    ).fetchone()
    return None if row[0] is None else str(row[0])[:7]


def days_of_user(db: sqlite3.Connection, user_id: int, month: str) -> dict[str, Usage]:
    """Sum each day of a month over all configs of a user; a day without traffic is absent."""
    rows = db.execute(
        """SELECT stats.day, sum(stats.received), sum(stats.sent)
           FROM configs
           JOIN stats ON stats.config_id = configs.id
           WHERE configs.user_id = ? AND stats.day >= ? AND stats.day < ?
           GROUP BY stats.day""",
        (user_id, *month_bounds(month)),
    )
    return {day: Usage(received, sent) for day, received, sent in rows}


def month_of_users(db: sqlite3.Connection, month: str) -> list[tuple[int | None, str, Usage]]:
    """List (user id, full name, month's sum), greatest first; who had no traffic is absent.

    Those who left stand last as one, without id and name.
    """
    rows = db.execute(
        """SELECT users.id, coalesce(users.full_name, ''), sum(stats.received), sum(stats.sent)
           FROM stats
           JOIN configs ON configs.id = stats.config_id
           LEFT JOIN users ON users.id = configs.user_id
           WHERE stats.day >= ? AND stats.day < ?
           GROUP BY users.id
           ORDER BY users.id IS NULL, sum(stats.received + stats.sent) DESC, users.id""",
        month_bounds(month),
    )
    return [(user_id, name, Usage(received, sent)) for user_id, name, received, sent in rows]


def top_users(db: sqlite3.Connection, month: str, limit: int, offset: int) -> tuple[list[tuple[str, Usage]], int]:
    """List (full name, month's sum), greatest first, and tell how many had any traffic."""
    rows = db.execute(
        """SELECT users.full_name, sum(stats.received), sum(stats.sent), count(*) OVER ()
           FROM stats
           JOIN configs ON configs.id = stats.config_id
           JOIN users ON users.id = configs.user_id
           WHERE stats.day >= ? AND stats.day < ?
           GROUP BY users.id
           ORDER BY sum(stats.received + stats.sent) DESC, users.id
           LIMIT ? OFFSET ?""",
        (*month_bounds(month), limit, offset),
    ).fetchall()
    return [(name, Usage(received, sent)) for name, received, sent, _ in rows], rows[0][3] if rows else 0


def days_of_server(db: sqlite3.Connection, month: str) -> dict[str, Usage]:
    """Sum each day of a month over everybody; a day without traffic is absent."""
    rows = db.execute(
        "SELECT day, sum(received), sum(sent) FROM stats WHERE day >= ? AND day < ? GROUP BY day", month_bounds(month)
    )
    return {day: Usage(received, sent) for day, received, sent in rows}


def first_day(db: sqlite3.Connection) -> str | None:
    """Name the first day that was counted; None before any."""
    day: str | None = db.execute("SELECT min(day) FROM stats").fetchone()[0]
    return day


def month_total(db: sqlite3.Connection, month: str) -> Usage:
    """Sum a month over everybody."""
    row = db.execute(
        "SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats WHERE day >= ? AND day < ?",
        month_bounds(month),
    ).fetchone()
    return Usage(*row)


def month_bounds(month: str) -> tuple[str, str]:
    """Give the first day of a month and the first day after it."""
    return f"{month}-01", f"{month_after(month)}-01"
