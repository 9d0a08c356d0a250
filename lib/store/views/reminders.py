"""Who should be reminded of an expiry or a used-up quota: one query for everyone. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.store.database import list_rows
from lib.store.traffic import month_bounds

AT_ONCE = 500  # reminders in one round; the next round sends more
# Whoever may use the VPN and can be told: by Telegram, or by the admin of a person without it.
_TOLD = "users.state = 'approved' AND (users.reachable = 1 OR users.id < 0)"


@dataclass(frozen=True)
class Expiry:
    """The expiry of a config at a stage not recorded yet: `far`, `week`, `day` or `over`; `seen`: another one was."""

    config_id: int
    user_id: int
    language: str
    name: str
    expires_at: int
    stage: str
    seen: int


@dataclass(frozen=True)
class QuotaUse:
    """How many bytes of their monthly quota a person has used; `unsent`: the reminder `what` was not sent yet."""

    user_id: int
    language: str
    quota: int
    used: int
    what: str
    unsent: int


def new_expiries(db: sqlite3.Connection, now: int) -> list[Expiry]:
    """List the configs' expiries whose present stage was not recorded; a week after one is over it is no news."""
    query = f"""
        WITH ends AS (
            SELECT configs.id, configs.user_id, users.language, configs.name, configs.expires_at,
                   CASE WHEN configs.expires_at <= :now THEN 'over'
                        WHEN configs.expires_at <= :now + 86400 THEN 'day'
                        WHEN configs.expires_at <= :now + 7 * 86400 THEN 'week'
                        ELSE 'far' END AS stage
            FROM configs CROSS JOIN users ON users.id = configs.user_id  -- in this order: most configs never expire
            WHERE configs.revoked_at IS NULL AND configs.paused_at IS NULL AND configs.live_since IS NOT NULL
              AND configs.expires_at > :now - 7 * 86400 AND {_TOLD})
        SELECT ends.*, EXISTS (
            SELECT 1 FROM told WHERE subject = 'config:' || ends.id AND what LIKE 'expires:%:' || expires_at)
        FROM ends
        WHERE NOT EXISTS (
            SELECT 1 FROM told WHERE subject = 'config:' || ends.id AND what = 'expires:' || stage || ':' || expires_at)
        ORDER BY expires_at, id LIMIT :limit"""
    return list_rows(db, Expiry, query, {"now": now, "limit": AT_ONCE})


def high_usage(db: sqlite3.Connection, month: str, default_quota: int) -> list[QuotaUse]:
    """List the people who used four fifths of their quota or more in a month ('YYYY-MM')."""
    first, end = month_bounds(month)
    query = f"""
        WITH carried AS (
            SELECT config_id, sum(received + sent) AS used
            FROM stats
            WHERE (:quota > 0 OR EXISTS (SELECT 1 FROM users WHERE quota_bytes > 0)) AND day >= :first AND day < :end
            GROUP BY config_id),
        spent AS (
            SELECT users.id, users.language, coalesce(users.quota_bytes, :quota) AS quota, sum(carried.used) AS used,
                   {_TOLD} AS told_of
            FROM carried JOIN configs ON configs.id = carried.config_id JOIN users ON users.id = configs.user_id
            WHERE coalesce(users.quota_bytes, :quota) > 0
            GROUP BY users.id
            HAVING sum(carried.used) * 5 >= coalesce(users.quota_bytes, :quota) * 4),
        staged AS (
            SELECT *, 'quota:' || iif(used >= quota, '100:' || :month, '80:' || :month || ':' || quota) AS what
            FROM spent)
        SELECT id, language, quota, used, what,
               told_of AND NOT EXISTS (
                   SELECT 1 FROM told WHERE told.subject = 'user:' || id AND told.what = staged.what)
        FROM staged
        ORDER BY id"""
    return list_rows(db, QuotaUse, query, {"quota": default_quota, "month": month, "first": first, "end": end})


def told_used_up(db: sqlite3.Connection) -> list[tuple[int, str, bool]]:
    """List the people who were told that their quota is used up: id, language, and whether they can be told."""
    query = f"""SELECT DISTINCT users.id, users.language, {_TOLD}
               FROM told JOIN users ON users.id = CAST(substr(told.subject, 6) AS INTEGER)
               WHERE told.subject LIKE 'user:%' AND told.what LIKE 'quota:100:%'
               ORDER BY users.id"""
    return [(user_id, language, bool(told_of)) for user_id, language, told_of in db.execute(query)]
