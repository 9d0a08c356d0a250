"""The list of a friend's configs."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.paging import page_of
from lib.chat.rules import can_ask, config_limit
from lib.chat.screens import Actor, show
from lib.chat.texts import Markup
from lib.store.config_requests import open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing

ON_A_PAGE = 5  # configs; with the other buttons they make nine rows


def list_configs(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show the first page of a friend's configs."""
    return list_page(db, actor, 0)


def list_page(db: sqlite3.Connection, actor: Actor, page: int) -> list[Outgoing]:
    """Show a page of a friend's configs."""
    configs = configs_of(db, actor.id)
    here, limit = page_of(page, len(configs), ON_A_PAGE), config_limit(actor.settings, actor.person)
    text = actor.say("configs" if configs else "no_configs")
    if actor.role != "admin" and len(configs) >= limit:
        text = Markup(text + actor.say("limit_reached", count=len(configs), limit=limit))
    ask = [actor.button("new_config", "new", style="primary")]
    keyboard = [
        *keyboards.configs(actor.language, here.of(configs), "config"),
        *here.buttons("configs_page"),
        ask if can_ask(actor, open_request(db, actor.id), len(configs)) else [],
        [actor.to_menu()],
    ]
    return show(actor, text, keyboard)
