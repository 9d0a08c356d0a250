"""Measure one update through dispatch, durably committed, against one bare commit of the same rows.

Run: .venv/bin/python tests/bench/bench_dispatch.py [--runs N] [--json FILE]. The bare commit has the same pragmas and
replays the statements that the update made. The same update is also measured among 100,000 people.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.chat.dispatch import dispatch
from lib.settings import Settings, read_settings
from lib.store.database import connect, prepare_database, transaction
from tests.bench.figures import Figure, command, figure
from tests.unit.bot_settings import TOKEN
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import NOON, Desk, person

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.I)
FRIEND, CROWD = 100, 1_000_000
DEEDS = ("menu", "config:1", "configs", "language")  # what friends press most


def settings_for(folder: Path) -> Settings:
    needed = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "SERVER_ENDPOINT": "vpn.example.org", "TIMEZONE": "Europe/Moscow"}
    return read_settings({**needed, "DATABASE": str(folder / "bot_data.db")})


def make_seed(path: Path, settings: Settings, people: int) -> None:
    """Make a database with a friend who holds a config, among some others who do too."""
    prepare_database(path)
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    desk = Desk(db, settings)
    desk.says(1, "/start")
    desk.is_let_in(FRIEND)
    hold_config(db, FRIEND, NOON)
    add_crowd(db, people)
    desk.deliver()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def add_crowd(db: sqlite3.Connection, people: int) -> None:
    """Approve more people, each with a live config."""
    ids = range(CROWD, CROWD + people)
    with transaction(db):
        db.executemany(
            "INSERT INTO users (id, username, full_name, language, created_at) VALUES (?, ?, ?, 'en', ?)",
            ((n, f"user{n}", f"Person {n}", NOON) for n in ids),
        )
        db.execute("UPDATE users SET state = 'approved' WHERE id >= ?", (CROWD,))
        db.executemany(
            """INSERT INTO configs (user_id, name, address, public_key, private_key, preshared_key, generation,
                                    created_at, live_since, platform)
               VALUES (?, 'Phone', ?, ?, 'private', 'preshared', 1, ?, ?, 'iphone')""",
            ((n, address(n - CROWD), f"key {n}", NOON, NOON) for n in ids),
        )


def address(number: int) -> str:
    """Return the address of one of the crowd."""
    return f"10.{100 + number // 65536}.{number // 256 % 256}.{number % 256}"


def tap(number: int) -> dict[str, Any]:
    """Make an update: the friend presses a button."""
    chat = {"id": FRIEND, "type": "private"}
    message = {"message_id": 5, "date": NOON, "text": "…", "chat": chat}
    query = {"id": f"q{number}", "from": person(FRIEND), "data": DEEDS[number % len(DEEDS)], "chat_instance": "c"}
    return {"update_id": 1000 + number, "callback_query": {**query, "message": message}}


def handle(db: sqlite3.Connection, settings: Settings, number: int) -> None:
    """Commit an update with everything that it causes, as the bot does."""
    with transaction(db):
        dispatch(db, settings, tap(number), NOON + number)


def statements_of(db: sqlite3.Connection, settings: Settings, number: int) -> list[str]:
    """Return the statements with which an update writes, with their values."""
    seen: list[str] = []
    db.set_trace_callback(lambda sql: seen.append(sql) if WRITES.match(sql) else None)
    handle(db, settings, number)
    db.set_trace_callback(None)
    return seen


def replay(db: sqlite3.Connection, statements: list[str]) -> None:
    """Write the same rows and nothing else."""
    db.execute("BEGIN IMMEDIATE")
    for statement in statements:
        db.execute(statement)
    db.execute("COMMIT")


def stages(folder: Path, people: int) -> Iterator[tuple[sqlite3.Connection, Settings]]:
    """Yield three equal databases, each in its own folder."""
    seed = folder / "seed.db"
    make_seed(seed, settings_for(folder), people)
    for name in ("dispatch", "bare", "traced"):
        own = folder / name
        own.mkdir()
        shutil.copy(seed, own / "bot_data.db")
        yield connect(own / "bot_data.db"), settings_for(own)


def measure(people: int, runs: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of updates through dispatch and of bare commits of their rows, measured in turns."""
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        (db, settings), (other, _), (traced, its) = stages(Path(folder), people)
        for number in range(runs + 20):
            statements = statements_of(traced, its, number)
            begin = time.perf_counter()
            handle(db, settings, number)
            middle = time.perf_counter()
            replay(other, statements)
            end = time.perf_counter()
            if number >= 20:
                ours.append(1000 * (middle - begin))
                bare.append(1000 * (end - middle))
        for one in (db, other, traced):
            one.close()
    return ours, bare


def figures(runs: int) -> list[Figure]:
    ours, bare = measure(10, runs)
    crowded, _ = measure(100_000, runs)
    return [
        figure("an update through dispatch", "ms", ours, "bare commit of its rows", bare, 2),
        figure("the same among 100,000 people", "ms", crowded, "among 10", ours, 1.2),
    ]


if __name__ == "__main__":
    command(__doc__, figures, 400, "updates")
