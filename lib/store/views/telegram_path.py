"""Whose configs may reach Telegram although their VPN is off, so that they can read why, and ask."""

from __future__ import annotations

import sqlite3

from lib.store.configs import ALLOWED_IPS, WANTED, WantedPeer, wanted_values
from lib.store.database import tuples


def reaching_telegram(
    db: sqlite3.Connection, now: int, month: str, default_quota: int, most: int
) -> dict[int, WantedPeer]:
    """Map the configs that need not be live, but whose owners may read in Telegram why, to their peers.

    They expired, or their owners' quota is used up, and nobody decided against them; the owner has Telegram, and has
    moved less than `most` bytes this month on that path.
    """
    query = f"""
        SELECT configs.id, configs.public_key, configs.preshared_key, {ALLOWED_IPS}
        FROM configs CROSS JOIN users ON users.id = configs.user_id
        WHERE configs.revoked_at IS NULL AND configs.paused_at IS NULL AND configs.live_since IS NOT NULL
          AND users.state = 'approved' AND users.id > 0
          AND (configs.expires_at <= :now OR coalesce(users.quota_bytes, :quota) > 0)
          AND NOT ({WANTED})
          AND :most > (SELECT coalesce(sum(telegram_days.received + telegram_days.sent), 0)
                       FROM configs AS own JOIN telegram_days ON telegram_days.config_id = own.id
                       WHERE own.user_id = users.id AND telegram_days.day >= :first AND telegram_days.day < :end)
        ORDER BY configs.id"""
    rows = tuples(db, query, {**wanted_values(now, month, default_quota), "most": most})
    return {config_id: WantedPeer(*peer) for config_id, *peer in rows}
