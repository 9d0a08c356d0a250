"""The list of a friend's configs."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.paging import page_of
from lib.chat.rules import can_ask, config_limit
from lib.chat.screens import Actor, show
from lib.chat.texts import Markup
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing
from lib.store.users import get_user

ON_A_PAGE = 20  # configs


def list_configs(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show which configs the friend holds, from the first one on."""
    return list_page(db, actor, 0)


def list_page(db: sqlite3.Connection, actor: Actor, page: int) -> list[Outgoing]:
    """Show a page of the configs that the friend holds."""
    configs = configs_of(db, actor.id)
    here = page_of(page, len(configs), ON_A_PAGE)
    ask = [[actor.button("new_config", "new", style="primary")]] if can_ask(db, actor) else []
    keyboard = [
        *keyboards.configs(actor.language, here.of(configs), "config"),
        *here.buttons("configs_page"),
        *ask,
        *keyboards.to_menu(actor.language),
    ]
    text = actor.say("configs" if configs else "no_configs")
    limit = config_limit(actor.settings, get_user(db, actor.id))
    if actor.role != "admin" and len(configs) >= limit:
        text = Markup(text + actor.say("limit_reached", count=len(configs), limit=limit))
    return show(actor, text, keyboard)
