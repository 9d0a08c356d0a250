"""Own the table users: who someone is and how far they were let in. States move by compare-and-set."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import Refused


@dataclass(frozen=True)
class User:
    """A row of users; see sql/schema.sql for each column."""

    id: int
    username: str | None
    full_name: str
    language: str
    state: str
    captcha_answer: str | None
    captcha_typed: str
    captcha_tries: int
    captcha_until: int | None
    awaiting: str | None
    app: str | None
    reachable: int
    quota_bytes: int | None
    created_at: int
    decided_at: int | None
    decided_by: int | None
    config_limit: int | None
    note: str
    helper: int


_COLUMNS = ", ".join(User.__dataclass_fields__)


def find_user(db: sqlite3.Connection, user_id: int) -> User | None:
    """Find a person by Telegram id; None for a stranger."""
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE id = ?", (user_id,)).fetchone()
    return None if row is None else User(*row)


def get_user(db: sqlite3.Connection, user_id: int) -> User:
    """Read a person who must be there; Refused('gone') where a button speaks of nobody."""
    user = find_user(db, user_id)
    if user is None:
        raise Refused("gone")
    return user


def languages_of(db: sqlite3.Connection, user_ids: Sequence[int]) -> dict[int, str]:
    """Return the languages of those of the people who have written to the bot."""
    if not user_ids:
        return {}
    rows = db.execute(
        "SELECT id, language FROM users WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(user_ids)),)
    )
    return dict(rows.fetchall())


def add_user(
    db: sqlite3.Connection, user_id: int, username: str | None, full_name: str, language: str, now: int
) -> None:
    """Note a stranger's first word; they begin in state captcha."""
    db.execute(
        """INSERT INTO users (id, username, full_name, language, created_at)
           VALUES (?, ?, ?, ?, ?)""",
        (user_id, username, full_name, language, now),
    )


def note_name(db: sqlite3.Connection, user_id: int, username: str | None, full_name: str) -> None:
    """Set what a person calls themselves now; they can be reached, since they wrote to us."""
    db.execute(
        "UPDATE users SET username = ?, full_name = ?, reachable = 1 WHERE id = ?", (username, full_name, user_id)
    )


def set_language(db: sqlite3.Connection, user_id: int, language: str) -> None:
    """Note the language a person chose."""
    db.execute("UPDATE users SET language = ? WHERE id = ?", (language, user_id))


def set_app(db: sqlite3.Connection, user_id: int, app: str) -> None:
    """Note for which app a person's files are."""
    db.execute("UPDATE users SET app = ? WHERE id = ?", (app, user_id))


def set_helper(db: sqlite3.Connection, user_id: int, helper: bool) -> None:
    """Let a person decide beside the admins, or no longer."""
    db.execute("UPDATE users SET helper = ? WHERE id = ?", (int(helper), user_id))


def helper_ids(db: sqlite3.Connection) -> list[int]:
    """List who decides beside the admins."""
    return [row[0] for row in db.execute("SELECT id FROM users WHERE helper = 1 AND state = 'approved' ORDER BY id")]


def set_quota(db: sqlite3.Connection, user_id: int, quota_bytes: int | None) -> None:
    """Note a person's own limit of a month; 0: none, None: the one of everybody."""
    db.execute("UPDATE users SET quota_bytes = ? WHERE id = ?", (quota_bytes, user_id))


def set_config_limit(db: sqlite3.Connection, user_id: int, limit: int | None) -> None:
    """Note how many configs a person may hold; None: as many as everybody."""
    db.execute("UPDATE users SET config_limit = ? WHERE id = ?", (limit, user_id))


def set_note(db: sqlite3.Connection, user_id: int, note: str) -> None:
    """Note the admins' words about a person."""
    db.execute("UPDATE users SET note = ? WHERE id = ?", (note, user_id))


def set_reachable(db: sqlite3.Connection, user_id: int, reachable: bool) -> None:
    """Note whether Telegram lets us write to a person."""
    db.execute("UPDATE users SET reachable = ? WHERE id = ?", (int(reachable), user_id))


def set_awaiting(db: sqlite3.Connection, user_id: int, awaiting: str | None) -> None:
    """Note what the person's next plain text will answer; None: nothing."""
    db.execute("UPDATE users SET awaiting = ? WHERE id = ? AND awaiting IS NOT ?", (awaiting, user_id, awaiting))


def forget_awaiting(db: sqlite3.Connection, user_id: int) -> None:
    """Let nobody's next text answer a question about a person who goes."""
    db.execute("UPDATE users SET awaiting = NULL WHERE awaiting LIKE '%:' || ?", (user_id,))


def set_captcha(db: sqlite3.Connection, user_id: int, answer: str | None, until: int | None, tries: int) -> None:
    """Put a new picture (answer and end of validity), or a pause (no answer and its end), before a person."""
    db.execute(
        """UPDATE users
           SET captcha_answer = ?, captcha_until = ?, captcha_tries = ?, captcha_typed = ''
           WHERE id = ?""",
        (answer, until, tries, user_id),
    )


def set_captcha_typed(db: sqlite3.Connection, user_id: int, typed: str) -> None:
    """Note the digits entered so far by the on-screen keypad."""
    db.execute("UPDATE users SET captcha_typed = ? WHERE id = ?", (typed, user_id))


def move_user(
    db: sqlite3.Connection, user_id: int, before: str, after: str, now: int, decided_by: int | None = None
) -> None:
    """Move a person from one state to another, if they are still in the first.

    Raises Refused('already_…') that names the present state and who decided it.
    """
    moved = db.execute(
        """UPDATE users
           SET state = ?, decided_at = ?, decided_by = ?, awaiting = NULL
           WHERE id = ? AND state = ?""",
        (after, now, decided_by, user_id, before),
    ).rowcount
    if not moved:
        user = get_user(db, user_id)
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))


def name_of(db: sqlite3.Connection, user_id: int | None) -> str:
    """Name a person for people to read: full name, else the id; '—' for nobody, and for who left."""
    if not user_id:
        return "—"
    user = find_user(db, user_id)
    return user.full_name if user else str(user_id)


def list_users(db: sqlite3.Connection, state: str, limit: int, offset: int = 0) -> list[User]:
    """List people in a state, who came first first."""
    rows = db.execute(
        f"""SELECT {_COLUMNS}
            FROM users
            WHERE state = ?
            ORDER BY id
            LIMIT ? OFFSET ?""",
        (state, limit, offset),
    )
    return [User(*row) for row in rows]


def forget_strangers(db: sqlite3.Connection, before: int) -> int:
    """Forget who came to the door, never passed it, and was not heard of since a moment; give how many."""
    return db.execute(
        """DELETE FROM users
           WHERE state = 'captcha' AND created_at < ? AND coalesce(captcha_until, 0) < ? AND decided_at IS NULL""",
        (before, before),
    ).rowcount


def delete_user(db: sqlite3.Connection, user_id: int) -> None:
    """Forget a person who holds nothing any more; triggers forget where else their id stands."""
    db.execute("DELETE FROM users WHERE id = ?", (user_id,))


def count_users(db: sqlite3.Connection, state: str) -> int:
    """Count the people in a state."""
    return int(db.execute("SELECT count(*) FROM users WHERE state = ?", (state,)).fetchone()[0])
