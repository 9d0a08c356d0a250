"""A friend's configs as admins see them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib import days
from lib.chat.paging import page_of
from lib.chat.phrases import last_seen, shorten, size
from lib.chat.rules import turned_off
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup, say
from lib.store.configs import Config, configs_of
from lib.store.counters import is_online, last_handshakes
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, month_of_configs
from lib.store.users import get_user

ON_A_PAGE = 10


@dataclass(frozen=True)
class Holding:
    """A config with its newest handshake (0: none) and its bytes of this month."""

    config: Config
    handshake_at: int
    used: Usage

    def sign(self, now: int) -> str:
        """Show at a glance whether it is off, online or away."""
        if off := turned_off(self.config, now):
            return {"paused": "⏸", "expired": "⌛️"}[off]
        return "🟢" if is_online(self.handshake_at, now) else "⚪️"


def holdings_of(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> tuple[list[Holding], int]:
    """List what a friend holds, and sum their month over all that they ever held, as their quota does."""
    usage = month_of_configs(db, user_id, days.month_of(now, actor.zone))
    seen = last_handshakes(db, user_id)
    held = [Holding(c, seen.get(c.id, 0), usage.get(c.id, Usage())) for c in configs_of(db, user_id)]
    return held, sum(used.received + used.sent for used in usage.values())


def holding_line(language: str, holding: Holding, now: int) -> Markup:
    """Describe a config in one line."""
    return say(
        language,
        "holding",
        sign=holding.sign(now),
        name=holding.config.name,
        seen=last_seen(language, holding.handshake_at, now).removeprefix("🟢 "),
        used=size(language, holding.used.received + holding.used.sent),
    )


def holding_button(holding: Holding, now: int) -> Button:
    """Lead to a config's page."""
    return button(shorten(f"{holding.sign(now)} {holding.config.name}", 40), "held", holding.config.id)


def list_holdings(db: sqlite3.Connection, actor: Actor, user_id: int, page: int, now: int) -> list[Outgoing]:
    """Show a page of the configs of somebody who holds many."""
    user = get_user(db, user_id)
    held, _ = holdings_of(db, actor, user.id, now)
    here = page_of(page, len(held), ON_A_PAGE)
    shown = here.of(held)
    lines = [Markup(f"\n{holding_line(actor.language, holding, now)}") for holding in shown]
    text = actor.say("holdings", name=user.full_name, count=len(held), lines=Markup("".join(lines)))
    keyboard = [
        *([holding_button(holding, now)] for holding in shown),
        *here.buttons("holdings", user.id),
        [actor.back("person", user.id)],
    ]
    return show(actor, text, keyboard)
