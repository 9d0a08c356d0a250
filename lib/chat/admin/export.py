"""Everything as tables for a spreadsheet."""

from __future__ import annotations

import sqlite3
from datetime import datetime, tzinfo

from lib import days
from lib.chat.files import Attachment, table
from lib.chat.screens import Actor, attach, done, show
from lib.chat.texts import plain
from lib.settings import Settings
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.views import spreadsheets

_TIMES = ("since", "live", "seen", "expires", "paused", "revoked")
# What fills each table, and its columns in the same order.
TABLES = {
    "friends": (
        spreadsheets.friends,
        ("id", "name", "username", "state", "language", "since", "configs", "quota", "limit", "speed", "seen"),
    ),
    "configs": (spreadsheets.configs, ("config", "id", "name", "device", "address", "address6", *_TIMES)),
    "months": (spreadsheets.months, ("month", "id", "name", "download", "upload")),
}


def overview(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Offer the tables."""
    rows = [[actor.button(f"export_{kind}", "export_file", kind)] for kind in TABLES]
    return show(actor, actor.say("export"), [*rows, [actor.back("panel")]])


def send_file(db: sqlite3.Connection, actor: Actor, kind: str, now: int) -> list[Outgoing]:
    """Send a table, written at the moment of sending."""
    audit.note(db, now, actor.id, "export", kind)
    reference = f"export:{actor.language}:{kind}"
    caption = actor.say("export_caption", what=actor.plain(f"export_{kind}"))
    return [*done(actor, "done_exporting"), attach(actor.id, "Document", reference, caption, [[actor.back("panel")]])]


def render_table(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment:
    """Write a table; its times are those of TIMEZONE."""
    language, _, kind = rest.partition(":")
    list_rows, columns = TABLES[kind]
    head = [plain(language, f"column_{column}") for column in columns]
    cells = (
        [_cell(language, settings.timezone, column, value) for column, value in zip(columns, row, strict=True)]
        for row in list_rows(db)
    )
    return table(language, f"{kind}-{days.day_of(now, settings.timezone)}", head, cells)


def _cell(language: str, zone: tzinfo, column: str, value: object) -> object:
    if column in _TIMES:
        return datetime.fromtimestamp(int(str(value)), zone).strftime("%Y-%m-%d %H:%M") if value else None
    return plain(language, f"state_{value}") if column == "state" else value
