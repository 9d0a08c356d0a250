"""The table config_requests: friends ask for configs, admins decide. At most one request per user is open."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.database import columns, find_row, get_row, insert, list_rows, number, setter
from lib.store.users import name_of


@dataclass(frozen=True)
class ConfigRequest:
    """A row of config_requests; see sql/schema.sql for each column."""

    id: int
    user_id: int
    name: str
    state: str
    replaces: int | None
    created_at: int
    decided_at: int | None
    decided_by: int | None
    platform: str | None
    app: str | None


_SELECT = f"SELECT {columns(ConfigRequest)} FROM config_requests"


def add_request(
    db: sqlite3.Connection,
    user_id: int,
    name: str,
    now: int,
    *,
    platform: str | None = None,
    app: str | None = None,
    replaces: int | None = None,
) -> int:
    """Add a request, maybe to replace a config, and return its id; Refused('request_open') if another one is open."""
    if open_request(db, user_id):
        raise Refused("request_open")
    row = {"user_id": user_id, "name": name, "replaces": replaces, "platform": platform, "app": app}
    return insert(db, "config_requests", **row, created_at=now)


def get_request(db: sqlite3.Connection, request_id: int) -> ConfigRequest:
    """Return a request; raise Refused('gone') if there is none."""
    return get_row(db, ConfigRequest, f"{_SELECT} WHERE id = ?", (request_id,))


def open_request(db: sqlite3.Connection, user_id: int) -> ConfigRequest | None:
    """Return the user's request that is pending, or approved and not issued yet."""
    return find_row(db, ConfigRequest, f"{_SELECT} WHERE user_id = ? AND state IN ('pending', 'approved')", (user_id,))


def list_requests(db: sqlite3.Connection, state: str, limit: int) -> list[ConfigRequest]:
    """List the requests in an open state, oldest first."""
    return list_rows(db, ConfigRequest, f"{_SELECT} WHERE state = ? ORDER BY id LIMIT ?", (state, limit))


def count_requests(db: sqlite3.Connection, state: str) -> int:
    """Count the requests in an open state."""
    return number(db, "SELECT count(*) FROM config_requests WHERE state = ?", (state,))


def approved_without_config(db: sqlite3.Connection) -> list[ConfigRequest]:
    """List the approved requests of approved users that have no config yet, oldest first."""
    query = f"""{_SELECT} WHERE state = 'approved'
                  AND EXISTS (SELECT 1 FROM users WHERE users.id = user_id AND users.state = 'approved')
                  AND NOT EXISTS (SELECT 1 FROM configs WHERE configs.request_id = config_requests.id)
                ORDER BY id"""
    return list_rows(db, ConfigRequest, query)


def move_request(
    db: sqlite3.Connection, request_id: int, before: str, after: str, now: int, decided_by: int | None
) -> None:
    """Move a request from one state to another; raise Refused('request_already_…') if it was decided before."""
    query = "UPDATE config_requests SET state = ?, decided_at = ?, decided_by = ? WHERE id = ? AND state = ?"
    if not db.execute(query, (after, now, decided_by, request_id, before)).rowcount:
        request = get_request(db, request_id)
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))


set_requested_app = setter("config_requests", "app")  # that the file will be for


def mark_issued(db: sqlite3.Connection, request_id: int) -> None:
    """Close an approved request whose config is live and on its way; who decided it stays recorded."""
    db.execute("UPDATE config_requests SET state = 'issued' WHERE id = ? AND state = 'approved'", (request_id,))


def change_asker(db: sqlite3.Connection, old_id: int, new_id: int) -> None:
    """Move all requests of a person to another."""
    db.execute("UPDATE config_requests SET user_id = ? WHERE user_id = ?", (new_id, old_id))


def forget_requests(db: sqlite3.Connection, user_id: int) -> list[int]:
    """Delete all requests of a user who leaves, once no config refers to them; return their ids."""
    ids = list_rows(db, int, "SELECT id FROM config_requests WHERE user_id = ? ORDER BY id", (user_id,))
    db.execute("DELETE FROM config_requests WHERE user_id = ?", (user_id,))
    return ids
