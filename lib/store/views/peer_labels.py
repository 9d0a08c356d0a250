"""Labels of the bot's peers for other programs that list them: owner and device."""

from __future__ import annotations

import sqlite3

from lib.store.database import tuples


def peer_labels(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Return (owner's name, config's name) by public key, for configs that aren't revoked."""
    query = """SELECT configs.public_key, users.full_name, configs.name
               FROM configs JOIN users ON users.id = configs.user_id
               WHERE configs.revoked_at IS NULL"""
    return {key: (owner, name) for key, owner, name in tuples(db, query)}
