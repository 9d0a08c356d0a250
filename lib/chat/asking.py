"""Asking for a config: for which app and device, or in place of one without a file; what waits can be taken back."""

from __future__ import annotations

import sqlite3
import unicodedata

from lib.chat import keyboards, notices
from lib.chat.apps import AMNEZIA, app_of, speaks_amnezia
from lib.chat.screens import Actor, show
from lib.chat.texts import plain, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import add_request, get_request, move_request, open_request
from lib.store.configs import Config, configs_of, get_config
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_app, set_awaiting

NAME_LENGTH = 32  # characters


def choose_device(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Ask what the new config is for, if another one may be asked for; before the first one, for which app."""
    _may_ask(db, actor)
    user = get_user(db, actor.id)
    if user.app is None and speaks_amnezia(db):
        return choose_app(db, actor, (), now)
    app = app_of(db, user)
    text = say(actor.language, "choose_device", app=app.name, links=app.links)
    return show(actor, text, keyboards.devices(actor.language, speaks_amnezia(db)))


def choose_app(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Ask for which app the files shall be; asked once, and again whenever the friend wants to change it."""
    if not speaks_amnezia(db):
        raise Refused("old_button")
    return show(actor, say(actor.language, "choose_app"), keyboards.apps(actor.language, AMNEZIA))


def take_app(db: sqlite3.Connection, actor: Actor, args: tuple[str], now: int) -> list[Outgoing]:
    """Note the app, and go on to where it is of use: a new config, or the ones that are there."""
    app = AMNEZIA.get(args[0])
    if app is None or not speaks_amnezia(db):
        raise Refused("old_button")
    set_app(db, actor.id, args[0])
    if configs_of(db, actor.id) or open_request(db, actor.id):
        text = say(actor.language, "app_chosen", app=app.name, links=app.links)
        return show(actor, text, keyboards.app_chosen(actor.language))
    return choose_device(db, actor, (), now)


def choose_known_device(db: sqlite3.Connection, actor: Actor, args: tuple[str], now: int) -> list[Outgoing]:
    """Ask for a config with one of the offered names."""
    if args[0] not in ("phone", "laptop"):
        raise Refused("old_button")
    return _ask(db, actor, plain(actor.language, f"name_{args[0]}"), now)


def ask_own_name(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
    """Let the next message be the device's name."""
    _may_ask(db, actor)
    set_awaiting(db, actor.id, "device_name")
    return show(actor, say(actor.language, "type_name"), keyboards.to_menu(actor.language))


def take_own_name(db: sqlite3.Connection, actor: Actor, args: tuple[str], now: int) -> list[Outgoing]:
    """Ask for a config with the name that was typed."""
    return _ask(db, actor, clean_name(args[0]), now)


def clean_name(text: str) -> str:
    """Take a name as typed, without marks that nobody sees; Refused('bad_name') for what is no name."""
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    name = " ".join(visible.split())
    if not 1 <= len(name) <= NAME_LENGTH or not any(sign.isalnum() for sign in name) or "\n" in text.strip():
        raise Refused("bad_name")
    return name


def can_ask(db: sqlite3.Connection, actor: Actor) -> bool:
    """Tell whether another config may be asked for now."""
    try:
        _may_ask(db, actor)
    except Refused:
        return False
    return True


def _may_ask(db: sqlite3.Connection, actor: Actor) -> None:
    if open_request(db, actor.id):
        raise Refused("request_open")
    count, limit = len(configs_of(db, actor.id)), config_limit(actor.settings, get_user(db, actor.id))
    if actor.role != "admin" and count >= limit:
        raise Refused("too_many_configs", count=count, limit=limit)


def config_limit(settings: Settings, user: User) -> int:
    """Tell how many configs a friend may ask for: their own number, else everybody's; what they have they keep."""
    return settings.max_configs if user.config_limit is None else user.config_limit


def _ask(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Note the request; an admin's own is approved at once."""
    _may_ask(db, actor)
    set_awaiting(db, actor.id, None)
    request_id = add_request(db, actor.id, name, now)
    audit.note(db, now, actor.id, "ask", f"request:{request_id}")
    if actor.role == "admin":
        move_request(db, request_id, "pending", "approved", now, actor.id)
        return show(actor, say(actor.language, "request_approved", name=name), keyboards.to_menu(actor.language))
    asked = show(
        actor,
        say(actor.language, "asked", name=name),
        keyboards.cancel(actor.language, request_id),
        subject=f"asked:{request_id}",
    )
    return [*asked, *notices.announce_request(db, actor.settings, get_request(db, request_id))]


def confirm_renewal(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Say what a new file in place of an unknown one means."""
    config = _without_file(db, actor, args[0])
    text = say(actor.language, "confirm_renew", name=config.name)
    return show(actor, text, keyboards.confirm_renew(actor.language, config.id))


def renew(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Ask for fresh keys on the address of an adopted config; nobody gets more than they have, so no admin decides."""
    config = _without_file(db, actor, args[0])
    request_id = add_request(db, actor.id, config.name, now, replaces=config.id)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "renew", f"config:{config.id}", f"request:{request_id}")
    return show(actor, say(actor.language, "renewing", name=config.name), keyboards.to_menu(actor.language))


def _without_file(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    config = get_config(db, config_id, actor.id)
    if config.private_key is not None:
        raise Refused("has_file")
    return config


def cancel(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Take a request back that was not decided yet."""
    request = get_request(db, args[0])
    if request.user_id != actor.id:
        raise Refused("gone")
    move_request(db, request.id, "pending", "cancelled", now, actor.id)
    audit.note(db, now, actor.id, "cancel", f"request:{request.id}")
    text = say(actor.language, "request_cancelled", name=request.name)
    return [
        *show(actor, text, keyboards.to_menu(actor.language)),
        *notices.update_request_notices(db, actor.settings, get_request(db, request.id)),
    ]
