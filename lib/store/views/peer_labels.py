"""What the bot calls its peers where somebody else shows them: whose they are, and for which device."""

from __future__ import annotations

import sqlite3

from lib.store.database import tuples


def peer_labels(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Map the public keys of the configs that are held to their owners' names and their own."""
    query = """SELECT configs.public_key, users.full_name, configs.name
               FROM configs JOIN users ON users.id = configs.user_id
               WHERE configs.revoked_at IS NULL"""
    return {key: (owner, name) for key, owner, name in tuples(db, query)}
