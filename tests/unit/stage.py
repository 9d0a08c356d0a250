"""A keeper beside a desk: each round turns approvals into peers."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from lib.keeper import Keeper
from lib.settings import Settings
from lib.store.configs import configs_of
from tests.unit.chat.desk import Desk, text_of
from tests.unit.interface import MemoryAwg

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass
class Stage:
    desk: Desk
    awg: MemoryAwg
    keeper: Keeper
    panels: list[sqlite3.Row] = field(default_factory=list)  # that the last round edited

    def round(self, seconds: int = 0) -> list[sqlite3.Row]:
        """Advance the clock, run one round, and return what it queued, apart from edits of open panels."""
        self.desk.now += seconds
        last = self.desk.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
        self.keeper.round(self.desk.now)
        rows = self.desk.db.execute("SELECT * FROM outbox WHERE id > ? ORDER BY id", (last,)).fetchall()
        self.panels = [row for row in rows if row["subject"] == "panel"]
        return [row for row in rows if row not in self.panels]

    def at(self, *when: int) -> None:
        self.desk.now = int(datetime(*when, tzinfo=MOSCOW).timestamp())  # type: ignore[arg-type,misc]

    def give_config(self, who: int = 100) -> str:
        """Add a live config for a friend; return its public key."""
        self.desk.is_let_in(who)
        self.desk.taps(who, "device:iphone")
        request = self.desk.db.execute("SELECT max(id) FROM config_requests").fetchone()[0]
        self.desk.taps(1, f"judge:{request}:approved")
        self.round()
        return configs_of(self.desk.db, who)[0].public_key


def make_stage(desk: Desk, settings: Settings, subnet: str = "10.8.0.1/24") -> Stage:
    awg = MemoryAwg(subnet)
    keeper = Keeper(desk.db, awg, settings, lambda: None, lambda: desk.now)  # type: ignore[arg-type]
    return Stage(desk, awg, keeper)


def texts(rows: list[sqlite3.Row], chat: int = 1) -> list[str]:
    return [text_of(row) for row in rows if row["chat_id"] == chat]
