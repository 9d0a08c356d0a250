"""Asking for a config: for which app and device, or in place of one without a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from lib.chat import keyboards
from lib.chat.apps import AMNEZIA, App, app_of, speaks_amnezia
from lib.chat.input import clean_name
from lib.chat.keyboards import to_menu
from lib.chat.notify import decisions_shown
from lib.chat.rules import check_may_ask
from lib.chat.screens import Actor, Keyboard, button, show, text_button
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, get_request, move_request, open_request
from lib.store.configs import Config, configs_of, get_config
from lib.store.outbox import Outgoing
from lib.store.users import get_user, set_app, set_awaiting


def choose_device(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask what the new config is for, if another one may be asked for; before the first one, for which app."""
    check_may_ask(db, actor)
    user = get_user(db, actor.id)
    if user.app is None and speaks_amnezia(db):
        return choose_app(db, actor)
    app = app_of(db, user)
    text = actor.say("choose_device", app=app.name, links=app.links)
    return show(actor, text, _devices(actor.language, speaks_amnezia(db)))


def choose_app(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask for which app the files shall be; asked once, and again whenever the friend wants to change it."""
    if not speaks_amnezia(db):
        raise Refused("old_button")
    apps = Markup("\n".join(actor.say(f"about_{key}") for key in AMNEZIA))
    return show(actor, actor.say("choose_app", apps=apps), _apps(actor.language, AMNEZIA))


def take_app(db: sqlite3.Connection, actor: Actor, key: str) -> list[Outgoing]:
    """Note the app, and go on to where it is of use: a new config, or the ones that are there."""
    app = AMNEZIA.get(key)
    if app is None or not speaks_amnezia(db):
        raise Refused("old_button")
    set_app(db, actor.id, key)
    if configs_of(db, actor.id) or open_request(db, actor.id):
        text = actor.say("app_chosen", app=app.name, links=app.links)
        return show(actor, text, _app_chosen(actor.language))
    return choose_device(db, actor)


def choose_known_device(db: sqlite3.Connection, actor: Actor, kind: str, now: int) -> list[Outgoing]:
    """Ask for a config with one of the offered names."""
    if kind not in ("phone", "laptop"):
        raise Refused("old_button")
    return _ask(db, actor, actor.plain(f"name_{kind}"), now)


def ask_own_name(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Let the next message be the device's name."""
    check_may_ask(db, actor)
    set_awaiting(db, actor.id, "device_name")
    return show(actor, actor.say("type_name"), keyboards.to_menu(actor.language))


def take_own_name(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Ask for a config with the name that was typed."""
    return _ask(db, actor, clean_name(text), now)


def _ask(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Note the request; an admin's own is approved at once."""
    check_may_ask(db, actor)
    set_awaiting(db, actor.id, None)
    request_id = add_request(db, actor.id, name, now)
    audit.note(db, now, actor.id, "ask", f"request:{request_id}")
    if actor.role == "admin":
        move_request(db, request_id, "pending", "approved", now, actor.id)
        return show(actor, actor.say("request_approved", name=name), keyboards.to_menu(actor.language))
    asked = show(
        actor,
        actor.say("asked", name=name),
        _cancel(actor.language, request_id),
        subject=f"asked:{request_id}",
    )
    return [*asked, *decisions_shown.announce_request(db, actor.settings, get_request(db, request_id))]


def confirm_renewal(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Say what a new file in place of an unknown one means."""
    config = _without_file(db, actor, config_id)
    text = actor.say("confirm_renew", name=config.name)
    return show(actor, text, _confirm_renewal_keyboard(actor.language, config.id))


def renew(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask for fresh keys on the address of an adopted config; nobody gets more than they have, so no admin decides."""
    config = _without_file(db, actor, config_id)
    request_id = add_request(db, actor.id, config.name, now, replaces=config.id)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "renew", f"config:{config.id}", f"request:{request_id}")
    return show(actor, actor.say("renewing", name=config.name), keyboards.to_menu(actor.language))


def _without_file(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    config = get_config(db, config_id, actor.id)
    if config.private_key is not None:
        raise Refused("has_file")
    return config


def cancel(db: sqlite3.Connection, actor: Actor, request_id: int, now: int) -> list[Outgoing]:
    """Take a request back that was not decided yet."""
    request = get_request(db, request_id)
    if request.user_id != actor.id:
        raise Refused("gone")
    move_request(db, request.id, "pending", "cancelled", now, actor.id)
    audit.note(db, now, actor.id, "cancel", f"request:{request.id}")
    text = actor.say("request_cancelled", name=request.name)
    return [
        *show(actor, text, keyboards.to_menu(actor.language)),
        *decisions_shown.update_request_notices(db, actor.settings, get_request(db, request.id)),
    ]


def _devices(language: str, several_apps: bool) -> Keyboard:
    """What a new config is for."""
    other_app = [[text_button(language, "other_app", "apps")]] if several_apps else []
    return [
        [text_button(language, f"device_{kind}", "device", kind) for kind in ("phone", "laptop")],
        [text_button(language, "device_own", "own_name")],
        *other_app,
        to_menu(language)[0],
    ]


def _apps(language: str, known: Mapping[str, App]) -> Keyboard:
    """One button per app."""
    return [*([button(app.name, "app", key)] for key, app in known.items()), to_menu(language)[0]]


def _app_chosen(language: str) -> Keyboard:
    """The way on to the configs, whose files now are for another app."""
    return [[text_button(language, "my_configs", "configs")], to_menu(language)[0]]


def _confirm_renewal_keyboard(language: str, config_id: int) -> Keyboard:
    """Get a new file in place of the unknown one, or go back."""
    yes = text_button(language, "renew_now", "renew", config_id, style="primary")
    return [[yes, text_button(language, "back", "config", config_id)]]


def _cancel(language: str, request_id: int) -> Keyboard:
    """Under a request that waits."""
    return [[text_button(language, "cancel_request", "cancel", request_id)], to_menu(language)[0]]
