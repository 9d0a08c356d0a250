"""A person is forgotten: what they held is given up, their rows go, only the sums of traffic stay."""

from __future__ import annotations

import sqlite3

from lib.chat.commands import friend_commands
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import forget_requests
from lib.store.configs import configs_of, detach_configs, revoke
from lib.store.outbox import Outgoing, drop_chat
from lib.store.users import forget_user, get_user


def forget_person(db: sqlite3.Connection, settings: Settings, user_id: int, now: int, by: int) -> list[Outgoing]:
    """Forget a person with all that they hold; give what is left to say."""
    user = get_user(db, user_id)
    for config in configs_of(db, user_id):
        revoke(db, config.id, now)
    detach_configs(db, user_id)
    forget_requests(db, user_id)
    forget_user(db, user_id)
    drop_chat(db, user_id)
    audit.note(db, now, by, "forget", f"user:{user_id}")
    return friend_commands(user_id) if user.helper else []
