"""A config that is granted before anybody asked for it: by an invitation, or together with the approval."""

from __future__ import annotations

import sqlite3

from lib.chat.texts import plain
from lib.store import audit
from lib.store.config_requests import add_request, move_request, open_request


def grant_config(db: sqlite3.Connection, user_id: int, language: str, by: int, cause: str, now: int) -> bool:
    """Approve a config for somebody who has just come in; return False if they have an open request already."""
    if open_request(db, user_id) is not None:
        return False
    number = add_request(db, user_id, plain(language, "name_phone"), now)
    move_request(db, number, "pending", "approved", now, by)
    audit.note(db, now, by, "approved", f"request:{number}", cause)
    return True
