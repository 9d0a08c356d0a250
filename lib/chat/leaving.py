"""A person is forgotten: what they held is given up, their rows go, only the sums of traffic stay."""

from __future__ import annotations

import sqlite3

from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import forget_requests
from lib.store.configs import leave_behind
from lib.store.outbox import Outgoing, drop_chat
from lib.store.users import delete_user


def forget_person(db: sqlite3.Connection, settings: Settings, user_id: int, now: int, by: int) -> list[Outgoing]:
    """Forget a person with all that they hold; give what is left to say."""
    leave_behind(db, user_id, now)
    forget_requests(db, user_id)
    drop_chat(db, user_id)
    delete_user(db, user_id)
    audit.note(db, now, by, "forget", "user:0")
    return []
