"""What a friend may choose for a config, where the owner offers it: the DNS it asks, what goes through the tunnel."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.screens import Actor, show
from lib.chat.texts import plain, say
from lib.errors import Refused
from lib.store.configs import get_config, set_dns, set_routes
from lib.store.outbox import Outgoing
from lib.values import Choice


def overview(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show what is chosen for a config, and what can be."""
    config = get_config(db, args[0], actor.id)
    settings = actor.settings
    if config.private_key is None or not (settings.client_dns_choices or settings.client_route_choices):
        raise Refused("old_button")
    text = say(
        actor.language,
        "options",
        name=config.name,
        dns=_title(actor, config.dns),
        routes=_title(actor, config.routes),
    )
    return show(actor, text, keyboards.options(actor.language, config, settings))


def choose_dns(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Let a config ask another DNS from its next file on; number 0 is the usual one."""
    config = get_config(db, args[0], actor.id)
    set_dns(db, config.id, _name(actor.settings.client_dns_choices, args[1]))
    return overview(db, actor, (config.id,), now)


def choose_routes(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Let other addresses go through a config's tunnel from its next file on; number 0 are the usual ones."""
    config = get_config(db, args[0], actor.id)
    set_routes(db, config.id, _name(actor.settings.client_route_choices, args[1]))
    return overview(db, actor, (config.id,), now)


def _name(choices: tuple[Choice, ...], number: int) -> str | None:
    if number > len(choices) or not choices:
        raise Refused("old_button")
    return choices[number - 1].name if number else None


def _title(actor: Actor, chosen: str | None) -> str:
    return chosen or plain(actor.language, "as_usual")
