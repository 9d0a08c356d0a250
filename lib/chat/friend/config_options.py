"""What a friend can choose for a config, where the owner of the server offers it."""

from __future__ import annotations

import sqlite3

from lib.chat.friend.config import file_buttons
from lib.chat.screens import Actor, Keyboard, button, show
from lib.errors import Refused
from lib.store.configs import Config, get_config, set_dns, set_routes
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.values import Choice


def overview(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Show a config's current options and the choices."""
    config, settings = get_config(db, config_id, actor.id), actor.settings
    if config.private_key is None or not (settings.client_dns_choices or settings.client_route_choices):
        raise Refused("old_button")
    usual = actor.plain("as_usual")
    text = actor.say("options", name=config.name, dns=config.dns or usual, routes=config.routes or usual)
    return show(actor, text, _keyboard(db, actor, config))


def choose_dns(db: sqlite3.Connection, actor: Actor, config_id: int, number: int) -> list[Outgoing]:
    """Choose the DNS of a config's next file; number 0 is the usual one."""
    config = get_config(db, config_id, actor.id)
    set_dns(db, config.id, _name(actor.settings.client_dns_choices, number))
    return overview(db, actor, config.id)


def choose_routes(db: sqlite3.Connection, actor: Actor, config_id: int, number: int) -> list[Outgoing]:
    """Choose which addresses go through a config's tunnel from its next file on; number 0 is the usual choice."""
    config = get_config(db, config_id, actor.id)
    set_routes(db, config.id, _name(actor.settings.client_route_choices, number))
    return overview(db, actor, config.id)


def _name(choices: tuple[Choice, ...], number: int) -> str | None:
    if number > len(choices) or not choices:
        raise Refused("old_button")
    return choices[number - 1].name if number else None


def _keyboard(db: sqlite3.Connection, actor: Actor, config: Config) -> Keyboard:
    """The choices, with the current ones ticked, and a button for the file."""
    settings, usual = actor.settings, actor.plain("as_usual")
    offers = [
        ("dns", config.dns, settings.client_dns_choices),
        ("routes", config.routes, settings.client_route_choices),
    ]
    rows = []
    for verb, chosen, choices in offers:
        for number, name in enumerate([None, *(choice.name for choice in choices)] if choices else []):
            label = actor.plain(f"option_{verb}", name=name or usual)
            rows.append([button(f"✅ {label}" if name == chosen else label, verb, config.id, number)])
    return [*rows, file_buttons(actor, config, present_generation(db)), [actor.back("config", config.id)]]
