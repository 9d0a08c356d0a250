"""What the fence is made of: whose speed is limited, and which addresses share it."""

from __future__ import annotations

import sqlite3

from lib.store.database import tuples

Limited = tuple[int, list[str]]  # kbit/s, and the addresses of all of a person's devices, as networks


def limited(db: sqlite3.Connection, usual_kbit: int) -> list[Limited]:
    """List who has a speed limit: [(10000, ['10.8.0.2/32', 'fd00::2/128']), …]; `usual_kbit` is for who has no own."""
    query = """
        SELECT users.id, coalesce(users.speed_kbit, :usual), configs.address || '/32', configs.address6 || '/128'
        FROM users JOIN configs ON configs.user_id = users.id
        WHERE coalesce(users.speed_kbit, :usual) > 0 AND configs.revoked_at IS NULL ORDER BY users.id, configs.id"""
    people: dict[int, Limited] = {}
    for user_id, kbit, *addresses in tuples(db, query, {"usual": usual_kbit}):
        people.setdefault(user_id, (kbit, []))[1].extend(filter(None, addresses))
    return list(people.values())
