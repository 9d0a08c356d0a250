"""The keeper's reminder of what waits too long, as it is put into the outbox."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.notify import waiting_reminder
from lib.store.outbox import enqueue
from tests.unit.chat.desk import Desk


def remind(desk: Desk, quiet: tuple[int, int] | None = None) -> list[sqlite3.Row]:
    last = desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
    settings = replace(desk.settings, quiet_hours=quiet)
    enqueue(desk.db, waiting_reminder.remind(desk.db, settings, desk.now), desk.now)
    return desk.db.execute("SELECT * FROM outbox WHERE id > ?", (last,)).fetchall()
