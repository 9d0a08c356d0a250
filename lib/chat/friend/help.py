"""How it works, in one screen."""

from __future__ import annotations

import sqlite3

from lib.chat.screens import Actor, show
from lib.store.outbox import Outgoing


def help_page(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show how it works."""
    key = {"admin": "help_admin", "helper": "help_helper"}.get(actor.role, "help")
    return show(actor, actor.say(key), [[actor.button("account_button", "account"), actor.to_menu()]])
