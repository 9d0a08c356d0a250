"""What a friend may choose for a config, where the owner offers it."""

from __future__ import annotations

import sqlite3

from lib.chat.screens import Actor, Button, Keyboard, button, show, text_button
from lib.chat.texts import plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store.configs import Config, get_config, set_dns, set_routes
from lib.store.outbox import Outgoing
from lib.values import Choice


def overview(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Show what is chosen for a config, and what can be."""
    config = get_config(db, config_id, actor.id)
    settings = actor.settings
    if config.private_key is None or not (settings.client_dns_choices or settings.client_route_choices):
        raise Refused("old_button")
    text = actor.say(
        "options",
        name=config.name,
        dns=_title(actor, config.dns),
        routes=_title(actor, config.routes),
    )
    return show(actor, text, _keyboard(actor.language, config, settings))


def choose_dns(db: sqlite3.Connection, actor: Actor, config_id: int, number: int) -> list[Outgoing]:
    """Let a config ask another DNS from its next file on; number 0 is the usual one."""
    config = get_config(db, config_id, actor.id)
    set_dns(db, config.id, _name(actor.settings.client_dns_choices, number))
    return overview(db, actor, config.id)


def choose_routes(db: sqlite3.Connection, actor: Actor, config_id: int, number: int) -> list[Outgoing]:
    """Let other addresses go through a config's tunnel from its next file on; number 0 are the usual ones."""
    config = get_config(db, config_id, actor.id)
    set_routes(db, config.id, _name(actor.settings.client_route_choices, number))
    return overview(db, actor, config.id)


def _name(choices: tuple[Choice, ...], number: int) -> str | None:
    if number > len(choices) or not choices:
        raise Refused("old_button")
    return choices[number - 1].name if number else None


def _title(actor: Actor, chosen: str | None) -> str:
    return chosen or actor.plain("as_usual")


def _keyboard(language: str, held: Config, settings: Settings) -> Keyboard:
    """The choices that the owner offers for a config, the present ones ticked, and the file that follows them."""
    offers = [("dns", held.dns, settings.client_dns_choices), ("routes", held.routes, settings.client_route_choices)]
    rows = [
        [_option(language, verb, held.id, number, name, chosen)]
        for verb, chosen, choices in offers
        if choices
        for number, name in enumerate([None, *(choice.name for choice in choices)])
    ]
    ways = [
        text_button(language, "show_qr", "qr", held.id),
        text_button(language, "send_file", "file", held.id),
    ]
    return [*rows, ways, [text_button(language, "back", "config", held.id)]]


def _option(language: str, verb: str, config_id: int, number: int, name: str | None, chosen: str | None) -> Button:
    label = plain(language, f"option_{verb}", name=name or plain(language, "as_usual"))
    return button(f"✅ {label}" if name == chosen else label, verb, config_id, number)
