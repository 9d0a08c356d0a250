"""The table users: who someone is and how far they were let in. States move by compare-and-set."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.database import (
    columns,
    find_row,
    get_meta,
    get_row,
    insert,
    list_rows,
    note_erased,
    number,
    put_meta,
    setter,
)


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
    captcha_others: int
    captcha_hour: int | None
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
    granted_by: int | None
    kept_by: int | None
    said: str
    said_count: int
    speed_kbit: int | None

    @property
    def in_telegram(self) -> bool:
        """True if they have Telegram and so can receive messages."""
        return self.id > 0


STATES = ("captcha", "pending", "approved", "rejected", "blocked")
_SELECT = f"SELECT {columns(User)} FROM users"


def find_user(db: sqlite3.Connection, user_id: int) -> User | None:
    """Return the person with this Telegram id, or None for a stranger."""
    return find_row(db, User, f"{_SELECT} WHERE id = ?", (user_id,))


def get_user(db: sqlite3.Connection, user_id: int) -> User:
    """Return a person who must exist; raise Refused('gone') if they don't."""
    return get_row(db, User, f"{_SELECT} WHERE id = ?", (user_id,))


def list_users(db: sqlite3.Connection, state: str, limit: int, offset: int = 0) -> list[User]:
    """List the people in a state, ordered by id."""
    return list_rows(db, User, f"{_SELECT} WHERE state = ? ORDER BY id LIMIT ? OFFSET ?", (state, limit, offset))


def count_users(db: sqlite3.Connection, state: str) -> int:
    """Count the people in a state."""
    return number(db, "SELECT count(*) FROM users WHERE state = ?", (state,))


def helper_ids(db: sqlite3.Connection) -> list[int]:
    """List the helpers, who decide beside the admins."""
    return list_rows(db, int, "SELECT id FROM users WHERE helper = 1 AND state = 'approved' ORDER BY id")


def name_of(db: sqlite3.Connection, user_id: int | None) -> str:
    """Return a person's full name for people to read, or else their id; '—' for nobody and for people who left."""
    user = find_user(db, user_id) if user_id else None
    return user.full_name if user else str(user_id or "—")


def languages_of(db: sqlite3.Connection, user_ids: Sequence[int]) -> dict[int, str]:
    """Return the languages of those of the people who have written to the bot."""
    if not user_ids:
        return {}
    query = "SELECT id, language FROM users WHERE id IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, (json.dumps(list(user_ids)),)).fetchall())


def add_user(
    db: sqlite3.Connection, user_id: int, username: str | None, full_name: str, language: str, now: int
) -> None:
    """Add a stranger, who starts in state captcha."""
    insert(db, "users", id=user_id, username=username, full_name=full_name, language=language, created_at=now)


def add_offline(db: sqlite3.Connection, name: str, language: str, kept_by: int, now: int) -> int:
    """Add a person without Telegram on behalf of an admin; return their id, which is never reused."""
    user_id = int(get_meta(db, "last_offline") or 0) - 1
    put_meta(db, "last_offline", str(user_id))
    row = {"full_name": name, "language": language, "reachable": 0, "kept_by": kept_by}
    insert(db, "users", id=user_id, **row, created_at=now)
    move_user(db, user_id, "captcha", "approved", now, kept_by)
    return user_id


def find_offline(db: sqlite3.Connection, name: str) -> int | None:
    """Return the newest approved person without Telegram who has exactly this name."""
    query = "SELECT id FROM users WHERE id < 0 AND state = 'approved' AND full_name = ? ORDER BY id LIMIT 1"
    return find_row(db, int, query, (name,))


def inherit_limits(db: sqlite3.Connection, user_id: int, old: User) -> None:
    """Copy another person's limits to a person without limits of their own, and append the other's note."""
    query = """UPDATE users
               SET quota_bytes = coalesce(quota_bytes, ?), config_limit = coalesce(config_limit, ?),
                   speed_kbit = coalesce(speed_kbit, ?), note = trim(note || char(10) || ?, char(10))
               WHERE id = ?"""
    db.execute(query, (old.quota_bytes, old.config_limit, old.speed_kbit, old.note, user_id))


def note_name(db: sqlite3.Connection, user_id: int, username: str | None, full_name: str) -> None:
    """Set what a person calls themselves now; they can be reached, since they wrote to us."""
    query = "UPDATE users SET username = ?, full_name = ?, reachable = 1 WHERE id = ?"
    db.execute(query, (username, full_name, user_id))


set_language = setter("users", "language")
set_app = setter("users", "app")  # that their files are made for
set_helper = setter("users", "helper")  # True: they decide beside the admins
set_quota = setter("users", "quota_bytes")  # a month's limit; 0: no limit, None: the default
set_config_limit = setter("users", "config_limit")  # how many configs they may have; None: the default
set_granted_by = setter("users", "granted_by")  # who approved their next config in advance; None: nobody
set_kept_by = setter("users", "kept_by")  # which admin gets the files of a person without Telegram
set_note = setter("users", "note")  # the admins' words about them
set_reachable = setter("users", "reachable")  # whether Telegram lets us write to them
set_captcha_typed = setter("users", "captcha_typed")  # digits entered so far with the on-screen keypad


def set_speed(db: sqlite3.Connection, user_id: int, kbit: int | None) -> bool:
    """Set a person's speed limit, 0 for none, None for the default; return False if nothing changed."""
    query = "UPDATE users SET speed_kbit = ? WHERE id = ? AND speed_kbit IS NOT ?"
    return db.execute(query, (kbit, user_id, kbit)).rowcount == 1


def set_awaiting(db: sqlite3.Connection, user_id: int, awaiting: str | None) -> None:
    """Set the question that the person's next plain text answers; None: no question is open."""
    db.execute("UPDATE users SET awaiting = ? WHERE id = ? AND awaiting IS NOT ?", (awaiting, user_id, awaiting))


def forget_awaiting(db: sqlite3.Connection, user_id: int) -> None:
    """Close all open questions about a person."""
    db.execute("UPDATE users SET awaiting = NULL WHERE awaiting LIKE '%:' || ?", (user_id,))


def set_captcha(db: sqlite3.Connection, user_id: int, answer: str | None, until: int | None, tries: int) -> None:
    """Set a new CAPTCHA (its answer and when it expires), or a pause (no answer and when the pause ends)."""
    query = "UPDATE users SET captcha_answer = ?, captcha_until = ?, captcha_tries = ?, captcha_typed = '' WHERE id = ?"
    db.execute(query, (answer, until, tries, user_id))


def set_captcha_others(db: sqlite3.Connection, user_id: int, others: int, hour: int) -> None:
    """Set how many new pictures a person asked for within an hour, and when that hour began."""
    db.execute("UPDATE users SET captcha_others = ?, captcha_hour = ? WHERE id = ?", (others, hour, user_id))


def move_user(
    db: sqlite3.Connection, user_id: int, before: str, after: str, now: int, decided_by: int | None = None
) -> None:
    """Move a person from one state to another; raise Refused('already_…') if that was decided before.

    What they said while they waited is forgotten.
    """
    query = "UPDATE users SET state = ?, decided_at = ?, decided_by = ?, awaiting = NULL WHERE id = ? AND state = ?"
    if not db.execute(query, (after, now, decided_by, user_id, before)).rowcount:
        user = get_user(db, user_id)
        raise Refused(f"already_{user.state}", who=name_of(db, user.decided_by))
    if db.execute("UPDATE users SET said = '', said_count = 0 WHERE id = ? AND said_count > 0", (user_id,)).rowcount:
        note_erased(db)


def note_said(db: sqlite3.Connection, user_id: int, text: str) -> None:
    """Store what a person says while they wait for a decision, in place of what they said before."""
    db.execute("UPDATE users SET said = ?, said_count = said_count + 1 WHERE id = ?", (text, user_id))
    note_erased(db)


def forget_strangers(db: sqlite3.Connection, before: int) -> int:
    """Delete people who never passed the CAPTCHA and were last heard of before a moment; return how many."""
    query = """DELETE FROM users
               WHERE state = 'captcha' AND created_at < ? AND coalesce(captcha_until, 0) < ? AND decided_at IS NULL"""
    count = db.execute(query, (before, before)).rowcount
    if count:
        note_erased(db)
    return count


def delete_user(db: sqlite3.Connection, user_id: int) -> None:
    """Delete a person who has no config any more; triggers remove their id from all other tables."""
    db.execute("DELETE FROM users WHERE id = ?", (user_id,))
    note_erased(db)


def note_gone(db: sqlite3.Connection, user_id: int, now: int) -> None:
    """Record that a person must be removed from the nightly backups, too."""
    put_meta(db, "gone", json.dumps([*read_gone(db), [user_id, now]]))


def read_gone(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """List who must still be forgotten in the nightly backups, with the moment since when."""
    return [(user_id, at) for user_id, at in json.loads(get_meta(db, "gone") or "[]")]


def clear_gone(db: sqlite3.Connection) -> None:
    """Record that all of them were forgotten there."""
    put_meta(db, "gone", None)
