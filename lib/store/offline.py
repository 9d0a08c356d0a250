"""A person without Telegram (a negative id in users) comes to it: all that is theirs moves to the new row."""

from __future__ import annotations

import json
import sqlite3

from lib.store import audit, config_requests, configs, told
from lib.store.database import get_meta, put_meta
from lib.store.users import User, delete_user, inherit_limits


def move_to_telegram(db: sqlite3.Connection, old: User, user_id: int) -> None:
    """Give somebody in Telegram all that they had without it: configs, requests, traffic, limits, note, and log."""
    configs.change_owner(db, old.id, user_id)
    config_requests.change_asker(db, old.id, user_id)
    audit.change_person(db, old.id, user_id)
    told.change_subject(db, f"user:{old.id}", f"user:{user_id}")
    inherit_limits(db, user_id, old)
    put_meta(db, f"formerly:{user_id}", json.dumps([*former_ids(db, user_id), old.id]))
    delete_user(db, old.id)


def former_ids(db: sqlite3.Connection, user_id: int) -> list[int]:
    """List the ids that somebody had without Telegram, by which the nightly backups may still know them."""
    return [int(one) for one in json.loads(get_meta(db, f"formerly:{user_id}") or "[]")]


def forget_former(db: sqlite3.Connection, user_id: int) -> None:
    """Forget which ids somebody had without Telegram."""
    put_meta(db, f"formerly:{user_id}", None)
