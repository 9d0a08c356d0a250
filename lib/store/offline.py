"""People without Telegram: rows of users with negative ids, whose files go to an admin, until they come to Telegram."""

from __future__ import annotations

import json
import sqlite3

from lib.store.database import find_row, get_meta, insert, put_meta, setter
from lib.store.users import User, delete_user, move_user

_LAST = "last_offline"  # the fact that holds the last id given, so that none is given again


def add_offline(db: sqlite3.Connection, name: str, language: str, kept_by: int, now: int) -> int:
    """Add somebody without Telegram in an admin's name, and return their id."""
    user_id = int(get_meta(db, _LAST) or 0) - 1
    put_meta(db, _LAST, str(user_id))
    row = {"full_name": name, "language": language, "reachable": 0, "kept_by": kept_by}
    insert(db, "users", id=user_id, **row, created_at=now)
    move_user(db, user_id, "captcha", "approved", now, kept_by)
    return user_id


def find_offline(db: sqlite3.Connection, name: str) -> int | None:
    """Return the newest person without Telegram of this very name who is inside."""
    query = "SELECT id FROM users WHERE id < 0 AND state = 'approved' AND full_name = ? ORDER BY id LIMIT 1"
    return find_row(db, int, query, (name,))


set_kept_by = setter("users", "kept_by")


def move_to_telegram(db: sqlite3.Connection, old: User, user_id: int) -> None:
    """Give somebody in Telegram all that they had without it: configs, requests, traffic, limits, note, and log.

    Limits of their own that they have in Telegram already stay.
    """
    for table in ("configs", "config_requests"):
        db.execute(f"UPDATE {table} SET user_id = ? WHERE user_id = ?", (user_id, old.id))
    for column in ("subject", "detail"):
        query = f"UPDATE audit SET {column} = ? WHERE {column} = ?"
        db.execute(query, (f"user:{user_id}", f"user:{old.id}"))
    db.execute("UPDATE OR REPLACE told SET subject = ? WHERE subject = ?", (f"user:{user_id}", f"user:{old.id}"))
    query = """UPDATE users
               SET quota_bytes = coalesce(quota_bytes, ?), config_limit = coalesce(config_limit, ?),
                   note = trim(note || char(10) || ?, char(10))
               WHERE id = ?"""
    db.execute(query, (old.quota_bytes, old.config_limit, old.note, user_id))
    put_meta(db, f"formerly:{user_id}", json.dumps([*former_ids(db, user_id), old.id]))
    delete_user(db, old.id)


def former_ids(db: sqlite3.Connection, user_id: int) -> list[int]:
    """List the ids that somebody had without Telegram, by which the nightly backups may still know them."""
    return [int(one) for one in json.loads(get_meta(db, f"formerly:{user_id}") or "[]")]


def forget_former(db: sqlite3.Connection, user_id: int) -> None:
    """Forget which ids somebody had without Telegram."""
    put_meta(db, f"formerly:{user_id}", None)
