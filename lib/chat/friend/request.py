"""Asking for a config: for which app and device, or in place of one without a file."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.apps import AMNEZIA, app_of, speaks_amnezia
from lib.chat.input import ask, clean_name
from lib.chat.notify import decisions_shown
from lib.chat.rules import check_may_ask, ring
from lib.chat.screens import Actor, button, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, get_request, move_request, open_request
from lib.store.configs import Config, configs_of, get_config
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import set_app

DEVICES = ("phone", "laptop")


def choose_device(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask what the new config is for, if another one may be asked for; before the first one, for which app."""
    _check_may_ask(db, actor)
    server = present_generation(db)
    if actor.person.app is None and speaks_amnezia(server):
        return _ask_app(actor)
    app = app_of(server, actor.person)
    keyboard = [
        [actor.button(f"device_{kind}", "device", kind) for kind in DEVICES],
        [actor.button("device_own", "own_name")],
        [actor.button("other_app", "apps")] if app.selectable else [],
        [actor.to_menu()],
    ]
    return show(actor, actor.say("choose_device", app=app.name, links=app.links), keyboard)


def choose_app(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask for which app the files shall be."""
    if not speaks_amnezia(present_generation(db)):
        raise Refused("old_button")
    return _ask_app(actor)


def _ask_app(actor: Actor) -> list[Outgoing]:
    apps = Markup("\n".join(actor.say(f"about_{key}") for key in AMNEZIA))
    keyboard = [*([button(app.name, "app", key)] for key, app in AMNEZIA.items()), [actor.to_menu()]]
    return show(actor, actor.say("choose_app", apps=apps), keyboard)


def take_app(db: sqlite3.Connection, actor: Actor, key: str) -> list[Outgoing]:
    """Set the app, and go on to where it is of use: a new config, or the present ones."""
    app = AMNEZIA[key]
    if not speaks_amnezia(present_generation(db)):
        raise Refused("old_button")
    set_app(db, actor.id, key)
    if not configs_of(db, actor.id) and not open_request(db, actor.id):
        return choose_device(db, replace(actor, user=replace(actor.person, app=key)))
    text = actor.say("app_chosen", app=app.name, links=app.links)
    return show(actor, text, [[actor.button("my_configs", "configs")], [actor.to_menu()]])


def choose_known_device(db: sqlite3.Connection, actor: Actor, kind: str, now: int) -> list[Outgoing]:
    """Ask for a config with one of the offered names."""
    return _ask(db, actor, actor.plain(f"name_{kind}"), now)


def ask_own_name(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask for the device's name, which the next message will be."""
    _check_may_ask(db, actor)
    return ask(db, actor, "device_name", actor.say("type_name"), [[actor.to_menu()]])


def take_own_name(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Ask for a config with the name that was typed."""
    return _ask(db, actor, clean_name(text), now)


def _check_may_ask(db: sqlite3.Connection, actor: Actor) -> None:
    check_may_ask(actor, open_request(db, actor.id), len(configs_of(db, actor.id)))


def _ask(db: sqlite3.Connection, actor: Actor, name: str, now: int) -> list[Outgoing]:
    """Add the request; an admin's own is approved at once."""
    _check_may_ask(db, actor)
    request_id = add_request(db, actor.id, name, now)
    ring(db, actor, "ask", f"request:{request_id}", now)
    if actor.role == "admin":
        move_request(db, request_id, "pending", "approved", now, actor.id)
        return show(actor, actor.say("request_approved", name=name), [[actor.to_menu()]])
    keyboard = [[actor.button("cancel_request", "cancel", request_id)], [actor.to_menu()]]
    asked = show(actor, actor.say("asked", name=name), keyboard, subject=f"asked:{request_id}")
    return [*asked, *decisions_shown.announce_request(db, actor.settings, get_request(db, request_id))]


def confirm_renewal(db: sqlite3.Connection, actor: Actor, config_id: int) -> list[Outgoing]:
    """Explain what a new file in place of an unknown one means."""
    config = _without_file(db, actor, config_id)
    yes = actor.button("renew_now", "renew", config.id, style="primary")
    return show(actor, actor.say("confirm_renew", name=config.name), [[yes, actor.back("config", config.id)]])


def renew(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask for new keys on the address of an adopted config; no admin decides, since nobody gets more than they have."""
    config = _without_file(db, actor, config_id)
    request_id = add_request(db, actor.id, config.name, now, replaces=config.id)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "renew", f"config:{config.id}", f"request:{request_id}")
    return show(actor, actor.say("renewing", name=config.name), [[actor.to_menu()]])


def _without_file(db: sqlite3.Connection, actor: Actor, config_id: int) -> Config:
    config = get_config(db, config_id, actor.id)
    if config.private_key is not None:
        raise Refused("has_file")
    return config


def cancel(db: sqlite3.Connection, actor: Actor, request_id: int, now: int) -> list[Outgoing]:
    """Cancel a request that was not decided yet."""
    request = get_request(db, request_id)
    if request.user_id != actor.id:
        raise Refused("gone")
    move_request(db, request.id, "pending", "cancelled", now, actor.id)
    audit.note(db, now, actor.id, "cancel", f"request:{request.id}")
    return [
        *show(actor, actor.say("request_cancelled", name=request.name), [[actor.to_menu()]]),
        *decisions_shown.update_request_notices(db, actor.settings, get_request(db, request.id)),
    ]
