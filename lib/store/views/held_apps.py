"""Which device and app each config is for: one query. Read-only."""

from __future__ import annotations

import sqlite3
from itertools import starmap
from typing import NamedTuple

from lib.store.database import tuples


class HeldApp(NamedTuple):
    """A config and its owner, with the device and the app that were chosen for it, and the owner's usual app."""

    config_id: int
    name: str
    owner: str
    platform: str | None
    app: str | None
    usual_app: str | None


def list_held_apps(db: sqlite3.Connection) -> list[HeldApp]:
    """List every config that somebody has, by owner."""
    query = """SELECT configs.id, configs.name, users.full_name, configs.platform, configs.app, users.app
               FROM configs JOIN users ON users.id = configs.user_id
               WHERE configs.revoked_at IS NULL ORDER BY users.full_name, users.id, configs.id"""
    return list(starmap(HeldApp, tuples(db, query)))
