"""Wishes: a friend asks for more traffic or time with one tap, and an admin grants it with one tap."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.notify.tickets_shown import announce_ticket
from lib.chat.rules import limit_subject, may_want_more, quota_of, ring, this_month
from lib.chat.screens import Actor, show
from lib.errors import Refused
from lib.store import tickets
from lib.store.configs import get_config
from lib.store.outbox import Outgoing


def ask_more_traffic(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Ask the admins for more traffic, once the monthly limit is nearly or fully used up."""
    if not may_want_more(actor.settings, actor.person, this_month(db, actor, actor.id, now).used.total):
        raise Refused("limit_not_used")
    quota = quota_of(actor.settings, actor.person.quota_bytes)
    ring(db, actor, "more", limit_subject(quota), now)
    ticket = tickets.add_ticket(db, actor.id, "traffic", now, present=quota)
    screen = show(actor, actor.say("more_asked"), [[actor.to_menu()]])
    return [*screen, *announce_ticket(db, actor.settings, ticket)]


def ask_more_time(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask the admins for more time for a config."""
    config = get_config(db, config_id, actor.id)
    if config.expires_at is None:
        raise Refused("never_expires")
    waits = tickets.is_waiting(db, actor.id, "time", config.id)
    ring(db, actor, "extend", f"config:{config.id}", now, waits=waits)
    ticket = tickets.add_ticket(db, actor.id, "time", now, config_id=config.id, present=config.expires_at)
    ways = keyboards.to_config(actor.language, config.id, config.name)
    screen = show(actor, actor.say("extension_asked", name=config.name), ways)
    return [*screen, *announce_ticket(db, actor.settings, ticket)]
