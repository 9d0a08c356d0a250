"""The panel."""

from __future__ import annotations

import sqlite3
from functools import partial

from lib.chat.keyboards import to_menu
from lib.chat.screens import Actor, Keyboard, button, show, text_button
from lib.chat.texts import plain
from lib.store.outbox import Outgoing
from lib.store.users import count_users, find_user
from lib.store.views.waiting import count_open


def panel(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show what an admin can do, and a helper."""
    waits = count_open(db)
    inside = {user.id for user in map(partial(find_user, db), actor.settings.admin_ids) if user}
    friends = count_users(db, "approved") - len(inside)
    return show(
        actor,
        actor.say("panel", waiting=waits, approved=friends),
        _keyboard(actor.language, waits, actor.role == "admin"),
    )


def _keyboard(language: str, waiting: int, admin: bool) -> Keyboard:
    """The panel: a helper finds there what they may decide, an admin all the rest."""
    daily = [
        button(plain(language, "waiting_button", count=waiting), "requests", 0),
        text_button(language, "people_button", "people", "all", 0),
    ]
    if not admin:
        return [daily, *to_menu(language)]
    return [
        daily,
        [
            text_button(language, "invitations_button", "invitations", 0),
            text_button(language, "broadcast_button", "broadcast"),
        ],
        [
            text_button(language, "history_button", "history", 0, 0),
            text_button(language, "settings_button", "settings"),
        ],
        [text_button(language, "status_button", "status"), text_button(language, "export_button", "export")],
        *to_menu(language),
    ]
