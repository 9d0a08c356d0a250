"""What /start leads to."""

from __future__ import annotations

import sqlite3

from lib.chat.admin import panel
from lib.chat.friend import door, joining, menu
from lib.chat.gate import FRIENDS, OUTSIDE, STAFF
from lib.chat.screens import Actor
from lib.store.outbox import Outgoing


def start(db: sqlite3.Connection, actor: Actor, payload: str, now: int) -> list[Outgoing]:
    """Show the first screen to approved people, and the door to everyone else."""
    if actor.role in OUTSIDE:
        return door.enter(db, actor, payload, now)
    if actor.role in FRIENDS and joining.is_for(db, actor, payload, now):
        return joining.offer(db, actor, payload, now)
    return panel.panel(db, actor) if actor.role in STAFF else menu.menu(db, actor, now)
