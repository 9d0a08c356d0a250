"""What waits for an answer: people, requests, friends' tickets and claims in one list, oldest first. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.store.database import list_rows, number

# A person has waited since they passed the CAPTCHA, which was their last change of state.
_WAITING = """
    SELECT 'user' AS kind, id, full_name, '' AS device, coalesce(decided_at, created_at) AS since
    FROM users WHERE state = 'pending'
    UNION ALL
    SELECT 'request', config_requests.id, users.full_name, config_requests.name, config_requests.created_at
    FROM config_requests JOIN users ON users.id = config_requests.user_id
    WHERE config_requests.state = 'pending'"""
# Only admins answer these.
_FOR_ADMINS = """
    UNION ALL
    SELECT tickets.kind, tickets.id, users.full_name, coalesce(configs.name, ''), tickets.sent_at
    FROM tickets JOIN users ON users.id = tickets.user_id LEFT JOIN configs ON configs.id = tickets.config_id
    WHERE tickets.sent_at IS NOT NULL AND tickets.closed_at IS NULL
    UNION ALL
    SELECT 'claim', claims.id, users.full_name, claims.name, claims.proven_at
    FROM claims JOIN users ON users.id = claims.user_id WHERE claims.state = 'proven'"""


@dataclass(frozen=True)
class Waiting:
    """What has waited since a moment in epoch seconds: a person ('user'), a 'request', a 'claim', or a ticket of
    some kind.

    `device` is empty for what is not about one.
    """

    kind: str
    id: int
    full_name: str
    device: str
    since: int


def list_waiting(db: sqlite3.Connection, limit: int, offset: int = 0, *, for_admin: bool) -> list[Waiting]:
    """List what waits, oldest first; helpers see no tickets and no claims."""
    query = f"{_waiting(for_admin)} ORDER BY since, kind DESC, id LIMIT ? OFFSET ?"
    return list_rows(db, Waiting, query, (limit, offset))


def waits_since(db: sqlite3.Connection, *, for_admin: bool) -> int | None:
    """Return since when the oldest has waited; None if nothing waits."""
    found: int | None = db.execute(f"SELECT min(since) FROM ({_waiting(for_admin)})").fetchone()[0]
    return found


def count_open(db: sqlite3.Connection, *, for_admin: bool) -> int:
    """Count what list_waiting lists."""
    return number(db, f"SELECT count(*) FROM ({_waiting(for_admin)})")


def _waiting(for_admin: bool) -> str:
    return _WAITING + _FOR_ADMINS if for_admin else _WAITING
