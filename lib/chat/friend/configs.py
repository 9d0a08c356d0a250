"""The list of a friend's configs."""

from __future__ import annotations

import sqlite3

from lib.chat.paging import page_of
from lib.chat.phrases import labelled
from lib.chat.rules import can_ask, config_limit, sign_of, this_month
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup
from lib.store.config_requests import open_request
from lib.store.outbox import Outgoing
from lib.store.views.summaries import ConfigSummary

ON_A_PAGE = 5  # configs; with the other buttons they make nine rows


def list_configs(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the first page of a friend's configs."""
    return list_page(db, actor, 0, now)


def list_page(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """Show a page of a friend's configs with their states, and any open request."""
    month, request = this_month(db, actor, actor.id, now), open_request(db, actor.id)
    configs, used = month.configs, month.used.total
    here, limit = page_of(page, len(configs), ON_A_PAGE), config_limit(actor.settings, actor.person)
    text = actor.say("configs" if configs or request else "no_configs")
    may_ask = can_ask(db, actor, request, len(configs))
    if actor.role != "admin" and len(configs) >= limit and not may_ask:
        text = Markup(text + actor.say("limit_reached", count=len(configs), limit=limit))
    ask = [actor.button("new_config", "new", style="primary")]
    waits = [button(labelled("⏳", request.name), "asked", request.id)] if request else []
    keyboard = [
        *([_to_config(actor, one, used, now)] for one in here.of(configs)),
        *here.buttons("configs_page"),
        waits,
        ask if may_ask else [],
        [actor.to_menu()],
    ]
    return show(actor, text, keyboard)


def _to_config(actor: Actor, one: ConfigSummary, used: int, now: int) -> Button:
    sign = sign_of(actor.settings, one, actor.person, used, now)
    return button(labelled(sign, one.config.name), "config", one.config.id)
