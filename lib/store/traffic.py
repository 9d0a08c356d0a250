"""Own the tables counters and stats: samples become differences, differences become days, to the byte."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import NamedTuple

from lib.days import day_of, month_after, split_by_day, start_of
from lib.store import hours
from lib.store.database import get_meta, put_meta, tuples


class Reading(NamedTuple):
    """A config's counters as the interface tells them: bytes in the server's view, handshake in epoch seconds or 0."""

    config_id: int
    received: int
    sent: int
    handshake_at: int


@dataclass(frozen=True)
class Usage:
    """Bytes in the server's view: `received` is what the friend uploaded, `sent` what they downloaded."""

    received: int = 0
    sent: int = 0


def difference(before: int, after: int, same_interface: bool) -> int:
    """Tell how far a counter moved; one that fell, or belongs to another interface, began again at zero."""
    return after - before if same_interface and after >= before else after


def may_be_same(before: str, after: str) -> bool:
    """Compare two names of an interface's life part by part; a part that could not be seen ('-') tells nothing."""
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return all(one == other or "-" in (one, other) for one, other in pairs)


def carry_on(before: str, after: str) -> str:
    """Give the life `after`, what could not be seen of it taken from the one before, if it may be the same."""
    if not may_be_same(before, after):
        return after
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return ":".join(one if other == "-" else other for one, other in pairs)


def record_sample(
    db: sqlite3.Connection, readings: Sequence[Reading], interface_id: str, now: int, zone: tzinfo
) -> None:
    """Add what moved since the last sample to its days and hours, and keep the readings as the next base.

    A config that is not among the readings is not on the interface: if it returns, its counters begin at zero. A row
    of counters is written when it changes; most devices are silent most of the time.
    """
    rows = tuples(db, "SELECT config_id, received, sent, handshake_at, interface_id FROM counters")
    bases = {config_id: (received, sent, seen, life) for config_id, received, sent, seen, life in rows}
    since, before = json.loads(get_meta(db, "sampled") or json.dumps([now, interface_id]))
    life = carry_on(before, interface_id)
    changed, moved = [], []
    for reading in readings:
        config_id, received, sent, seen = reading
        base = bases.pop(config_id, (0, 0, 0, ""))
        if base[0] != received or base[1] != sent or base[2] < seen or base[3] != life:
            changed.append(reading)
            same = may_be_same(base[3], life)
            moved.append((config_id, difference(base[0], received, same), difference(base[1], sent, same)))
    gone = [(config_id,) for config_id, (received, sent, _, _) in bases.items() if received or sent]
    db.executemany("UPDATE counters SET received = 0, sent = 0 WHERE config_id = ?", gone)
    keep_readings(db, changed, life)
    put_meta(db, "sampled", json.dumps([now, life]))  # since when the next one counts, and of which life this one is
    _count(db, moved, since, now, zone)


def _count(db: sqlite3.Connection, moved: Sequence[tuple[int, int, int]], since: int, now: int, zone: tzinfo) -> None:
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


def keep_readings(db: sqlite3.Connection, readings: Sequence[Reading], interface_id: str) -> None:
    """Make these readings the base of the next differences."""
    db.executemany(
        """INSERT INTO counters (config_id, received, sent, handshake_at, interface_id)
           VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (config_id)
           DO UPDATE SET received = excluded.received, sent = excluded.sent, interface_id = excluded.interface_id,
                         handshake_at = max(handshake_at, excluded.handshake_at)""",
        [(*reading, interface_id) for reading in readings],
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


def last_handshakes(db: sqlite3.Connection, user_id: int) -> dict[int, int]:
    """Tell each config's newest handshake in epoch seconds; 0 or absent: never."""
    rows = db.execute(
        """SELECT counters.config_id, counters.handshake_at
           FROM counters
           JOIN configs ON configs.id = counters.config_id
           WHERE configs.user_id = ?""",
        (user_id,),
    )
    return dict(rows.fetchall())


def last_reading(db: sqlite3.Connection, config_id: int) -> Reading | None:
    """Read a config's counters as last seen on the interface; its handshake is the newest ever. None: never seen."""
    row = db.execute(
        "SELECT config_id, received, sent, handshake_at FROM counters WHERE config_id = ?", (config_id,)
    ).fetchone()
    return None if row is None else Reading(*row)


def count_reconnected(db: sqlite3.Connection, since: int, config_ids: Sequence[int]) -> tuple[int, int]:
    """Count which of these configs had a handshake since a moment (that second counts), and which are still there."""
    row = db.execute(
        """SELECT count(*) FILTER (WHERE counters.handshake_at >= :since), count(*)
           FROM configs
           LEFT JOIN counters ON counters.config_id = configs.id
           WHERE configs.revoked_at IS NULL AND configs.id IN (SELECT value FROM json_each(:ids))""",
        {"since": since, "ids": json.dumps(list(config_ids))},
    ).fetchone()
    return int(row[0]), int(row[1])


def newest_handshake(db: sqlite3.Connection) -> int:
    """Give the newest handshake of any config in epoch seconds; 0: there never was one."""
    return int(db.execute("SELECT coalesce(max(handshake_at), 0) FROM counters").fetchone()[0])


def count_online(db: sqlite3.Connection, since: int) -> int:
    """Count the configs whose newest handshake is younger than a moment."""
    return int(db.execute("SELECT count(*) FROM counters WHERE handshake_at > ?", (since,)).fetchone()[0])


def month_bounds(month: str) -> tuple[str, str]:
    """Give the first day of a month and the first day after it."""
    return f"{month}-01", f"{month_after(month)}-01"
