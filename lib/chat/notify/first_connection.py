"""After a config is delivered: “It works” at its first handshake, or one offer of help if there is none for an hour."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.notify import decisions_shown
from lib.chat.notify.passing_on import reader_of, tell_keeper, to_held
from lib.chat.rules import is_wanted
from lib.chat.screens import say_to, text_button
from lib.chat.texts import say
from lib.settings import Settings
from lib.store.config_requests import get_request
from lib.store.configs import Config, configs_of, mark_connected, unconnected
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing, count_unsent
from lib.store.told import tell_once
from lib.store.trials import is_watched
from lib.store.users import User, get_user

PATIENCE = 3600  # seconds after a delivery


def follow(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Return the messages about delivered configs that have just connected or still haven't."""
    messages: list[Outgoing] = []
    health = read_fact(db, Health)
    for config, handshake_at in unconnected(db, now - PATIENCE):
        if handshake_at:
            messages += _works(db, settings, config, now)
        elif health and health.up and health.since <= now - PATIENCE:
            messages += _offer_help(db, settings, config, now)
    return messages


def _works(db: sqlite3.Connection, settings: Settings, config: Config, now: int) -> list[Outgoing]:
    """Record the first handshake; notify the owner, and update the admins' cards of the request and the person."""
    mark_connected(db, config.id, now)
    owner = get_user(db, config.user_id)
    if owner.state != "approved":
        return []
    # Somebody who has just used up their limit, or tries another disguise, is told that, and not that it works.
    other_news = not is_wanted(db, settings, config, owner, now) or is_watched(db, config.id)
    told = [] if other_news else [_told(db, settings, owner, config)]
    if config.request_id is not None:
        told += decisions_shown.update_request_notices(db, settings, get_request(db, config.request_id))
    first = sum(one.connected_at is not None for one in configs_of(db, owner.id)) == 1
    return [*told, *(decisions_shown.show_first_connection(db, settings, owner) if first else [])]


def _told(db: sqlite3.Connection, settings: Settings, owner: User, config: Config) -> Outgoing:
    """Notify the owner, or the admin who passed the file on to a person without Telegram."""
    if owner.in_telegram:
        text = say(owner.language, "it_works", name=config.name)
        return say_to(owner.id, text, keyboards.to_config(owner.language, config.id, config.name))
    return tell_keeper(db, settings, owner, "it_works_there", to_held(config.id, config.name), name=config.name)


def _offer_help(db: sqlite3.Connection, settings: Settings, config: Config, now: int) -> list[Outgoing]:
    """Offer help once, but not for a config that is off or whose file may still be on its way."""
    owner = get_user(db, config.user_id)
    if is_watched(db, config.id):
        return []
    if not is_wanted(db, settings, config, owner, now) or count_unsent(db, reader_of(db, settings, owner)[0]):
        return []
    return [_help(db, settings, owner, config)] if tell_once(db, f"config:{config.id}", "help", now) else []


def _help(db: sqlite3.Connection, settings: Settings, owner: User, config: Config) -> Outgoing:
    if not owner.in_telegram:
        return tell_keeper(db, settings, owner, "offer_help_there", to_held(config.id, config.name), name=config.name)
    language = owner.language
    ways = [
        [text_button(language, "does_not_work", "trouble", config.id)],
        [text_button(language, "set_up_later", "later", config.id)],
    ]
    return say_to(owner.id, say(language, "offer_help", name=config.name), ways)
