"""A person's configs as admins see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lib.chat.paging import page_of
from lib.chat.phrases import last_seen, shorten, size
from lib.chat.rules import this_month, turned_off
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup
from lib.store.counters import is_online
from lib.store.outbox import Outgoing
from lib.store.users import get_user
from lib.store.views.summaries import ConfigSummary

ON_A_PAGE = 7


def config_lines(actor: Actor, configs: Iterable[ConfigSummary], now: int) -> Markup:
    """Describe each config in a line of its own."""
    lines = [
        actor.say(
            "holding",
            sign=_sign(one, now),
            name=one.config.name,
            seen=last_seen(actor.language, one.reading.handshake_at, now).removeprefix("🟢 "),
            used=size(actor.language, one.used.total),
        )
        for one in configs
    ]
    return Markup("".join(f"\n{line}" for line in lines))


def _sign(one: ConfigSummary, now: int) -> str:
    """Show at a glance whether a config is off, online or away."""
    if off := turned_off(one.config, now):
        return {"paused": "⏸", "expired": "⌛️"}[off]
    return "🟢" if is_online(one.reading.handshake_at, now) else "⚪️"


def config_button(one: ConfigSummary, now: int) -> Button:
    """Lead to a config's page."""
    return button(shorten(f"{_sign(one, now)} {one.config.name}", 40), "held", one.config.id)


def list_configs(db: sqlite3.Connection, actor: Actor, user_id: int, page: int, now: int) -> list[Outgoing]:
    """Show a page of the configs of a person who has many."""
    user, configs = get_user(db, user_id), this_month(db, actor, user_id, now).configs
    here = page_of(page, len(configs), ON_A_PAGE)
    shown = here.of(configs)
    text = actor.say("holdings", name=user.full_name, count=len(configs), lines=config_lines(actor, shown, now))
    rows = [[config_button(one, now)] for one in shown]
    return show(actor, text, [*rows, *here.buttons("holdings", user.id), [actor.back("person", user.id)]])
