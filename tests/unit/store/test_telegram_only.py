"""The path to Telegram: its traffic is counted apart, to the byte, and nothing of it counts for the quota."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from lib.store import telegram_only
from lib.store.traffic import Usage, ever_moved, month_total
from tests.unit.store.samples import MOSCOW, NOON, sample, with_config


def test_it_works(db: sqlite3.Connection) -> None:
    config = with_config(db)
    sample(db, 100, 1000, NOON)
    telegram_only.keep(db, [config])
    sample(db, 130, 1200, NOON + 60)
    telegram_only.keep(db, [])
    sample(db, 131, 1201, NOON + 120)
    assert month_total(db, "2026-05") == Usage(101, 1001) == ever_moved(db)
    assert telegram_only.month_of_person(db, 100, "2026-05") == 230
    assert telegram_only.month_of_person(db, 100, "2026-06") == 0


def test_the_keeper_says_who_reaches_it(db: sqlite3.Connection) -> None:
    config = with_config(db)
    assert not telegram_only.reaches_telegram(db, config)
    assert not telegram_only.person_reaches_telegram(db, 100)
    telegram_only.keep(db, [config])
    telegram_only.keep(db, [config])
    assert telegram_only.ids(db) == {config}
    assert telegram_only.reaches_telegram(db, config)
    assert telegram_only.person_reaches_telegram(db, 100)
    assert not telegram_only.person_reaches_telegram(db, 101)
    telegram_only.keep(db, [])
    assert telegram_only.ids(db) == set()


def test_what_is_moved_across_midnight_is_divided_among_the_days(db: sqlite3.Connection) -> None:
    config = with_config(db)
    telegram_only.keep(db, [config])
    midnight = datetime.fromtimestamp(NOON, MOSCOW).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    sample(db, 0, 0, int(midnight.timestamp()) - 3600)
    sample(db, 24, 48, int(midnight.timestamp()) + 3600)
    rows = db.execute("SELECT day, received, sent FROM telegram_days ORDER BY day").fetchall()
    assert [tuple(row) for row in rows] == [("2026-05-28", 12, 24), ("2026-05-29", 12, 24)]
