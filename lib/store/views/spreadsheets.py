"""Whole tables for spreadsheets, one row at a time, without any key or secret. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

Row = tuple[Any, ...]


def friends(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield id, name, username, state, language, since, number of configs, limits (traffic, configs, speed), seen."""
    yield from db.execute(
        """SELECT users.id, users.full_name, users.username, users.state, users.language, users.created_at,
                  count(configs.id), users.quota_bytes, users.config_limit, users.speed_kbit, max(counters.handshake_at)
           FROM users
           LEFT JOIN configs ON configs.user_id = users.id AND configs.revoked_at IS NULL
           LEFT JOIN counters ON counters.config_id = configs.id
           WHERE users.state <> 'captcha'
           GROUP BY users.id ORDER BY users.id"""
    )


def configs(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield id, owner's id and name, device, addresses, created, live since, seen, expires, paused, revoked."""
    yield from db.execute(
        """SELECT configs.id, configs.user_id, users.full_name, configs.name, configs.address, configs.address6,
                  configs.created_at, configs.live_since, counters.handshake_at, configs.expires_at,
                  configs.paused_at, configs.revoked_at
           FROM configs
           LEFT JOIN users ON users.id = configs.user_id
           LEFT JOIN counters ON counters.config_id = configs.id
           ORDER BY configs.id"""
    )


def months(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield month, friend's id and name (NULL: they left), bytes downloaded and uploaded."""
    yield from db.execute(
        """SELECT substr(stats.day, 1, 7) AS month, configs.user_id, users.full_name,
                  sum(stats.sent), sum(stats.received)
           FROM stats JOIN configs ON configs.id = stats.config_id LEFT JOIN users ON users.id = configs.user_id
           GROUP BY month, configs.user_id ORDER BY month, configs.user_id"""
    )
