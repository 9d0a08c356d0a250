"""What waits for a decision: people and requests in one list, oldest first. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.store.config_requests import count_requests
from lib.store.database import list_rows
from lib.store.users import count_users

# A person has waited since they passed the CAPTCHA, which was their last change of state.
_WAITING = """
    SELECT 'user' AS kind, id, full_name, '' AS device, coalesce(decided_at, created_at) AS since
    FROM users WHERE state = 'pending'
    UNION ALL
    SELECT 'request', config_requests.id, users.full_name, config_requests.name, config_requests.created_at
    FROM config_requests JOIN users ON users.id = config_requests.user_id
    WHERE config_requests.state = 'pending'"""


@dataclass(frozen=True)
class Waiting:
    """A person ('user', with an empty device) or a 'request' that has waited since a moment in epoch seconds."""

    kind: str
    id: int
    full_name: str
    device: str
    since: int


def list_waiting(db: sqlite3.Connection, limit: int, offset: int = 0) -> list[Waiting]:
    """List what waits, oldest first."""
    return list_rows(db, Waiting, f"{_WAITING} ORDER BY since, kind DESC, id LIMIT ? OFFSET ?", (limit, offset))


def waits_since(db: sqlite3.Connection) -> int | None:
    """Return since when the oldest has waited; None if nothing waits."""
    found: int | None = db.execute(f"SELECT min(since) FROM ({_WAITING})").fetchone()[0]
    return found


def count_open(db: sqlite3.Connection) -> int:
    """Count the people and requests that wait for a decision."""
    return count_users(db, "pending") + count_requests(db, "pending")
