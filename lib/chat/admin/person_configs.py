"""A person's configs as admins see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from lib import days
from lib.chat.paging import page_of
from lib.chat.phrases import last_seen, shorten, size, sum_of
from lib.chat.rules import turned_off
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import Markup
from lib.store.configs import Config, configs_of
from lib.store.counters import is_online, last_handshakes
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, month_of_configs
from lib.store.users import get_user

ON_A_PAGE = 10


@dataclass(frozen=True)
class ConfigSummary:
    """A config with its newest handshake (0: none) and its traffic of this month."""

    config: Config
    handshake_at: int
    used: Usage

    def sign(self, now: int) -> str:
        """Show at a glance whether it is off, online or away."""
        if off := turned_off(self.config, now):
            return {"paused": "⏸", "expired": "⌛️"}[off]
        return "🟢" if is_online(self.handshake_at, now) else "⚪️"


def summarize_configs(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> tuple[list[ConfigSummary], int]:
    """Return a person's configs, and the bytes of this month that count towards their quota: deleted ones do, too."""
    usage, seen = month_of_configs(db, user_id, days.month_of(now, actor.zone)), last_handshakes(db, user_id)
    configs = [ConfigSummary(one, seen.get(one.id, 0), usage.get(one.id, Usage())) for one in configs_of(db, user_id)]
    return configs, sum_of(usage.values()).total


def config_lines(actor: Actor, configs: Iterable[ConfigSummary], now: int) -> Markup:
    """Describe each config in a line of its own."""
    lines = [
        actor.say(
            "holding",
            sign=one.sign(now),
            name=one.config.name,
            seen=last_seen(actor.language, one.handshake_at, now).removeprefix("🟢 "),
            used=size(actor.language, one.used.total),
        )
        for one in configs
    ]
    return Markup("".join(f"\n{line}" for line in lines))


def config_button(one: ConfigSummary, now: int) -> Button:
    """Lead to a config's page."""
    return button(shorten(f"{one.sign(now)} {one.config.name}", 40), "held", one.config.id)


def list_configs(db: sqlite3.Connection, actor: Actor, user_id: int, page: int, now: int) -> list[Outgoing]:
    """Show a page of the configs of a person who has many."""
    user, (configs, _) = get_user(db, user_id), summarize_configs(db, actor, user_id, now)
    here = page_of(page, len(configs), ON_A_PAGE)
    shown = here.of(configs)
    text = actor.say("holdings", name=user.full_name, count=len(configs), lines=config_lines(actor, shown, now))
    rows = [[config_button(one, now)] for one in shown]
    return show(actor, text, [*rows, *here.buttons("holdings", user.id), [actor.back("person", user.id)]])
