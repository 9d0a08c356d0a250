"""Who is due a reminder of an expiry or a quota: one query for everybody, without those already told. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.store.traffic import month_bounds

AT_ONCE = 500  # reminders of a round; the next round goes on


@dataclass(frozen=True)
class Expiry:
    """A config's end at a stage that was not told: `far`, `week`, `day` or `over`; `seen`: at another one it was."""

    config_id: int
    user_id: int
    language: str
    name: str
    expires_at: int
    stage: str
    seen: int


@dataclass(frozen=True)
class Spent:
    """How much of their month's quota, in bytes, somebody has used; `what` that is as told, and whether it is `due`."""

    user_id: int
    language: str
    quota: int
    used: int
    what: str
    due: int


def untold_expiries(db: sqlite3.Connection, now: int) -> list[Expiry]:
    """List the ends of configs whose present stage was not told; one that was over a week ago is no news."""
    rows = db.execute(
        """WITH due AS (
               SELECT configs.id, configs.user_id, users.language, configs.name, configs.expires_at,
                      CASE WHEN configs.expires_at <= :now THEN 'over'
                           WHEN configs.expires_at <= :now + 86400 THEN 'day'
                           WHEN configs.expires_at <= :now + 7 * 86400 THEN 'week'
                           ELSE 'far' END AS stage
               FROM configs
               CROSS JOIN users ON users.id = configs.user_id  -- in this order: most configs have no end
               WHERE configs.revoked_at IS NULL
                 AND configs.paused_at IS NULL
                 AND configs.live_since IS NOT NULL
                 AND configs.expires_at > :now - 7 * 86400
                 AND users.state = 'approved'
                 AND users.reachable = 1)
           SELECT due.*, EXISTS (
               SELECT 1
               FROM told
               WHERE told.subject = 'config:' || due.id AND told.what LIKE 'expires:%:' || due.expires_at)
           FROM due
           WHERE NOT EXISTS (
               SELECT 1
               FROM told
               WHERE told.subject = 'config:' || due.id
                 AND told.what = 'expires:' || due.stage || ':' || due.expires_at)
           ORDER BY due.expires_at, due.id
           LIMIT :limit""",
        {"now": now, "limit": AT_ONCE},
    )
    return [Expiry(*row) for row in rows]


def spent_quotas(db: sqlite3.Connection, month: str, default_quota: int) -> list[Spent]:
    """List who used four fifths of their quota in a month ('YYYY-MM'), or more."""
    first, end = month_bounds(month)
    rows = db.execute(
        """WITH carried AS (
               SELECT config_id, sum(received + sent) AS used
               FROM stats
               WHERE (:quota > 0 OR EXISTS (SELECT 1 FROM users WHERE quota_bytes > 0))
                 AND day >= :first AND day < :end
               GROUP BY config_id),
           spent AS (
               SELECT users.id, users.language, coalesce(users.quota_bytes, :quota) AS quota, sum(carried.used) AS used,
                      users.state = 'approved' AND users.reachable = 1 AS reachable
               FROM carried
               JOIN configs ON configs.id = carried.config_id
               JOIN users ON users.id = configs.user_id
               WHERE coalesce(users.quota_bytes, :quota) > 0
               GROUP BY users.id
               HAVING sum(carried.used) * 5 >= coalesce(users.quota_bytes, :quota) * 4),
           staged AS (
               SELECT *, 'quota:' || iif(used >= quota, '100:' || :month, '80:' || :month || ':' || quota) AS what
               FROM spent)
           SELECT id, language, quota, used, what,
                  reachable AND NOT EXISTS (
                      SELECT 1 FROM told WHERE told.subject = 'user:' || id AND told.what = staged.what)
           FROM staged
           ORDER BY id""",
        {"quota": default_quota, "month": month, "first": first, "end": end},
    )
    return [Spent(*row) for row in rows]


def told_shut(db: sqlite3.Connection) -> list[tuple[int, str, bool]]:
    """List who was told that their quota is used up: id, language, and whether they can be told that it reopened."""
    rows = db.execute(
        """SELECT DISTINCT users.id, users.language, users.state = 'approved' AND users.reachable = 1
           FROM told
           JOIN users ON users.id = CAST(substr(told.subject, 6) AS INTEGER)
           WHERE told.subject LIKE 'user:%' AND told.what LIKE 'quota:100:%'
           ORDER BY users.id"""
    )
    return [(user_id, language, bool(reachable)) for user_id, language, reachable in rows]
