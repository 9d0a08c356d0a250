"""Read the bot's database for a visitor: people, requests, configs and traffic, but never a private key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from lib.demo.backstage.local_time import local_time

Json = dict[str, Any]
_ROWS = 8  # of each kind, newest first
_CONFIGS = """
    SELECT configs.name, users.full_name AS owner, user_id, address, public_key AS key,
           CASE WHEN revoked_at IS NOT NULL THEN 'revoked'
                WHEN paused_at IS NOT NULL THEN 'paused'
                WHEN expires_at <= ? THEN 'expired'
                WHEN users.state <> 'approved' THEN 'blocked' END AS off_reason
    FROM configs
    LEFT JOIN users ON users.id = user_id
    ORDER BY revoked_at IS NOT NULL, configs.id DESC
    LIMIT ?"""

_ASKING = "SELECT public_key FROM telegram_only JOIN configs ON configs.id = config_id"


def read_database(path: Path, now: float, zone: str) -> Json:
    """Return people, requests, configs, the number of waiting messages and traffic; empty without a database.

    Each config has its public `key`, by which its peer is found, and `off_reason`, why it must not be live. `keys`
    are those of all configs that ever existed: any other peer was created by hand. `asking` are those that reach
    Telegram alone.
    """
    empty: Json = {
        "people": [], "requests": [], "configs": [], "keys": [], "asking": [], "waiting": 0,
        "month": [0, 0], "total": [0, 0],
    }  # fmt: skip
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            return {**empty, **_read_tables(db, now, zone)}
    except sqlite3.OperationalError:
        return empty


def _read_tables(db: sqlite3.Connection, now: float, zone: str) -> Json:
    chosen = db.execute("SELECT value FROM preferences WHERE name = 'TIMEZONE'").fetchone()
    month_start = local_time(now, chosen[0] if chosen else zone).strftime("%Y-%m-01")
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
        "keys": [key for (key,) in db.execute("SELECT public_key FROM configs")],
        "asking": [key for (key,) in db.execute(_ASKING)],
        "waiting": db.execute("SELECT count(*) FROM outbox").fetchone()[0],
        "month": _traffic_since(db, month_start),
        "total": _traffic_since(db, ""),
    }


def _rows(db: sqlite3.Connection, query: str, *values: Any) -> list[Json]:
    cursor = db.execute(query, (*values, _ROWS))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _traffic_since(db: sqlite3.Connection, day: str) -> list[int]:
    """Return [received, sent] since a day."""
    row = db.execute("SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats WHERE day >= ?", (day,))
    return list(row.fetchone())


def wanted_keys(peers_file: Path) -> set[str]:
    """Return the public keys in the bot's peers file: the peers that come back after a reboot, even without the bot."""
    try:
        lines = peers_file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {line.partition("=")[2].strip() for line in lines if line.startswith("PublicKey")}
