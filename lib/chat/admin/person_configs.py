"""A person's configs as admins see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lib.chat.paging import page_of
from lib.chat.phrases import labelled, last_seen, size
from lib.chat.rules import sign_of, this_month, why_off
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user
from lib.store.views.summaries import ConfigSummary

ON_A_PAGE = 7


def config_lines(actor: Actor, owner: User, used: int, configs: Iterable[ConfigSummary], now: int) -> Markup:
    """Describe each config on its own line; `used` is the owner's traffic this month in bytes."""
    lines = []
    for one in configs:
        off = why_off(actor.settings, one.config, owner, used, now)
        seen = last_seen(actor.language, one.reading.handshake_at, now, off).removeprefix("🟢 ")
        sign, amount = sign_of(actor.settings, one, owner, used, now), size(actor.language, one.used.total)
        lines.append(actor.say("holding", sign=sign, name=one.config.name, seen=seen, used=amount))
    return Markup("".join(f"\n{line}" for line in lines))


def config_button(actor: Actor, owner: User, used: int, one: ConfigSummary, now: int) -> Button:
    """Return a button to a config's page."""
    sign = sign_of(actor.settings, one, owner, used, now)
    return button(labelled(sign, one.config.name), "held", one.config.id)


def list_configs(db: sqlite3.Connection, actor: Actor, user_id: int, page: int, now: int) -> list[Outgoing]:
    """Show a page of the configs of a person who has many."""
    user, month = get_user(db, user_id), this_month(db, actor, user_id, now)
    configs, used = month.configs, month.used.total
    here = page_of(page, len(configs), ON_A_PAGE)
    shown = here.of(configs)
    lines = config_lines(actor, user, used, shown, now)
    text = actor.say("holdings", name=user.full_name, count=len(configs), lines=lines)
    rows = [[config_button(actor, user, used, one, now)] for one in shown]
    return show(actor, text, [*rows, *here.buttons("holdings", user.id), [actor.back("person", user.id)]])
