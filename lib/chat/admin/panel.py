"""The panel: the first screen of admins and helpers."""

from __future__ import annotations

import sqlite3

from lib.chat.keyboards import to_menu
from lib.chat.screens import Actor, button, show
from lib.store.outbox import Outgoing
from lib.store.users import count_users, find_user
from lib.store.views.waiting import count_open


def panel(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show what an admin can do; a helper only finds what they may decide."""
    waiting = count_open(db)
    admins = sum(find_user(db, admin_id) is not None for admin_id in actor.settings.admin_ids)
    requests = button(actor.plain("waiting_button", count=waiting), "requests", 0)
    keyboard = [[requests, actor.button("people_button", "people", "all", 0)]]
    if actor.role == "admin":
        keyboard += [
            [actor.button("invitations_button", "invitations", 0), actor.button("broadcast_button", "broadcast")],
            [actor.button("history_button", "history", 0, 0), actor.button("settings_button", "settings")],
            [actor.button("status_button", "status"), actor.button("export_button", "export")],
        ]
    text = actor.say("panel", waiting=waiting, approved=count_users(db, "approved") - admins)
    return show(actor, text, [*keyboard, *to_menu(actor.language)])
