"""Own the table config_requests: a friend's wish for a config and its decision. One open request per user."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.errors import Refused
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


_COLUMNS = ", ".join(ConfigRequest.__dataclass_fields__)


def add_request(db: sqlite3.Connection, user_id: int, name: str, now: int, replaces: int | None = None) -> int:
    """Note a wish, maybe to replace a config, and give its id; Refused('request_open') while another one is open."""
    if open_request(db, user_id):
        raise Refused("request_open")
    cursor = db.execute(
        "INSERT INTO config_requests (user_id, name, replaces, created_at) VALUES (?, ?, ?, ?)",
        (user_id, name, replaces, now),
    )
    return int(cursor.lastrowid or 0)


def get_request(db: sqlite3.Connection, request_id: int) -> ConfigRequest:
    """Read a request; Refused('gone') where a button speaks of none."""
    row = db.execute(f"SELECT {_COLUMNS} FROM config_requests WHERE id = ?", (request_id,)).fetchone()
    if row is None:
        raise Refused("gone")
    return ConfigRequest(*row)


def open_request(db: sqlite3.Connection, user_id: int) -> ConfigRequest | None:
    """Find the user's request that is pending, or approved and not issued yet."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM config_requests WHERE user_id = ? AND state IN ('pending', 'approved')", (user_id,)
    ).fetchone()
    return None if row is None else ConfigRequest(*row)


def move_request(
    db: sqlite3.Connection, request_id: int, before: str, after: str, now: int, decided_by: int | None
) -> None:
    """Decide a request, if it is still in the first state.

    Raises Refused('request_already_…') that names the present state and who decided it.
    """
    moved = db.execute(
        """UPDATE config_requests
           SET state = ?, decided_at = ?, decided_by = ?
           WHERE id = ? AND state = ?""",
        (after, now, decided_by, request_id, before),
    ).rowcount
    if not moved:
        request = get_request(db, request_id)
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))


def mark_issued(db: sqlite3.Connection, request_id: int) -> None:
    """Close an approved request whose config is live and on its way; the decision stays as it was noted."""
    db.execute("UPDATE config_requests SET state = 'issued' WHERE id = ? AND state = 'approved'", (request_id,))


def list_requests(db: sqlite3.Connection, state: str, limit: int) -> list[ConfigRequest]:
    """List requests in an open state, oldest first."""
    rows = db.execute(
        f"""SELECT {_COLUMNS}
            FROM config_requests
            WHERE state = ?
            ORDER BY id
            LIMIT ?""",
        (state, limit),
    )
    return [ConfigRequest(*row) for row in rows]


def count_requests(db: sqlite3.Connection, state: str) -> int:
    """Count requests in an open state."""
    return int(db.execute("SELECT count(*) FROM config_requests WHERE state = ?", (state,)).fetchone()[0])


def approved_without_config(db: sqlite3.Connection) -> list[ConfigRequest]:
    """List approved requests of approved users for which no config was made yet, oldest first."""
    columns = ", ".join(f"config_requests.{name}" for name in ConfigRequest.__dataclass_fields__)
    rows = db.execute(
        f"""SELECT {columns}
            FROM config_requests
            JOIN users ON users.id = config_requests.user_id AND users.state = 'approved'
            LEFT JOIN configs ON configs.request_id = config_requests.id
            WHERE config_requests.state = 'approved' AND configs.id IS NULL
            ORDER BY config_requests.id"""
    )
    return [ConfigRequest(*row) for row in rows]


def forget_requests(db: sqlite3.Connection, user_id: int) -> list[int]:
    """Forget every wish of somebody who leaves, once no config refers to it; give their ids."""
    ids = [row[0] for row in db.execute("SELECT id FROM config_requests WHERE user_id = ? ORDER BY id", (user_id,))]
    db.execute("DELETE FROM config_requests WHERE user_id = ?", (user_id,))
    return ids
