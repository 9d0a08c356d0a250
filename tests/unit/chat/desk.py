"""A desk where people talk to the dispatcher without a network: updates go in, outbox rows come out."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from lib.chat.dispatch import dispatch
from lib.settings import Settings
from lib.store import outbox
from lib.store.database import transaction
from lib.store.users import get_user

NOON = 1_780_000_000


@dataclass
class Desk:
    db: sqlite3.Connection
    settings: Settings
    now: int = NOON
    ids: Any = field(default_factory=lambda: itertools.count(1))
    messages: Any = field(default_factory=lambda: itertools.count(1))
    transaction: Callable[[sqlite3.Connection], AbstractContextManager[None]] = transaction

    def update(self, body: dict[str, Any]) -> list[sqlite3.Row]:
        """Deliver what is queued, handle one update, and return the rows that it put into the outbox."""
        self.deliver()
        last = self.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
        with self.transaction(self.db):
            dispatch(self.db, self.settings, body, self.now)
        return self.db.execute("SELECT * FROM outbox WHERE id > ? ORDER BY id", (last,)).fetchall()

    def deliver(self) -> None:
        """Deliver everything in the outbox; what is edited stays the message that it is."""
        for row in self.db.execute("SELECT * FROM outbox ORDER BY priority, id").fetchall():
            fields = {name: row[name] for name in outbox.Row.__dataclass_fields__}
            params = json.loads(row["params"])
            edited = params.get("message_id") if row["method"].startswith("edit") else None
            outbox.finish(self.db, outbox.Row(**{**fields, "params": params}), edited or next(self.messages))

    def says(self, who: int, text: str, **sender: Any) -> list[sqlite3.Row]:
        return self.update(
            {
                "update_id": next(self.ids),
                "message": {
                    "message_id": 1,
                    "date": self.now,
                    "from": person(who, **sender),
                    "chat": {"id": who, "type": "private"},
                    "text": text,
                },
            }
        )

    def taps(self, who: int, data: str, message: dict[str, Any] | None = None, **sender: Any) -> list[sqlite3.Row]:
        shown = message or {"message_id": 5, "date": self.now, "text": "…"}
        return self.update(
            {
                "update_id": next(self.ids),
                "callback_query": {
                    "id": "q",
                    "from": person(who, **sender),
                    "data": data,
                    "chat_instance": "c",
                    "message": {"chat": {"id": who, "type": "private"}, **shown},
                },
            }
        )

    def passes_captcha(self, who: int, **sender: Any) -> list[sqlite3.Row]:
        self.says(who, "/start", **sender)
        return self.says(who, get_user(self.db, who).captcha_answer or "", **sender)

    def is_let_in(self, who: int, **sender: Any) -> None:
        self.passes_captcha(who, **sender)
        self.taps(1, f"decide:{who}:pending:approved")

    def dump(self) -> list[tuple[Any, ...]]:
        """Deliver everything, then return all rows of all tables except the outbox and the updates' own ids."""
        self.deliver()
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('outbox', 'sqlite_sequence')"
        tables = [name for (name,) in self.db.execute(names)]
        cursor = self.db.cursor()
        cursor.row_factory = None
        rows = [(table, *row) for table in tables for row in cursor.execute(f"SELECT * FROM {table} ORDER BY 1")]
        return [row for row in rows if row[:2] not in (("meta", "update_id"), ("meta", "update_at"))]


def person(who: int, **more: Any) -> dict[str, Any]:
    return {"id": who, "is_bot": False, "first_name": f"Person {who}", "language_code": "en", **more}


def text_of(row: sqlite3.Row) -> str:
    params = json.loads(row["params"])
    return in_timezone(str(params.get("text", params.get("caption", params.get("media", {}).get("caption", "")))))


def in_timezone(text: str) -> str:
    """Return a text as shown by an app that can't display dates in the reader's time zone."""
    return re.sub("</?tg-time[^>]*>", "", text)


def data_of(row: sqlite3.Row) -> list[str]:
    """Return the callback data of a message's buttons, in reading order."""
    keyboard = (json.loads(row["params"]).get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for line in keyboard for button in line]


def open_desk(db: sqlite3.Connection, settings: Settings, **options: Any) -> Desk:
    """Return a desk that both admins have come to."""
    desk = Desk(db, settings, **options)
    desk.says(1, "/start")
    desk.says(2, "/start", language_code="ru")
    return desk
