"""People and what they have: lists by a filter, counts, a search. Read-only."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from lib.store.configs import WANTED
from lib.store.counters import ONLINE_SECONDS
from lib.store.database import fold, list_rows, number

_USED = """(
    SELECT coalesce(sum(stats.received + stats.sent), 0)
    FROM configs JOIN stats ON stats.config_id = configs.id
    WHERE configs.user_id = users.id AND stats.day >= :first AND stats.day < :end)"""
_ONLINE = f"""
    SELECT configs.user_id
    FROM counters JOIN configs ON configs.id = counters.config_id JOIN users ON users.id = configs.user_id
    WHERE counters.handshake_at > :since AND {WANTED}"""
_FILTERS = {
    "all": "state = 'approved'",
    "online": f"id IN ({_ONLINE})",
    "pending": "state = 'pending'",
    "heavy": "state = 'approved'",
    "over": f"state = 'approved' AND coalesce(quota_bytes, :quota) > 0 AND coalesce(quota_bytes, :quota) <= {_USED}",
    "never": """state = 'approved' AND NOT EXISTS (
        SELECT 1 FROM configs JOIN counters ON counters.config_id = configs.id
        WHERE configs.user_id = users.id AND counters.handshake_at > 0)""",
    "offline": "id < 0 AND state = 'approved'",
    "blocked": "state = 'blocked'",
    "rejected": "state = 'rejected'",
    "found": """(instr(fold(full_name), :word) OR instr(lower(username), :word) OR instr(id, :word) OR EXISTS (
        SELECT 1 FROM configs WHERE configs.user_id = users.id AND revoked_at IS NULL AND instr(fold(name), :word)))""",
}
_BY_NAME, _BY_USE = "full_name COLLATE NOCASE, id", f"{_USED} DESC, id"
_ORDERS = {"heavy": _BY_USE, "over": _BY_USE, "found": f"state <> 'approved', {_BY_NAME}"}  # all others are by name
FILTERS = tuple(name for name in _FILTERS if name != "found")
"""The filters that have a button."""


@dataclass(frozen=True)
class Lookup:
    """What the lists depend on: since when a handshake counts as online, the bounds of the month, the default quota
    (0: none), the words that are searched for."""

    online_since: int
    month: tuple[str, str]
    quota: int
    words: str = ""

    def values(self) -> dict[str, object]:
        """Return the values that the queries name."""
        first, end = self.month
        word = fold(" ".join(self.words.split())).removeprefix("@")
        now = self.online_since + ONLINE_SECONDS
        return {"since": self.online_since, "now": now, "first": first, "end": end, "quota": self.quota, "word": word}


@dataclass(frozen=True)
class Entry:
    """A person in a list: the newest handshake of a config they have (0: none), whether one of them is online (1: it
    is), and the bytes used this month.
    """

    id: int
    full_name: str
    state: str
    helper: int
    quota_bytes: int | None
    handshake_at: int
    online: int
    used: int


def count_people(db: sqlite3.Connection, chosen: str, lookup: Lookup) -> int:
    """Count the people who match a filter."""
    return number(db, f"SELECT count(*) FROM users WHERE {_FILTERS[chosen]}", lookup.values())


def list_people(db: sqlite3.Connection, chosen: str, lookup: Lookup, limit: int, offset: int) -> list[Entry]:
    """List a page of the people who match a filter; unless the order needs sums, only the page's are computed."""
    values, order = lookup.values(), _ORDERS.get(chosen, _BY_NAME)
    query = f"SELECT id FROM users WHERE {_FILTERS[chosen]} ORDER BY {order} LIMIT :limit OFFSET :offset"
    ids = list_rows(db, int, query, {**values, "limit": limit, "offset": offset})
    query = f"""
        SELECT users.id, full_name, state, helper, quota_bytes,
               (SELECT coalesce(max(counters.handshake_at), 0)
                FROM configs JOIN counters ON counters.config_id = configs.id
                WHERE configs.user_id = users.id AND configs.revoked_at IS NULL),
               EXISTS (SELECT 1 FROM configs JOIN counters ON counters.config_id = configs.id
                       WHERE configs.user_id = users.id AND counters.handshake_at > :since AND {WANTED}),
               {_USED}
        FROM json_each(:ids) AS chosen JOIN users ON users.id = chosen.value
        ORDER BY chosen.key"""
    return list_rows(db, Entry, query, {**values, "ids": json.dumps(ids)})
