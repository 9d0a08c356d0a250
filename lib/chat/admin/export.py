"""Everything as tables for a spreadsheet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from functools import partial

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment, table
from lib.chat.screens import Actor, attach, done, show
from lib.chat.spreadsheet import write_sheet
from lib.chat.texts import plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.views import spreadsheets

HEADS = {
    "friends": ("id", "name", "username", "state", "language", "since", "configs", "quota", "limit", "seen"),
    "configs": (
        "config", "id", "name", "device", "address", "address6", "since", "live", "seen", "expires", "paused",
        "revoked",
    ),
    "months": ("month", "id", "name", "download", "upload"),
}  # fmt: skip
_TIMES = frozenset({"since", "live", "seen", "expires", "paused", "revoked"})
_ROWS: dict[str, Callable[[sqlite3.Connection], Iterator[spreadsheets.Row]]] = {
    "friends": spreadsheets.friends,
    "configs": spreadsheets.configs,
    "months": spreadsheets.months,
}


def overview(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Offer the tables."""
    rows = [[actor.button(f"export_{kind}", "export_file", kind)] for kind in HEADS]
    return show(actor, actor.say("export"), [*rows, *keyboards.to_panel(actor.language)])


def send_file(db: sqlite3.Connection, actor: Actor, kind: str, now: int) -> list[Outgoing]:
    """Send a table."""
    if kind not in HEADS:
        raise Refused("old_button")
    audit.note(db, now, actor.id, "export", kind)
    caption = actor.say("export_caption", what=actor.plain(f"export_{kind}"))
    back = keyboards.to_panel(actor.language)
    return [
        *done(actor, "done_exporting"),
        attach(actor.id, "Document", f"export:{actor.language}:{kind}", caption, back),
    ]


def _table(db: sqlite3.Connection, settings: Settings, language: str, kind: str) -> str:
    """Write one; times are those of TIMEZONE, traffic is the friend's view in bytes."""
    head = HEADS[kind]
    write = partial(_write, language, settings.timezone)
    rows = ([write(key, value) for key, value in zip(head, _order(kind, row), strict=True)] for row in _ROWS[kind](db))
    return write_sheet(language, [plain(language, f"column_{key}") for key in head], rows)


def _order(kind: str, row: spreadsheets.Row) -> spreadsheets.Row:
    """Turn the server's view into the friend's: what it sent, they downloaded."""
    return (*row[:3], row[4], row[3]) if kind == "months" else tuple(row)


def _write(language: str, zone: tzinfo, key: str, value: object) -> object:
    if key in _TIMES:
        return datetime.fromtimestamp(int(str(value)), zone).strftime("%Y-%m-%d %H:%M") if value else None
    return plain(language, f"state_{value}") if key == "state" else value


def render_table(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    language, _, kind = rest.partition(":")
    day = days.day_of(now, settings.timezone)
    return table(f"{kind}-{day}.csv", _table(db, settings, language, kind))
