"""Asking for a config: for which device, or in place of one without a file; and what to install while it waits."""

from __future__ import annotations

import sqlite3

from lib.chat import keyboards
from lib.chat.apps import AMNEZIA, App, app_for, before_file, installation, version_for
from lib.chat.devices import new_name
from lib.chat.friend.steps import help_without_store, wish
from lib.chat.notify import decisions_shown
from lib.chat.notify.claims_shown import offer
from lib.chat.rules import check_may_ask, granted_by, is_wanted, ring
from lib.chat.screens import Actor, Keyboard, confirm, show
from lib.chat.texts import Markup
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import (
    ConfigRequest,
    add_request,
    get_request,
    move_request,
    open_request,
    set_requested_app,
)
from lib.store.configs import Config, configs_of, get_config
from lib.store.outbox import Outgoing
from lib.store.server import present_generation
from lib.store.users import name_of, set_app, set_granted_by


def choose_device(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask which device the new config is for, if the friend may ask for another one."""
    check_may_ask(db, actor, open_request(db, actor.id), len(configs_of(db, actor.id)))
    here_already = offer(db, actor.settings, actor.language) if actor.role != "admin" else []
    keyboard = [*keyboards.devices(actor.language, "device"), *here_already, [actor.to_menu()]]
    return show(actor, actor.say("choose_device"), keyboard)


def ask(db: sqlite3.Connection, actor: Actor, platform: str, now: int) -> list[Outgoing]:
    """Ask for a config for a device; an admin's own, and one that comes with an invitation, is approved at once."""
    granted, held, version = granted_by(db, actor), configs_of(db, actor.id), _version(db, actor)
    check_may_ask(db, actor, open_request(db, actor.id), len(held))
    app = app_for(version, platform, actor.person.app)
    name = new_name(actor.language, platform, [one.name for one in held])
    request_id = add_request(db, actor.id, name, now, platform=platform, app=app.key if app.key in AMNEZIA else None)
    by = actor.id if actor.role == "admin" else granted
    if by is None:
        ring(db, actor, "ask", f"request:{request_id}", now)
    else:
        audit.note(db, now, actor.id, "ask", f"request:{request_id}")
    if granted is not None:
        set_granted_by(db, actor.id, None)
        audit.note(db, now, granted, "approved", f"request:{request_id}")
    if by is not None:
        move_request(db, request_id, "pending", "approved", now, by)
    request = get_request(db, request_id)
    told = decisions_shown.announce_request(db, actor.settings, request) if by is None else []
    return [*_show_asked(actor, request, version), *told]


def show_asked(db: sqlite3.Connection, actor: Actor, request_id: int) -> list[Outgoing]:
    """Show a waiting request, and how to install its app in the meantime."""
    return _show_asked(actor, _own_open(db, actor, request_id), _version(db, actor))


def _show_asked(actor: Actor, request: ConfigRequest, version: str) -> list[Outgoing]:
    platform, pending = request.platform, request.state == "pending"
    app = app_for(version, platform, request.app, actor.person.app)
    meanwhile = _meanwhile(actor, app, platform, version) if platform else Markup("")
    text = actor.say("asked" if pending else "asked_approved", name=request.name)
    apps = _apps(actor, app, request, version)
    cancel = [actor.button("cancel_request", "cancel", request.id)] if pending else []
    return show(
        actor,
        Markup(text + meanwhile),
        [*apps, cancel, [actor.to_menu()]],
        subject=decisions_shown.asked_subject(request.id),
    )


def _version(db: sqlite3.Connection, actor: Actor) -> str:
    return version_for(actor.settings, present_generation(db))


def _meanwhile(actor: Actor, app: App, platform: str, version: str) -> Markup:
    """Say how to get ready: where to get the app, or what to do where none understands the server."""
    get = installation(actor.language, app, platform, version)
    if not get:
        warning = before_file(actor.language, app, platform, version)
        return Markup(f"\n\n{warning}") if warning else Markup("")
    return actor.say("asked_meanwhile", get=get)


def _apps(actor: Actor, app: App, request: ConfigRequest, version: str) -> Keyboard:
    if request.platform is None:
        return []
    return keyboards.apps(actor.language, app, request.platform, version, "asked_with", "asked_store", request.id)


def choose_app(db: sqlite3.Connection, actor: Actor, request_id: int, key: str) -> list[Outgoing]:
    """Set the app of a waiting request."""
    request = _own_open(db, actor, request_id)
    app = wish(_version(db, actor), request.platform, key)
    set_requested_app(db, request.id, app.key)
    set_app(db, actor.id, app.key)
    return show_asked(db, actor, request.id)


def show_store(db: sqlite3.Connection, actor: Actor, request_id: int) -> list[Outgoing]:
    """Explain what to do if the store lacks a request's app."""
    request = _own_open(db, actor, request_id)
    version = _version(db, actor)
    app = app_for(version, request.platform, request.app, actor.person.app)
    text, keyboard = help_without_store(actor, app, request.platform, version, "asked_with", request.id)
    return show(
        actor, text, [*keyboard, [actor.back("asked", request.id)]], subject=decisions_shown.asked_subject(request.id)
    )


def _own_open(db: sqlite3.Connection, actor: Actor, request_id: int) -> ConfigRequest:
    """Return a friend's own request that is pending or not delivered yet."""
    request = get_request(db, request_id)
    if request.user_id != actor.id:
        raise Refused("gone")
    if request.state not in ("pending", "approved"):
        raise Refused(f"request_already_{request.state}", who=name_of(db, request.decided_by))
    return request


def confirm_renewal(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Explain what a new file in place of an unknown one means."""
    config = _without_file(db, actor, config_id, now)
    yes = actor.button("renew_now", "renew", config.id, style="primary")
    return confirm(actor, actor.say("confirm_renew", name=config.name), yes, "config", config.id)


def renew(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> list[Outgoing]:
    """Ask for new keys on the address of an adopted config; no admin decides, since the friend gets nothing extra."""
    config = _without_file(db, actor, config_id, now)
    more = {"platform": config.platform, "app": config.app}
    request_id = add_request(db, actor.id, config.name, now, **more, replaces=config.id)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "renew", f"config:{config.id}", f"request:{request_id}")
    subject = decisions_shown.asked_subject(request_id)
    return show(actor, actor.say("renewing", name=config.name), [[actor.to_menu()]], subject=subject)


def _without_file(db: sqlite3.Connection, actor: Actor, config_id: int, now: int) -> Config:
    """Return a config that may get a new file; Refused while it is off, when no file could be delivered."""
    config = get_config(db, config_id, actor.id)
    if config.private_key is not None:
        raise Refused("has_file")
    if not is_wanted(db, actor.settings, config, actor.person, now):
        raise Refused("renew_off")
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
