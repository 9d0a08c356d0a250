"""Tell the admins once when all devices in use have moved to the new usual port."""

from __future__ import annotations

import sqlite3

from lib.chat.screens import Keyboard, tell_admins, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.keeper_notes import Move, read_fact, read_own_port, write_fact
from lib.store.outbox import Outgoing
from lib.store.views.arrivals import read_arrivals
from lib.vpn import ports


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Check how far a move is; the last device ends it."""
    move, own = read_fact(db, Move), read_own_port(db)
    if move is None or move.over or move.port != ports.usual(settings, own):
        return []
    arrivals = read_arrivals(db, move.port, now)
    if not arrivals.all_moved:
        return []
    write_fact(db, Move(move.port, over=True))

    def notice(language: str) -> tuple[Markup, Keyboard]:
        close = say(language, "ports_close", own=own)
        text = say(language, "ports_moved", port=move.port, count=arrivals.expected, close=close)
        return text, [[text_button(language, "ports_button", "ports")]]

    return tell_admins(db, settings, notice)
