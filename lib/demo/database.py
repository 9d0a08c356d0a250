"""Look at the bot's database as a visitor may: who there is, what was asked, what is held. Never at a key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
_ROWS = 8  # of each kind, the newest


def look(path: Path, now: float, zone: str) -> Json:
    """Give people, requests, configs, messages waiting and traffic; empty while there is no database yet.

    Each config carries its public `key`, by which its peer is found, and `hindrance`, why it must not be live.
    """
    empty: Json = {"people": [], "requests": [], "configs": [], "waiting": 0, "month": [0, 0], "total": [0, 0]}
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            return {**empty, **_look(db, now, zone)}
    except sqlite3.OperationalError:
        return empty


def _look(db: sqlite3.Connection, now: float, zone: str) -> Json:
    chosen = db.execute("SELECT value FROM preferences WHERE name = 'TIMEZONE'").fetchone()
    first = moment(now, chosen[0] if chosen else zone).strftime("%Y-%m-01")
    return {
        "people": _rows(db, "SELECT full_name AS name, state FROM users ORDER BY created_at DESC, id DESC LIMIT ?"),
        "requests": _rows(
            db,
            """SELECT config_requests.name, users.full_name AS owner, config_requests.state
               FROM config_requests
               JOIN users ON users.id = user_id
               ORDER BY config_requests.id DESC
               LIMIT ?""",
        ),
        "configs": _rows(db, _CONFIGS, int(now)),
        "waiting": db.execute("SELECT count(*) FROM outbox").fetchone()[0],
        "month": _sum(db, first),
        "total": _sum(db, ""),
    }


_CONFIGS = """
    SELECT configs.name, users.full_name AS owner, address, public_key AS key,
           CASE WHEN revoked_at IS NOT NULL THEN 'revoked'
                WHEN paused_at IS NOT NULL THEN 'paused'
                WHEN expires_at <= ? THEN 'expired'
                WHEN users.state <> 'approved' THEN 'blocked' END AS hindrance
    FROM configs
    LEFT JOIN users ON users.id = user_id
    ORDER BY revoked_at IS NOT NULL, configs.id DESC
    LIMIT ?"""


def _rows(db: sqlite3.Connection, query: str, *values: Any) -> list[Json]:
    cursor = db.execute(query, (*values, _ROWS))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _sum(db: sqlite3.Connection, first: str) -> list[int]:
    """Give [received, sent] from a day on."""
    row = db.execute("SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats WHERE day >= ?", (first,))
    return list(row.fetchone())


def moment(now: float, zone: str) -> datetime:
    """Tell a time in a zone; an empty or unknown one is this machine's."""
    try:
        return datetime.fromtimestamp(now, ZoneInfo(zone)) if zone else datetime.fromtimestamp(now).astimezone()
    except (KeyError, ValueError, OSError):
        return datetime.fromtimestamp(now).astimezone()


def next_month(now: float, zone: str) -> float:
    """Give the first second of the next month."""
    here = moment(now, zone)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    first = here.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first if zone else first.replace(tzinfo=None)).timestamp()


def wanted_keys(path: Path) -> set[str]:
    """Read the public keys of the bot's peers file: who is on the interface after a reboot, even without the bot."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {line.partition("=")[2].strip() for line in lines if line.startswith("PublicKey")}
