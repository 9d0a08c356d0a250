"""The panel: the first screen of admins and helpers."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import way_back
from lib.chat.notify import panel_shown
from lib.chat.screens import Actor, show
from lib.store.outbox import Outgoing


def panel(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show the current state and what an admin or a helper can do."""
    way_back.remember_place(db, actor, "panel")
    panel_shown.note_shown(db)
    shown = panel_shown.describe(db, actor.settings, actor.language, actor.role == "admin")
    return show(actor, *shown, subject=panel_shown.SUBJECT)
