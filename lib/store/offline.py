"""Move a person without Telegram (a negative id in users) to Telegram: everything goes to the new row."""

from __future__ import annotations

import json
import sqlite3

from lib.store import audit, config_requests, configs, told
from lib.store.database import get_meta, put_meta
from lib.store.users import User, delete_user, inherit_limits


def move_to_telegram(db: sqlite3.Connection, old: User, user_id: int) -> None:
    """Move all that a person had without Telegram to their new row: configs, requests, traffic, limits, note, log."""
    configs.change_owner(db, old.id, user_id)
    config_requests.change_asker(db, old.id, user_id)
    audit.change_person(db, old.id, user_id)
    told.change_subject(db, f"user:{old.id}", f"user:{user_id}")
    inherit_limits(db, user_id, old)
    put_meta(db, f"formerly:{user_id}", json.dumps([*former_ids(db, user_id), old.id]))
    delete_user(db, old.id)


def former_ids(db: sqlite3.Connection, user_id: int) -> list[int]:
    """List the ids that a person had without Telegram, which nightly backups may still contain."""
    return [int(one) for one in json.loads(get_meta(db, f"formerly:{user_id}") or "[]")]


def forget_former(db: sqlite3.Connection, user_id: int) -> None:
    """Forget which ids a person had without Telegram."""
    put_meta(db, f"formerly:{user_id}", None)
