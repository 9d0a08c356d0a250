"""Measure the admin's lists of people among 10,000 against 10.

Run: .venv/bin/python tests/bench/bench_people.py [--runs N] [--json FILE]. Each person has a config with 28 days of
traffic and a limit. Both databases are measured in turns in the same process.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.chat.dispatch import dispatch
from lib.settings import Settings, read_settings
from lib.store.database import connect, prepare_database, transaction
from lib.store.views.people import FILTERS
from tests.bench.figures import Figure, command, figure

NOW = 1_780_000_000
SIZES = (10, 10_000)
SCREENS = [*(f"people:{name}:0" for name in FILTERS), "person:3", "held:3", "holdings:3:0", "person_quotas:3"]


def make_crowd(path: Path, size: int) -> tuple[sqlite3.Connection, Settings]:
    """Make a database of that many people."""
    names = {"BOT_TOKEN": "1:ABCDEFGHIJ-bench", "ADMIN_IDS": "1", "SERVER_ENDPOINT": "vpn.example.org"}
    settings = read_settings({**names, "QUOTA_GB": "10", "TIMEZONE": "UTC", "DATABASE": str(path)})
    prepare_database(path)
    db, ids = connect(path), range(1, size + 1)
    db.execute("PRAGMA synchronous = OFF")
    with transaction(db):
        db.execute("INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0)")
        people = [(id_, f"Имя {id_ * 7919 % size:05}") for id_ in ids]
        db.executemany("INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'ru', 0)", people)
        db.execute("UPDATE users SET state = 'pending'")
        db.execute("UPDATE users SET state = 'approved'")
        db.executemany(
            """INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at, live_since)
               VALUES (?, ?, 'Телефон', ?, ?, 1, 0, 0)""",
            [(id_, id_, f"10.{id_ >> 16}.{id_ >> 8 & 255}.{id_ & 255}", f"key {id_}") for id_ in ids],
        )
        seen = [(id_, NOW - 60 * (id_ % 9)) for id_ in ids]
        db.executemany("INSERT INTO counters VALUES (?, 1, 1, ?, 'life', 0, 0, NULL)", seen)
        days = [(id_, f"2026-05-{day:02}", id_ % 11 * 10**8, id_) for id_ in ids for day in range(1, 29)]
        db.executemany("INSERT INTO stats VALUES (?, ?, ?, ?)", days)
    return db, settings


def ask(db: sqlite3.Connection, settings: Settings, number: int, screen: str) -> float:
    """Return the milliseconds of an admin's tap; a word without arguments is typed as a search."""
    sender, chat = {"id": 1, "is_bot": False, "first_name": "A"}, {"id": 1, "type": "private"}
    message = {"message_id": 5, "date": 0, "chat": chat, "text": "имя 0000"}
    body: dict[str, object] = {"message": {**message, "from": sender}}
    if ":" in screen:
        body = {"callback_query": {"id": "q", "from": sender, "data": screen, "message": message}}
    else:
        db.execute("UPDATE users SET awaiting = 'search' WHERE id = 1")
    begin = time.perf_counter()
    with transaction(db):
        dispatch(db, settings, {"update_id": number, **body}, NOW)
    elapsed = 1000 * (time.perf_counter() - begin)
    db.execute("DELETE FROM outbox")
    return elapsed


def figures(runs: int) -> list[Figure]:
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        crowds = [make_crowd(Path(folder) / f"{size}.db", size) for size in SIZES]
        for at, screen in enumerate([*SCREENS, "search"]):
            times: list[list[float]] = [[], []]
            for run in range(runs + 1):
                for (db, settings), column in zip(crowds, times, strict=True):
                    elapsed = ask(db, settings, 1 + at * 1000 + run, screen)
                    column.extend([elapsed] if run else [])
            few, many = times
            lines.append(figure(f"screen {screen} of 10,000", "ms", many, "the same of 10", few))
        for db, _ in crowds:
            db.close()
    return lines


if __name__ == "__main__":
    command(__doc__, figures, 7)
