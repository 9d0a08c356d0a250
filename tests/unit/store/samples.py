"""Samples of one config's counters."""

from __future__ import annotations

import sqlite3
from zoneinfo import ZoneInfo

from lib.store.config_requests import add_request
from lib.store.configs import add_config
from lib.store.counters import Reading, record_sample
from lib.store.server import note_generation
from lib.store.users import add_user

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = 1_780_000_000


def with_config(db: sqlite3.Connection) -> int:
    add_user(db, 100, None, "Anna", "en", 0)
    note_generation(db, "server", {}, "host:1", 0)
    return add_config(db, user_id=100, request_id=add_request(db, 100, "phone", 0), name="phone",
                      addresses=("10.8.0.2", None), keys=("A", "B", "C"), generation=1, now=0)  # fmt: skip


def sample(db: sqlite3.Connection, received: int, sent: int, now: int, life: str = "one") -> None:
    record_sample(db, [Reading(1, received, sent, 0)], [], life, now, MOSCOW)
